import { describe, expect, it } from 'vitest';
import { coarticulation, visemeSegments } from '@visavis/viseme-net';
import type { Phone } from '@visavis/viseme-net';
import { MouthDynamics } from './mouth-dynamics.ts';
import { MOUTH_PARAM_COUNT, mouthParam } from './mouth-pose.ts';

function shape(values: Partial<Record<keyof typeof mouthParam, number>> = {}): Float32Array {
  const params = new Float32Array(MOUTH_PARAM_COUNT);
  for (const [name, value] of Object.entries(values)) params[mouthParam[name as keyof typeof mouthParam]] = value;
  return params;
}

/** How many frames it takes from one shape to another. */
function framesUntil(mouth: MouthDynamics, wanted: Float32Array, frameMs: number): number {
  for (let frame = 1; frame < 100; frame++) {
    mouth.follow(wanted, frameMs);
    if (mouth.shown.every((value, i) => value === wanted[i])) return frame;
  }
  return Infinity;
}

describe('a mouth that moves', () => {
  it('shows speech as it is, without any lag, also where it is fast', () => {
    const said = 'p aa p aa f iy v uw m aa w iy b ao t ch iy p s aa'.split(' ');
    const phones: Phone[] = said.map((symbol, i) => ({ symbol, startMs: 400 + i * 70, endMs: 470 + i * 70 }));
    phones.unshift({ symbol: 'pau', startMs: 0, endMs: 400 });
    phones.push({ symbol: 'pau', startMs: 1800, endMs: 2200 });
    const truth = coarticulation(visemeSegments(phones, 'arpabet'), 110);
    for (const every of [1, 2]) {
      const mouth = new MouthDynamics();
      for (let at = 0; at < truth.length; at += every * MOUTH_PARAM_COUNT) {
        mouth.follow(truth.subarray(at, at + MOUTH_PARAM_COUNT), every * 20);
        expect(mouth.shown).toEqual(truth.slice(at, at + MOUTH_PARAM_COUNT));
      }
    }
  });

  it('never jumps: from shut to wide open and back takes as long as lips take', () => {
    const mouth = new MouthDynamics();
    const opening = framesUntil(mouth, shape({ jaw: 1 }), 10) * 10;
    const closing = framesUntil(mouth, shape(), 10) * 10;
    expect(opening).toBeGreaterThanOrEqual(130);
    expect(opening).toBeLessThanOrEqual(170);
    expect(closing).toBeGreaterThanOrEqual(100);
    expect(closing).toBeLessThan(opening);
  });

  it('presses the lips together within 50 to 60 ms', () => {
    const frames = framesUntil(new MouthDynamics(), shape({ press: 1 }), 10);
    expect(frames).toBeGreaterThanOrEqual(5);
    expect(frames).toBeLessThanOrEqual(6);
  });

  it('needs time to get up to speed, also when it turns round, and none to stop', () => {
    const mouth = new MouthDynamics();
    const steps: number[] = [];
    let before = 0;
    const go = (jaw: number): void => {
      mouth.follow(shape({ jaw }), 10);
      steps.push(mouth.shown[mouthParam.jaw]! - before);
      before = mouth.shown[mouthParam.jaw]!;
    };
    for (let i = 0; i < 5; i++) go(1);
    expect(steps[1]).toBeGreaterThan(steps[0]! * 1.5);
    expect(steps[4]).toBeCloseTo(steps[3]!, 5);
    go(0);
    expect(Math.abs(steps[5]!)).toBeLessThan(steps[4]! * 0.7);
    go(before);
    expect(steps[6]).toBe(0);
  });

  it('goes to rest, and no further, where what is wanted is no number', () => {
    const mouth = new MouthDynamics();
    framesUntil(mouth, shape({ jaw: 0.6 }), 20);
    for (let i = 0; i < 100; i++) mouth.follow(shape({ jaw: NaN }), 20);
    expect(mouth.shown).toEqual(shape());
  });

  it('never passes what is wanted, and stands still there', () => {
    const mouth = new MouthDynamics();
    let last = 0;
    for (let i = 0; i < 30; i++) {
      mouth.follow(shape({ jaw: 0.6 }), 1000 / 60);
      expect(mouth.shown[mouthParam.jaw]).toBeGreaterThanOrEqual(last);
      last = mouth.shown[mouthParam.jaw]!;
      expect(last).toBeLessThanOrEqual(Math.fround(0.6));
    }
    expect(last).toBe(Math.fround(0.6));
  });
});
