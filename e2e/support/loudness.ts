import type { Curve } from './curve.ts';

export interface Sound {
  sampleRateHz: number;
  /** When the first sample was played or sent. */
  startAtMs: number;
  samples: Float32Array;
}

export interface LoudnessOptions {
  /** A value every so often, each of a window twice as long. */
  stepMs?: number;
  floorDb?: number;
}

/** How loud a sound is over time: level in decibels above `floorDb`, 0 below it; each value stands at the middle of its window. */
export function loudnessOf({ sampleRateHz, startAtMs, samples }: Sound, { stepMs = 20, floorDb = -50 }: LoudnessOptions = {}): Curve {
  const step = Math.round((sampleRateHz * stepMs) / 1000);
  const curve: Curve = { atMs: [], values: [] };
  for (let middle = step; middle + step <= samples.length; middle += step) {
    let energy = 0;
    for (let i = middle - step; i < middle + step; i++) energy += samples[i]! * samples[i]!;
    const db = 10 * Math.log10(energy / (2 * step) + 1e-12);
    curve.atMs.push(startAtMs + (middle / sampleRateHz) * 1000);
    curve.values.push(Math.max(0, db - floorDb));
  }
  return curve;
}

/** Root mean square of the samples between two instants. */
export function levelBetween({ sampleRateHz, startAtMs, samples }: Sound, fromMs: number, toMs: number): number {
  const part = samples.subarray(Math.max(0, indexAt(fromMs)), Math.max(0, indexAt(toMs)));
  if (part.length === 0) throw new RangeError('no sound was captured then');
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);

  function indexAt(ms: number): number {
    return Math.round(((ms - startAtMs) * sampleRateHz) / 1000);
  }
}

/** The first and the last instant at which a 10 ms window is louder than `threshold` (root mean square), or null. */
export function soundingSpan({ sampleRateHz, startAtMs, samples }: Sound, threshold: number, afterMs = -Infinity): { firstMs: number; lastMs: number } | null {
  const window = Math.round(sampleRateHz / 100);
  let [firstMs, lastMs] = [NaN, NaN];
  for (let start = 0; start + window <= samples.length; start += window) {
    const atMs = startAtMs + (start / sampleRateHz) * 1000;
    if (atMs < afterMs) continue;
    let energy = 0;
    for (let i = start; i < start + window; i++) energy += samples[i]! * samples[i]!;
    if (Math.sqrt(energy / window) <= threshold) continue;
    if (Number.isNaN(firstMs)) firstMs = atMs;
    lastMs = atMs + 10;
  }
  return Number.isNaN(firstMs) ? null : { firstMs, lastMs };
}
