import { describe, expect, it } from 'vitest';
import { MOUTH_FEATURES, mouthFeature } from '../bundle/mouth-features.ts';
import { createRandom } from '../motion/random.ts';
import { CHOSEN, MouthChoice } from './mouth-choice.ts';

function store(count: number): { features: Float32Array; choice: MouthChoice } {
  const random = createRandom(11);
  const features = Float32Array.from({ length: count * MOUTH_FEATURES }, () => random());
  return { features, choice: new MouthChoice(features, new Float32Array(count * 3)) };
}

/** Weight of every patch. */
function weightsOf(choice: MouthChoice, count: number): number[] {
  const weights = new Array<number>(count).fill(0);
  for (let i = 0; i < CHOSEN; i++) weights[choice.patches[i]!]! += choice.weights[i]!;
  return weights;
}

describe('MouthChoice', () => {
  it('takes a stored mouth as it is where that is wanted', () => {
    const { features, choice } = store(40);
    for (let patch = 0; patch < 40; patch++) {
      choice.choose(features.subarray(patch * MOUTH_FEATURES, (patch + 1) * MOUTH_FEATURES), 0, 0);
      expect(choice.patches[0]).toBe(patch);
      expect(choice.weights[0]).toBeGreaterThan(245);
    }
  });

  it('gives weights that add up, and change little from one mouth to the next', () => {
    const { features, choice } = store(60);
    const wanted = new Float32Array(MOUTH_FEATURES);
    let before: number[] | undefined;
    for (let step = 0; step <= 2000; step++) {
      const t = step / 2000;
      for (let f = 0; f < MOUTH_FEATURES; f++) wanted[f] = features[3 * MOUTH_FEATURES + f]! * (1 - t) + features[17 * MOUTH_FEATURES + f]! * t;
      choice.choose(wanted, 0, 0);
      const weights = weightsOf(choice, 60);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(256);
      if (before) weights.forEach((weight, i) => expect(Math.abs(weight - before![i]!)).toBeLessThan(20));
      before = weights;
    }
  });

  it('prefers a mouth that was seen with the head held alike', () => {
    const features = new Float32Array(3 * MOUTH_FEATURES);
    const poses = new Float32Array([0.4, 0, 0, 0, 0, 0, -0.4, 0, 0]);
    const choice = new MouthChoice(features, poses);
    const wanted = new Float32Array(MOUTH_FEATURES);
    wanted[mouthFeature.jaw] = 0.1;
    choice.choose(wanted, 0.38, 0);
    expect(choice.patches[0]).toBe(0);
    choice.choose(wanted, -0.38, 0);
    expect(choice.patches[0]).toBe(2);
  });

  it('does with fewer mouths than it could blend', () => {
    const choice = new MouthChoice(new Float32Array(MOUTH_FEATURES), new Float32Array(3));
    choice.choose(new Float32Array(MOUTH_FEATURES).fill(0.5), 0, 0);
    expect(weightsOf(choice, 1)).toEqual([256]);
  });
});
