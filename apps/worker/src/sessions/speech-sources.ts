import { decodePcm16, decodeSpeech } from '@visavis/codec';
import type { SpeechSource as SpeechOrder } from '@visavis/contracts';
import { synthesise } from '@visavis/speech';
import type { SpeechSourceOpener } from '../pipeline/index.ts';
import { StreamedSpeech } from './streamed-speech';

const FETCH_TIMEOUT_MS = 15_000;
/** One utterance lasts no longer, wherever its sound comes from. */
const MAX_UTTERANCE_MS = 20 * 60_000;

/** The audio of uploaded speech is kept by the API; it may have gone since. */
class SpeechFetchError extends Error {
  readonly code = 'speech_unavailable';
  override readonly name = 'SpeechFetchError';
}

/** How the speech of an order is opened. A streamed one is given out too, so that samples can be pushed into it. */
export function speechSourceOf(order: SpeechOrder): { open: SpeechSourceOpener; streamed?: StreamedSpeech } {
  switch (order.kind) {
    case 'text':
      return { open: (signal) => synthesise(order.text, order.voice_id, signal) };
    case 'file':
      return { open: (signal) => openFile(order.url, order.sample_rate, signal) };
    case 'stream': {
      const streamed = new StreamedSpeech(order.sample_rate, MAX_UTTERANCE_MS);
      return { open: () => streamed, streamed };
    }
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
