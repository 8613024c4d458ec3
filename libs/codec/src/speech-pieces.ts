import { OPUS_SAMPLE_RATE_HZ } from './opus-encoder.ts';
import { createResampler, type Resampler } from './resampler.ts';
import { SpeechDecodeError } from './speech-error.ts';

export const SPEECH_SAMPLE_RATE_HZ = OPUS_SAMPLE_RATE_HZ;
const MIN_PIECE_SAMPLES = 960;
export const MIN_SAMPLE_RATE_HZ = 8_000;
export const MAX_SAMPLE_RATE_HZ = 192_000;

/** Collects decoded sound of any rate as pieces at 48 kHz. */
export interface SpeechPieces {
  readonly totalSamples: number;
  /** @throws SpeechDecodeError for an absurd rate or more sound than allowed. */
  add(mono: Float32Array, sampleRateHz: number): void;
  /** No more will be added: gives out the filter's tail. */
  finish(): void;
  /** The pieces that are ready. */
  take(): Float32Array[];
}

export function createSpeechPieces(maxDurationMs: number): SpeechPieces {
  const maxSamples = (maxDurationMs * SPEECH_SAMPLE_RATE_HZ) / 1000;
  let resampler: Resampler | undefined;
  /** Output that is only the filter's run-up: dropped, so that sound keeps its place. */
  let toDrop = 0;
  let waiting: Float32Array[] = [];
  let waitingSamples = 0;
  let totalSamples = 0;
  let finished = false;

  const append = (samples: Float32Array): void => {
    if (samples.length === 0) return;
    waiting.push(samples);
    waitingSamples += samples.length;
    totalSamples += samples.length;
    if (totalSamples > maxSamples) {
      throw new SpeechDecodeError('speech_too_long', `One utterance may last ${Math.round(maxDurationMs / 1000)} seconds. Send longer speech in several parts.`);
    }
  };
  const convert = (mono: Float32Array, through: Resampler): void => {
    const output = new Float32Array(through.maxOutputLength(mono.length));
    const count = through.process(mono, output);
    const dropped = Math.min(toDrop, count);
    toDrop -= dropped;
    append(output.subarray(dropped, count));
  };
  const drain = (): void => {
    if (resampler !== undefined) convert(new Float32Array(resampler.delayInputSamples), resampler);
    resampler = undefined;
  };

  return {
    get totalSamples() {
      return totalSamples;
    },
    add(mono, sampleRateHz) {
      if (!(sampleRateHz >= MIN_SAMPLE_RATE_HZ && sampleRateHz <= MAX_SAMPLE_RATE_HZ)) {
        throw new SpeechDecodeError('bad_sample_rate', `The sample rate must be ${MIN_SAMPLE_RATE_HZ} to ${MAX_SAMPLE_RATE_HZ} Hz.`);
      }
      if (resampler !== undefined && resampler.fromHz !== sampleRateHz) drain();
      if (sampleRateHz === SPEECH_SAMPLE_RATE_HZ) append(mono);
      else {
        if (resampler === undefined) {
          resampler = createResampler(sampleRateHz, SPEECH_SAMPLE_RATE_HZ);
          toDrop = Math.round((resampler.delayInputSamples * SPEECH_SAMPLE_RATE_HZ) / sampleRateHz);
        }
        convert(mono, resampler);
      }
    },
    finish() {
      finished = true;
      drain();
    },
    take() {
      if (waitingSamples === 0 || (waitingSamples < MIN_PIECE_SAMPLES && !finished)) return [];
      const piece = waiting.length === 1 ? waiting[0]! : concatenate(waiting, waitingSamples);
      waiting = [];
      waitingSamples = 0;
      return [piece];
    },
  };
}

function concatenate(parts: Float32Array[], length: number): Float32Array {
  const whole = new Float32Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
