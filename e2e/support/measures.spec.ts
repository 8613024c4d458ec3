import { describe, expect, it } from 'vitest';
import { sampleCurve } from './curve.ts';
import { findLag, findSound, trackSound } from './lag.ts';
import { levelBetween, loudnessOf, soundingSpan } from './loudness.ts';
import { median, pearson, percentile } from './statistics.ts';

/** Noise with a syllable-like envelope, the same every time. */
function babble(samples: number, seed = 1): Float32Array {
  let state = seed;
  const next = () => ((state = (state * 1103515245 + 12345) % 2147483648) / 2147483648) * 2 - 1;
  let smooth = 0;
  return Float32Array.from({ length: samples }, (_, i) => {
    smooth = smooth * 0.7 + next() * 0.3;
    return smooth * Math.max(0, Math.sin(i / 900) + 0.4 * Math.sin(i / 2377));
  });
}

describe('statistics', () => {
  it('takes percentiles between neighbours', () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(percentile([1, 2, 3, 4, 5], 1)).toBe(5);
    expect(median([7])).toBe(7);
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });

  it('correlates', () => {
    expect(pearson([1, 2, 3], [2, 4, 6])).toBeCloseTo(1);
    expect(pearson([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1);
    expect(pearson([1, 2, 3], [5, 5, 5])).toBe(0);
  });
});

describe('curves', () => {
  it('are read between their instants, and at their ends outside', () => {
    const curve = { atMs: [0, 10, 20], values: [0, 1, 3] };
    expect(sampleCurve(curve, [-5, 0, 5, 15, 20, 99])).toEqual([0, 0, 0.5, 2, 3, 3]);
  });

  it.each([-37, 0, 13, 84.5])('that lag by %d ms are found to', (lagMs) => {
    const shape = (at: number) => Math.sin(at / 130) + 0.7 * Math.sin(at / 47 + 1) + 0.3 * Math.sin(at / 610);
    const reference = { atMs: Array.from({ length: 300 }, (_, i) => i * 20), values: Array.from({ length: 300 }, (_, i) => shape(i * 20)) };
    const instants = Array.from({ length: 120 }, (_, i) => 700 + i * 40);
    const delayed = { atMs: instants, values: instants.map((at) => 5 - 2 + shape(at - lagMs)) };
    const found = findLag(reference, delayed, { minMs: -200, maxMs: 200 });
    expect(Math.abs(found.lagMs - lagMs)).toBeLessThan(4);
    expect(found.correlation).toBeGreaterThan(0.98);
  });
});

describe('sound', () => {
  it('is found where it was hidden, through noise', () => {
    const sent = babble(32_000);
    const heard = babble(60_000, 99).map((value) => value * 0.1);
    sent.forEach((value, i) => (heard[i + 12_345] = heard[i + 12_345]! + value * 0.5));
    const match = findSound(sent, heard);
    expect(match.offset).toBe(12_345);
    expect(match.correlation).toBeGreaterThan(0.9);
  });

  it('is tracked through a cut of 10 ms', () => {
    const sent = babble(48_000);
    const heard = new Float32Array(70_000);
    heard.set(sent.subarray(0, 24_000), 5000);
    heard.set(sent.subarray(24_160), 29_000);
    const tracked = trackSound(sent, heard);
    expect(tracked.correlation).toBeGreaterThan(0.95);
    expect(tracked.drift).toBe(160);
    expect(tracked.pieces[0]).toEqual({ sentAt: 0, heardAt: 5000 });
  });

  it('is not found in another sound', () => {
    expect(trackSound(babble(32_000), babble(60_000, 7)).correlation).toBeLessThan(0.6);
  });

  it('has a level, a loudness and a span', () => {
    const samples = new Float32Array(16_000);
    samples.fill(0.1, 4000, 8000);
    const sound = { sampleRateHz: 16_000, startAtMs: 1000, samples };
    expect(levelBetween(sound, 1300, 1400)).toBeCloseTo(0.1);
    expect(levelBetween(sound, 1600, 1900)).toBe(0);
    expect(soundingSpan(sound, 0.05)).toEqual({ firstMs: 1250, lastMs: 1500 });
    expect(soundingSpan(sound, 0.2)).toBeNull();
    const loudness = loudnessOf(sound);
    expect(Math.max(...loudness.values)).toBeCloseTo(30, 0);
    expect(loudness.values.at(-1)).toBe(0);
  });
});
