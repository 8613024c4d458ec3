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

const level = (...given: Parameters<typeof levelSpeech>): Float32Array => levelSpeech(...given).speech;
const rms = (samples: Float32Array): number => Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

describe('levelling', () => {
  it('cuts silence to a short lead and the wanted pause', () => {
    const levelled = level(speech(0.3, 0.4, 1, 0.6), RATE, 0.2);
    expect(levelled.length / RATE).toBeCloseTo(1.21, 1);
    expect(rms(levelled.subarray(0, 0.05 * RATE))).toBeGreaterThan(0.05);
  });

  it('tells how much it cut before the speech', () => {
    const sound = speech(0.3, 0.4, 1, 0.6);
    const { speech: levelled, cutSamples } = levelSpeech(sound, RATE, 0.2);
    expect(cutSamples / RATE).toBeCloseTo(0.39, 2);
    expect(levelled).toEqual(sound.subarray(cutSamples, cutSamples + levelled.length));
  });

  it('brings quiet and loud speech to the same level', () => {
    const levels = [0.08, 0.3, 0.9].map((loudness) => rms(level(speech(loudness, 0, 1, 0), RATE, 0)));
    for (const one of levels) expect(one).toBeCloseTo(0.1, 2);
  });

  it('leaves no peak above 0.9 and does not blow up a whisper without bound', () => {
    const clicky = speech(0.05, 0, 1, 0);
    clicky[4000] = 1;
    expect(Math.max(...level(clicky, RATE, 0))).toBeLessThanOrEqual(0.901);
    expect(rms(level(speech(0.001, 0, 1, 0), RATE, 0))).toBeLessThan(0.01);
  });

  it('gives nothing for silence', () => {
    expect(level(new Float32Array(RATE), RATE, 0.1).length).toBe(0);
    expect(level(new Float32Array(0), RATE, 0.1).length).toBe(0);
  });
});
