import { EXPRESSIONS } from '@visavis/engine';
import { describe, expect, it } from 'vitest';
import { ExpressionMotion } from './expressions.ts';
import { channel } from './pose.ts';

const FRAME_S = 0.04;

function after(motion: ExpressionMotion, frames: number): Float32Array {
  for (let i = 0; i < frames; i++) motion.advance(FRAME_S);
  return motion.value.slice();
}

describe('expressions', () => {
  it('are each a face of its own, and twice as strong at 1 as at a half', () => {
    const faces = EXPRESSIONS.map((expression) => {
      const [whole, half] = [1, 0.5].map((strength) => {
        const motion = new ExpressionMotion();
        motion.show(expression, strength);
        return after(motion, 40);
      });
      whole!.forEach((value, ch) => expect(half![ch]).toBeCloseTo(value / 2, 5));
      return whole!.map((value) => Math.round(value * 1000)).join();
    });
    expect(new Set(faces).size).toBe(EXPRESSIONS.length);
    expect(faces[EXPRESSIONS.indexOf('neutral')]).toMatch(/^[0,]*$/);
  });

  it('come in about 400 ms and go to exactly nothing in hardly more than a second', () => {
    const motion = new ExpressionMotion();
    expect(motion.atRest).toBe(true);
    motion.show('happy', 1);
    expect(after(motion, 3)[channel.smile]).toBeLessThan(0.6);
    expect(after(motion, 7)[channel.smile]).toBeGreaterThan(0.85);
    motion.show('neutral', 1);
    expect(motion.atRest).toBe(false);
    after(motion, 28);
    expect(motion.atRest).toBe(true);
    expect(motion.value.every((value) => value === 0)).toBe(true);
  });

  it('go over into each other without a jump', () => {
    const motion = new ExpressionMotion();
    let before: Float32Array = motion.value.slice();
    let speedBefore: Float32Array = before.map(() => 0);
    for (const expression of [...EXPRESSIONS, ...EXPRESSIONS]) {
      motion.show(expression, 1);
      for (let frame = 0; frame < 5; frame++) {
        const now = after(motion, 1);
        const speed = now.map((value, ch) => value - before[ch]!);
        speed.forEach((value, ch) => {
          expect(Math.abs(value)).toBeLessThan(0.17);
          expect(Math.abs(value - speedBefore[ch]!)).toBeLessThan(0.2);
        });
        [before, speedBefore] = [now, speed];
      }
    }
  });

  it('take a strength out of bounds for the bound', () => {
    for (const [strength, smile] of [[7, 1], [-1, 0], [NaN, 0]] as const) {
      const motion = new ExpressionMotion();
      motion.show('happy', strength);
      expect(after(motion, 40)[channel.smile]).toBe(smile);
    }
  });
});
