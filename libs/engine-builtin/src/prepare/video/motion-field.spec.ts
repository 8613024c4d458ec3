import { describe, expect, it } from 'vitest';
import { allocateI420 } from '@visavis/engine';
import type { I420Picture } from '@visavis/engine';
import { between, motionBetween } from './motion-field.ts';

/** Soft blobs, moved. */
function picture(dx: number, dy: number): I420Picture {
  const made = allocateI420({ width: 240, height: 200 });
  made.data.fill(128);
  for (let y = 0; y < 200; y++) {
    for (let x = 0; x < 240; x++) {
      const [u, v] = [x - dx, y - dy];
      made.data[y * 240 + x] = 110 + 40 * Math.sin(u / 11) * Math.cos(v / 13) + 25 * Math.sin((u + v) / 17) + 15 * Math.cos(u / 5 - v / 7);
    }
  }
  return made;
}

function difference(a: I420Picture, b: I420Picture): number {
  let sum = 0;
  let count = 0;
  for (let y = 30; y < 170; y++) for (let x = 30; x < 210; x++, count++) sum += Math.abs(a.data[y * 240 + x]! - b.data[y * 240 + x]!);
  return sum / count;
}

describe('motion between pictures', () => {
  it('is found to a fraction of a pixel', () => {
    const { columns, rows, motion } = motionBetween(picture(0, 0), picture(6, -3), 0.5);
    for (let row = 3; row < rows - 3; row++) {
      for (let column = 3; column < columns - 3; column++) {
        expect(motion[(row * columns + column) * 2]).toBeCloseTo(6, 0);
        expect(motion[(row * columns + column) * 2 + 1]).toBeCloseTo(-3, 0);
      }
    }
  });

  it('gives the picture on the way, sharp and not double', () => {
    const [first, second] = [picture(0, 0), picture(6, -3)];
    for (const part of [0.25, 0.5, 0.75]) {
      const truth = picture(6 * part, -3 * part);
      const faded = { ...first, data: first.data.map((value, i) => value + part * (second.data[i]! - value)) };
      const made = between(first, second, part);
      expect(difference(made, truth)).toBeLessThan(1.2);
      expect(difference(made, truth)).toBeLessThan(0.3 * difference(faded, truth));
    }
  });
});
