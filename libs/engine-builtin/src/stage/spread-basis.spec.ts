import { describe, expect, it } from 'vitest';
import { fitAffine } from './affine.ts';
import { spreadBasis } from './spread-basis.ts';

const grid = { columns: 21, rows: 21, firstA: -1, firstB: -1, step: 0.1 };

function moveAt(basis: Float32Array, stride: number, moves: readonly number[], a: number, b: number): number {
  const node = Math.round((b - grid.firstB) / grid.step) * grid.columns + Math.round((a - grid.firstA) / grid.step);
  return moves.reduce((sum, move, i) => sum + move * basis[node * stride + i]!, 0);
}

describe('spreadBasis', () => {
  const points = Float32Array.of(-0.3, 0, 0.3, 0, 0, 0.3, 0, -0.3);

  it('moves a point that lies on a control point with it, and what is far away not at all', () => {
    const basis = spreadBasis(points, grid, 4);
    expect(moveAt(basis, 4, [1, 0, 0, 0], -0.3, 0)).toBeCloseTo(1, 1);
    expect(moveAt(basis, 4, [1, 0, 0, 0], 0.3, 0)).toBeCloseTo(0, 1);
    expect(Math.abs(moveAt(basis, 4, [1, 1, 1, 1], 1, 1))).toBeLessThan(0.02);
  });

  it('keeps what fills up the rows at zero', () => {
    const basis = spreadBasis(points, grid, 8);
    for (let node = 0; node < grid.columns * grid.rows; node++) expect([...basis.subarray(node * 8 + 4, node * 8 + 8)]).toEqual([0, 0, 0, 0]);
  });
});

describe('fitAffine', () => {
  it('finds the map that was applied', () => {
    const from = Float32Array.of(0, 0, 10, 1, 3, 8, 7, 7);
    const map = [1.2, -0.3, 5, 0.4, 0.9, -2];
    const to = Float32Array.from({ length: 8 }, (_, i) => {
      const x = from[i & ~1]!, y = from[i | 1]!;
      return i % 2 === 0 ? map[0]! * x + map[1]! * y + map[2]! : map[3]! * x + map[4]! * y + map[5]!;
    });
    const found = new Float64Array(6);
    fitAffine(from, 0, to, 0, 4, found);
    found.forEach((value, i) => expect(value).toBeCloseTo(map[i]!, 4));
  });
});
