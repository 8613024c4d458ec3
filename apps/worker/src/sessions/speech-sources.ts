import { decodePcm16, decodeSpeech } from '@visavis/codec';
import type { SpeechSource as SpeechOrder } from '@visavis/contracts';
import { synthesise } from '@visavis/speech';
import type { SpeechSourceOpener, SpokenPiece } from '../pipeline/index.ts';
import { withMouth } from './piece-with-mouth';
import { timingsOfPiece, type ToldTimings } from './speech-timings';
import { StreamedSpeech } from './streamed-speech';

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

/** How the speech of an order is opened. @param tell is called as soon as a part is made, which is before it is heard. */
export function speechSourceOf(order: SpeechOrder, tell: (timings: ToldTimings) => void): OpenedSpeech {
  switch (order.kind) {
    case 'text':
      return { open: (signal) => openText(order.text, order.voice_id, signal, tell), tellsTimings: true };
    case 'file':
      return { open: (signal) => openFile(order.url, order.sample_rate, signal), tellsTimings: false };
    case 'stream': {
      const streamed = new StreamedSpeech(order.sample_rate, MAX_UTTERANCE_MS);
      return { open: () => streamed, streamed, tellsTimings: false };
    }
  }
}

async function* openText(text: string, voiceId: string, signal: AbortSignal, tell: (timings: ToldTimings) => void): AsyncGenerator<SpokenPiece> {
  let samples = 0;
  for await (const piece of synthesise(text, voiceId, signal)) {
    tell(timingsOfPiece(piece, samples / SAMPLES_PER_MS));
    samples += piece.samples.length;
    yield withMouth(piece);
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
