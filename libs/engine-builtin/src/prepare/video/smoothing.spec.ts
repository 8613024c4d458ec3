import { describe, expect, it } from 'vitest';
import { smoothSeries, solve } from './smoothing.ts';

describe('smoothSeries', () => {
  it('keeps a parabola as it is, but near its ends', () => {
    const rows = Array.from({ length: 20 }, (_, i) => [i * i, 3 - i]);
    const smooth = smoothSeries(rows, 3);
    for (let i = 2; i < 18; i++) smooth[i]!.forEach((value, c) => expect(value).toBeCloseTo(rows[i]![c]!, 8));
  });

  it('halves noise', () => {
    const noise = (i: number): number => Math.sin(i * i * 12.9898) * 2;
    const rows = Array.from({ length: 200 }, (_, i) => [noise(i)]);
    const power = (values: readonly (readonly number[] | undefined)[]): number => values.reduce((sum, row) => sum + row![0]! ** 2, 0);
    expect(power(smoothSeries(rows, 3))).toBeLessThan(0.5 * power(rows));
  });

  it('looks over no gap', () => {
    const smooth = smoothSeries([[0], [0], [0], undefined, [100], [100], [100]], 3);
    expect(smooth[2]![0]).toBeCloseTo(0, 8);
    expect(smooth[3]).toBeUndefined();
    expect(smooth[4]![0]).toBeCloseTo(100, 8);
  });
});

it('solves where pivots are needed', () => {
  const x = solve(Float64Array.of(0, 2, 1, 1, 1, 1, 2, 0, 3), Float64Array.of(7, 6, 11), 3);
  [1, 2, 3].forEach((value, i) => expect(x[i]).toBeCloseTo(value, 9));
});
