const TARGET_RMS = 10 ** (-20 / 20);
const MAX_PEAK = 0.9;
const MAX_GAIN = 6;
const MIN_GAIN = 0.1;
const WINDOW_S = 0.02;
/** Relative to the loudest window: below it is silence, not speech. */
const SILENCE = 0.03;
const LEAD_S = 0.01;

/**
 * Cuts the silence before and after speech and brings it to one loudness (−20 dB below full scale while somebody speaks, peaks below
 * 0.9). `tailS` of the silence after it stays, as the pause to the next sentence. Returns a view of the same samples, and how many of them
 * were cut before it.
 */
export function levelSpeech(samples: Float32Array<ArrayBuffer>, sampleRateHz: number, tailS: number): { speech: Float32Array<ArrayBuffer>; cutSamples: number } {
  const window = Math.max(1, Math.round(WINDOW_S * sampleRateHz));
  const windows = Math.ceil(samples.length / window);
  const powers = new Float32Array(windows);
  let loudest = 0;
  for (let index = 0; index < windows; index++) {
    const end = Math.min(samples.length, (index + 1) * window);
    let sum = 0;
    for (let at = index * window; at < end; at++) sum += samples[at]! ** 2;
    powers[index] = sum / window;
    loudest = Math.max(loudest, powers[index]!);
  }
  const threshold = loudest * SILENCE ** 2;
  const first = powers.findIndex((power) => power > threshold);
  const last = powers.findLastIndex((power) => power > threshold);
  if (first < 0) return { speech: samples.subarray(0, 0), cutSamples: samples.length };
  const start = Math.max(0, first * window - Math.round(LEAD_S * sampleRateHz));
  const end = Math.min(samples.length, (last + 1) * window + Math.round(tailS * sampleRateHz));
  const speech = samples.subarray(start, end);
  applyGain(speech, gainFor(speech, powers, threshold));
  return { speech, cutSamples: start };
}

function gainFor(speech: Float32Array, powers: Float32Array, threshold: number): number {
  let sum = 0;
  let count = 0;
  for (const power of powers) {
    if (power <= threshold) continue;
    sum += power;
    count++;
  }
  let peak = 0;
  for (const sample of speech) peak = Math.max(peak, Math.abs(sample));
  const wanted = TARGET_RMS / Math.sqrt(sum / count);
  return Math.min(Math.max(MIN_GAIN, Math.min(MAX_GAIN, wanted)), MAX_PEAK / peak);
}

function applyGain(samples: Float32Array, gain: number): void {
  for (let index = 0; index < samples.length; index++) samples[index]! *= gain;
}
