import { SPEECH_SAMPLE_RATE_HZ } from '@visavis/codec';
import { segmentsOf, synthesise } from '@visavis/speech';
import { coarticulation, MOUTH_STEP_MS, openingOf, type VisemeSegment } from '@visavis/viseme-net';
import type { Curve } from './curve.ts';
import { concatenated, VOICE, type SpeechSample } from './speech-sample.ts';

/** Speech of our own voice, and when it says what. */
export interface TimedSpeech extends SpeechSample {
  segments: VisemeSegment[];
}

export async function timedSpeech(text: string, voice = VOICE): Promise<TimedSpeech> {
  const pieces: Float32Array[] = [];
  const segments: VisemeSegment[] = [];
  let length = 0;
  for await (const piece of synthesise(text, voice)) {
    const beginsAtMs = (length / SPEECH_SAMPLE_RATE_HZ) * 1000;
    segments.push(...segmentsOf(piece).map((segment) => ({ ...segment, startMs: beginsAtMs + segment.startMs, endMs: beginsAtMs + segment.endMs })));
    pieces.push(piece.samples);
    length += piece.samples.length;
  }
  if (segments.length === 0) throw new Error(`the voice ${voice} does not tell when it says what`);
  return { sampleRateHz: SPEECH_SAMPLE_RATE_HZ, samples: concatenated(pieces), durationMs: (length / SPEECH_SAMPLE_RATE_HZ) * 1000, segments };
}

/** How far a mouth that says this would be open: the truth from its phones, with so much rest before and after it. */
export function trueOpening({ segments, durationMs }: TimedSpeech, restMs: number): Curve {
  const later = segments.map((segment) => ({ ...segment, startMs: segment.startMs + restMs, endMs: segment.endMs + restMs }));
  const values = [...openingOf(coarticulation(later, Math.ceil((durationMs + 2 * restMs) / MOUTH_STEP_MS)))];
  return { atMs: values.map((_, step) => step * MOUTH_STEP_MS - restMs), values };
}
