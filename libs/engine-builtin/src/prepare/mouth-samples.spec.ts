import { coarticulation, MOUTH_PARAMS, param, phonemeTable, VISEMES } from '@visavis/viseme-net';
import type { Viseme } from '@visavis/viseme-net';
import { describe, expect, it } from 'vitest';
import { channel, restPose } from '../motion/pose.ts';
import { mouthPlace, unlikeness } from './mouth-likeness.ts';
import { MOUTH_SAMPLES, mouthSamplePoses } from './mouth-samples.ts';

const places = MOUTH_SAMPLES.map((params) => mouthPlace(params));
const distanceTo = (params: Float32Array) => Math.min(...places.map((place) => unlikeness(place, mouthPlace(params))));

describe('the mouths of a photo\'s store', () => {
  it('begin with rest itself', () => {
    expect(mouthSamplePoses(1)[0]).toEqual(restPose());
  });

  it('are different from each other, and within what the network says', () => {
    expect(MOUTH_SAMPLES.length).toBeGreaterThanOrEqual(100);
    expect(new Set(MOUTH_SAMPLES.map((params) => params.join())).size).toBe(MOUTH_SAMPLES.length);
    for (const params of MOUTH_SAMPLES) for (const value of params) expect(value).toSatisfy((x: number) => x >= 0 && x <= 1);
  });

  it.each(VISEMES)('hold %s as it is said alone', (viseme: Viseme) => {
    expect(distanceTo(Float32Array.from(MOUTH_PARAMS, (name) => phonemeTable.targets[viseme][name]))).toBeLessThan(1e-6);
  });

  it('hold several mouths that are shut, and several with the lip at the teeth', () => {
    expect(MOUTH_SAMPLES.filter((params) => params[param.press] === 1).length).toBeGreaterThan(3);
    expect(MOUTH_SAMPLES.filter((params) => params[param.teeth] === 1).length).toBeGreaterThan(3);
  });

  it('have one near every mouth on the way between any three visemes', () => {
    const spoken = VISEMES.filter((viseme) => viseme !== 'sil');
    let farthest = 0;
    for (const first of spoken) {
      for (const second of spoken) {
        const third = spoken[(VISEMES.indexOf(first) * 7 + VISEMES.indexOf(second) * 3) % spoken.length]!;
        const segments = [first, second, third].map((viseme, i) => ({ viseme, startMs: 100 + 80 * i, endMs: 180 + 80 * i, nasal: false, vowel: false, phone: i }));
        const params = coarticulation(segments, 20);
        for (let at = 0; at < params.length; at += MOUTH_PARAMS.length) farthest = Math.max(farthest, distanceTo(params.slice(at, at + MOUTH_PARAMS.length)));
      }
    }
    expect(farthest).toBeLessThan(0.06);
  });

  it('open as far as the face lets the jaw go', () => {
    const widest = (gain: number) => Math.max(...mouthSamplePoses(gain).map((pose) => pose[channel.jaw]!));
    expect(widest(0.6)).toBeCloseTo(0.6 * widest(1), 5);
  });
});
