import { createResampler, SPEECH_SAMPLE_RATE_HZ } from '@visavis/codec';
import { synthesise } from '@visavis/speech';

export const VOICE = 'en-us-slt';
/** Bilabials, open vowels and pauses: something for the lips to do. */
export const SENTENCE = 'Papa bought a bottle of water from my mother. Open the window, we may go home.';

/** Mono speech of our own built-in voice. */
export interface SpeechSample {
  sampleRateHz: number;
  samples: Float32Array;
  durationMs: number;
}

export async function speechSample(text = SENTENCE, voice = VOICE): Promise<SpeechSample> {
  const pieces: Float32Array[] = [];
  for await (const piece of synthesise(text, voice)) pieces.push(piece.samples);
  const samples = concatenated(pieces);
  return { sampleRateHz: SPEECH_SAMPLE_RATE_HZ, samples, durationMs: (samples.length / SPEECH_SAMPLE_RATE_HZ) * 1000 };
}

export function resampled({ sampleRateHz, samples }: Pick<SpeechSample, 'sampleRateHz' | 'samples'>, toHz: number): Float32Array {
  if (sampleRateHz === toHz) return samples;
  const resampler = createResampler(sampleRateHz, toHz);
  const padded = new Float32Array(samples.length + resampler.delayInputSamples);
  padded.set(samples);
  const output = new Float32Array(resampler.maxOutputLength(padded.length));
  const length = resampler.process(padded, output);
  return output.subarray(Math.round((resampler.delayInputSamples * toHz) / sampleRateHz), length);
}

/** s16le mono. */
export function pcm16({ samples }: Pick<SpeechSample, 'samples'>): Buffer {
  const pcm = Buffer.alloc(samples.length * 2);
  samples.forEach((value, i) => pcm.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32767), i * 2));
  return pcm;
}

export function wav(sample: SpeechSample): Buffer {
  const pcm = pcm16(sample);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + pcm.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sample.sampleRateHz, 24);
  head.writeUInt32LE(sample.sampleRateHz * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([head, pcm]);
}

export function concatenated(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
