import { describe, expect, it } from 'vitest';
import { channel, restPose } from '../motion/pose.ts';
import { drawn, DRAWN_COUNT, toDrawnPose } from './drawn-pose.ts';
import type { DrawnPose } from './drawn-pose.ts';

function drawnOf(shape: Partial<Record<keyof typeof channel, number>>): DrawnPose {
  const pose = restPose();
  for (const [name, value] of Object.entries(shape)) pose[channel[name as keyof typeof channel]] = value;
  const out = new Float32Array(DRAWN_COUNT).fill(9);
  toDrawnPose(pose, out);
  return out;
}

describe('drawn pose', () => {
  it('is rest at rest', () => {
    expect(drawnOf({})).toEqual(new Float32Array(DRAWN_COUNT));
  });

  it('shares the whole drop of the jaw out', () => {
    for (const shape of [{}, { round: 0.4 }, { press: 0.5, round: 1 }, { teeth: 1 }, { press: 1 }]) {
      const out = drawnOf({ jaw: 0.6, ...shape });
      expect(out[drawn.jaw]! + out[drawn.jawRound]! + out[drawn.jawShut]!).toBeCloseTo(0.6);
    }
  });

  it('parts neither pressed lips nor much those at the teeth', () => {
    const pressed = drawnOf({ jaw: 0.6, press: 1, round: 0.3 });
    expect(pressed[drawn.jaw]! + pressed[drawn.jawRound]!).toBe(0);
    expect(pressed[drawn.meet]).toBe(1);
    expect(drawnOf({ jaw: 0.6, teeth: 1 })[drawn.jaw]).toBeCloseTo(0.12);
  });

  it('lets sounds win over a smile and a frown, and speech without them leave both', () => {
    for (const mood of ['smile', 'frown'] as const) {
      expect(drawnOf({ [mood]: 0.8, jaw: 0.5, upperLip: 0.3 })[drawn[mood]]).toBeCloseTo(0.8);
      expect(drawnOf({ [mood]: 0.8, press: 1 })[drawn[mood]]).toBeCloseTo(0.4);
      expect(drawnOf({ [mood]: 0.8, round: 1 })[drawn[mood]]).toBeLessThan(0.3);
    }
  });

  it('brings parted lips together for round vowels', () => {
    expect(drawnOf({ round: 1 })[drawn.meet]).toBe(1);
    expect(drawnOf({ spread: 1 })[drawn.meet]).toBe(0);
  });
});
