import { decodePcm16, decodeSpeech } from '@visavis/codec';
import type { SpeechSource as SpeechOrder } from '@visavis/contracts';
import { synthesise } from '@visavis/speech';
import type { SpeechSourceOpener, SpokenPiece } from '../pipeline/index.ts';
import { withMouth } from './piece-with-mouth';
import { timingsOfPiece, type ToldTimings } from './speech-timings';
import { StreamedSpeech } from './streamed-speech';
import { cuesOfPiece, type UtteranceLooks } from './utterance-cues';

const SAMPLES_PER_MS = 48;
const FETCH_TIMEOUT_MS = 15_000;
/** One utterance lasts no longer, wherever its sound comes from. */
const MAX_UTTERANCE_MS = 20 * 60_000;

/** The audio of uploaded speech is kept by the API; it may have gone since. */
class SpeechFetchError extends Error {
  readonly code = 'speech_unavailable';
  override readonly name = 'SpeechFetchError';
}

export interface OpenedSpeech {
  open: SpeechSourceOpener;
  /** A streamed one is given out too, so that samples can be pushed into it. */
  streamed?: StreamedSpeech;
  /** It tells itself what is said when; of other sound the lip sync network can. */
  tellsTimings: boolean;
}

/** What an utterance has beside its sound. */
export interface SpeechOptions extends Omit<UtteranceLooks, 'marks'> {
  /** Called as soon as a part is made, which is before it is heard. */
  tell(timings: ToldTimings): void;
}

/** How the speech of an order is opened. */
export function speechSourceOf(order: SpeechOrder, options: SpeechOptions): OpenedSpeech {
  switch (order.kind) {
    case 'text':
      return { open: (signal) => openText(order, signal, options), tellsTimings: true };
    case 'file':
      return { open: (signal) => withMood(openFile(order.url, order.sample_rate, signal), options), tellsTimings: false };
    case 'stream': {
      const streamed = new StreamedSpeech(order.sample_rate, MAX_UTTERANCE_MS);
      return { open: () => withMood(streamed, options), streamed, tellsTimings: false };
    }
  }
}

type TextOrder = Extract<SpeechOrder, { kind: 'text' }>;

async function* openText({ text, marks, voice_id }: TextOrder, signal: AbortSignal, { tell, ...looks }: SpeechOptions): AsyncGenerator<SpokenPiece> {
  let samples = 0;
  for await (const piece of synthesise(text, voice_id, signal, marks)) {
    tell(timingsOfPiece(piece, samples / SAMPLES_PER_MS));
    const cues = cuesOfPiece({ ...looks, marks }, piece.marks, samples === 0);
    samples += piece.samples.length;
    yield withMouth(piece, cues);
  }
}

/** Sound of which nothing more is known: its expression comes with its first sample. */
async function* withMood(source: AsyncIterable<Float32Array>, looks: SpeechOptions): AsyncGenerator<SpokenPiece> {
  let first = true;
  for await (const samples of source) {
    const cues = cuesOfPiece({ ...looks, marks: [] }, [], first);
    first = false;
    yield cues.length > 0 ? { samples, cues } : samples;
  }
}

async function* openFile(url: string, sampleRateHz: number | null, signal: AbortSignal): AsyncGenerator<Float32Array> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]) });
  if (!response.ok) throw new SpeechFetchError('The uploaded audio could not be read; send it again.');
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (sampleRateHz === null) {
    yield* decodeSpeech(bytes, { maxDurationMs: MAX_UTTERANCE_MS, signal });
    return;
  }
  yield* decodePcm16(bytes, { sampleRateHz, maxDurationMs: MAX_UTTERANCE_MS });
}
