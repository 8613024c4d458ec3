import { SpeechDecodeError } from './speech-error.ts';
import { createSpeechPieces, MAX_SAMPLE_RATE_HZ, MIN_SAMPLE_RATE_HZ } from './speech-pieces.ts';

/** Raw little-endian PCM16, mono, that arrives in pieces of any length: also halves of a sample. */
export interface Pcm16Decoder {
  /** Mono samples at 48 kHz; maybe none yet. @throws SpeechDecodeError when the whole gets too long. */
  decode(bytes: Uint8Array): Float32Array[];
  /** What is left when the stream ended. */
  finish(): Float32Array[];
}

/** @throws SpeechDecodeError unless the sample rate is 8,000 to 192,000 Hz. */
export function createPcm16Decoder(options: { sampleRateHz: number; maxDurationMs: number }): Pcm16Decoder {
  const { sampleRateHz } = options;
  if (!Number.isInteger(sampleRateHz) || sampleRateHz < MIN_SAMPLE_RATE_HZ || sampleRateHz > MAX_SAMPLE_RATE_HZ) {
    throw new SpeechDecodeError('bad_sample_rate', `The sample rate must be ${MIN_SAMPLE_RATE_HZ} to ${MAX_SAMPLE_RATE_HZ} Hz.`);
  }
  const pieces = createSpeechPieces(options.maxDurationMs);
  let halfSample: number | undefined;
  return {
    decode(bytes) {
      const mono = new Float32Array((bytes.length + (halfSample === undefined ? 0 : 1)) >> 1);
      let index = 0;
      let offset = 0;
      if (halfSample !== undefined && bytes.length > 0) {
        mono[index++] = toSample(halfSample, bytes[offset++]!);
        halfSample = undefined;
      }
      for (; offset + 1 < bytes.length; offset += 2) mono[index++] = toSample(bytes[offset]!, bytes[offset + 1]!);
      if (offset < bytes.length) halfSample = bytes[offset]!;
      pieces.add(mono.subarray(0, index), sampleRateHz);
      return pieces.take();
    },
    finish() {
      pieces.finish();
      return pieces.take();
    },
  };
}

const SLICE_S = 0.1;

/**
 * A whole file of raw PCM16 as mono pieces at 48 kHz, a tenth of a second of work at a time.
 * @throws SpeechDecodeError for a bad rate or too much sound.
 */
export function* decodePcm16(bytes: Uint8Array, options: { sampleRateHz: number; maxDurationMs: number }): Generator<Float32Array> {
  const decoder = createPcm16Decoder(options);
  const sliceBytes = 2 * Math.round(options.sampleRateHz * SLICE_S);
  for (let offset = 0; offset < bytes.length; offset += sliceBytes) yield* decoder.decode(bytes.subarray(offset, offset + sliceBytes));
  yield* decoder.finish();
}

function toSample(low: number, high: number): number {
  return (((high << 8) | low) << 16 >> 16) / 32_768;
}
