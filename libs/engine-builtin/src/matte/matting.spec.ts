import { describe, expect, it } from 'vitest';
import { boxMean, resizePlane } from './float-plane.ts';
import { solveMatting } from './matting.ts';
import type { ColourPlanes } from './matting.ts';

const SIDE = 80;

/** A body that ends at x = 40, and hairs, three rows apart, that fade out from there to x = 60. */
const truth = Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
  const x = i % SIDE;
  if (x < 40) return 1;
  return Math.floor(i / SIDE) % 3 === 0 ? Math.max(0, 1 - (x - 40) / 20) : 0;
});
const mixed = (person: number, behind: (x: number, y: number) => number) =>
  truth.map((alpha, i) => alpha * person + (1 - alpha) * behind(i % SIDE, Math.floor(i / SIDE)));
const picture: ColourPlanes = { width: SIDE, height: SIDE, red: mixed(0.25, (x) => 0.7 + 0.002 * x), green: mixed(0.15, (_, y) => 0.75 - 0.001 * y), blue: mixed(0.1, () => 0.9) };
/** All that the network tells of hair: somewhere here it ends. */
const blurred = Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.min(Math.max(1 - ((i % SIDE) - 30) / 34, 0), 1));
const open = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i % SIDE > 30 && i % SIDE < 66 ? 1 : 0));

const meanError = (alpha: Float32Array) => alpha.reduce((sum, value, i) => sum + (open[i] === 1 ? Math.abs(value - truth[i]!) : 0), 0) / open.reduce((a, b) => a + b, 0);

describe('solveMatting', () => {
  it('finds single hairs by their colour', () => {
    const start = blurred.map((value, i) => (open[i] === 1 ? value : truth[i]!));
    const alpha = start.slice();
    solveMatting(picture, alpha, start, open, { radius: 2, noise: 1e-5, trust: 0.0005, iterations: 200 });
    expect(meanError(start)).toBeGreaterThan(0.2);
    expect(meanError(alpha)).toBeLessThan(0.03);
  });

  it('changes nothing that is known', () => {
    const start = blurred.map((value, i) => (open[i] === 1 ? value : truth[i]!));
    const alpha = start.slice();
    solveMatting(picture, alpha, start, open, { radius: 2, noise: 1e-4, trust: 0.002, iterations: 20 });
    alpha.forEach((value, i) => {
      if (open[i] === 0) expect(value).toBe(truth[i]);
    });
  });

  it('stays with what is expected where colours tell nothing', () => {
    const flat = new Float32Array(SIDE * SIDE).fill(0.5);
    const start = blurred.map((value, i) => (open[i] === 1 ? value : truth[i]!));
    const alpha = start.slice();
    solveMatting({ width: SIDE, height: SIDE, red: flat, green: flat, blue: flat }, alpha, start, open, { radius: 2, noise: 1e-4, trust: 0.05, iterations: 60 });
    alpha.forEach((value, i) => expect(Math.abs(value - start[i]!)).toBeLessThan(0.25));
  });
});

describe('boxMean', () => {
  it('is the mean of each window, cut off at the borders', () => {
    const source = Float32Array.from({ length: 7 * 5 }, (_, i) => (i * 37) % 11);
    const out = new Float32Array(35);
    boxMean(source, out, 7, 5, 2);
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 7; x++) {
        let sum = 0, count = 0;
        for (let v = Math.max(0, y - 2); v <= Math.min(4, y + 2); v++) for (let u = Math.max(0, x - 2); u <= Math.min(6, x + 2); u++, count++) sum += source[v * 7 + u]!;
        expect(out[y * 7 + x]).toBeCloseTo(sum / count, 4);
      }
    }
  });

  it('takes windows larger than the picture', () => {
    const out = new Float32Array(4);
    boxMean(Float32Array.from([1, 2, 3, 6]), out, 2, 2, 9);
    expect([...out]).toEqual([3, 3, 3, 3]);
  });
});

describe('resizePlane', () => {
  it('keeps a slope in its place, smaller and larger', () => {
    const slope = { width: 32, height: 8, data: Float32Array.from({ length: 256 }, (_, i) => (i % 32) + 0.5) };
    const small = resizePlane(slope, 8, 2);
    for (let x = 1; x < 7; x++) expect(small.data[x]).toBeCloseTo((x + 0.5) * 4, 3);
    const large = resizePlane(slope, 64, 16);
    for (let x = 2; x < 62; x++) expect(large.data[x]).toBeCloseTo((x + 0.5) / 2, 3);
  });
});
