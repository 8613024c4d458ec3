import { describe, expect, it } from 'vitest';
import { levelSpeech } from './loudness.ts';

const RATE = 16_000;

function speech(level: number, leadS: number, soundS: number, tailS: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: RATE * (leadS + soundS + tailS) }, (_, index) => {
    const time = index / RATE - leadS;
    const noise = 0.001 * Math.sin(index);
    return time >= 0 && time < soundS ? level * Math.sin(2 * Math.PI * 200 * time) : noise * level;
  });
}

const rms = (samples: Float32Array): number => Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

describe('levelling', () => {
  it('cuts silence to a short lead and the wanted pause', () => {
    const levelled = levelSpeech(speech(0.3, 0.4, 1, 0.6), RATE, 0.2);
    expect(levelled.length / RATE).toBeCloseTo(1.21, 1);
    expect(rms(levelled.subarray(0, 0.05 * RATE))).toBeGreaterThan(0.05);
  });

  it('brings quiet and loud speech to the same level', () => {
    const levels = [0.08, 0.3, 0.9].map((level) => rms(levelSpeech(speech(level, 0, 1, 0), RATE, 0)));
    for (const level of levels) expect(level).toBeCloseTo(0.1, 2);
  });

  it('leaves no peak above 0.9 and does not blow up a whisper without bound', () => {
    const clicky = speech(0.05, 0, 1, 0);
    clicky[4000] = 1;
    expect(Math.max(...levelSpeech(clicky, RATE, 0))).toBeLessThanOrEqual(0.901);
    expect(rms(levelSpeech(speech(0.001, 0, 1, 0), RATE, 0))).toBeLessThan(0.01);
  });

  it('gives nothing for silence', () => {
    expect(levelSpeech(new Float32Array(RATE), RATE, 0.1).length).toBe(0);
    expect(levelSpeech(new Float32Array(0), RATE, 0.1).length).toBe(0);
  });
});
