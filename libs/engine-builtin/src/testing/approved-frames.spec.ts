import { expect, it } from 'vitest';
import { blockDifference } from './approved-frames.ts';

const grey = (): Uint8Array => new Uint8Array(32 * 16 * 3).fill(100);

it('sees a block that changed, and no grain', () => {
  const other = grey();
  for (let i = 0; i < other.length; i++) other[i] = 100 + (Math.floor(i / 3) % 2 === 0 ? 3 : -3);
  expect(blockDifference(grey(), other, 32, 16)).toMatchObject({ mean: 0, max: 0 });
  for (let y = 8; y < 16; y++) for (let x = 16; x < 24; x++) other.fill(140, (y * 32 + x) * 3, (y * 32 + x) * 3 + 3);
  const { mean, max, map } = blockDifference(grey(), other, 32, 16);
  expect(max).toBeCloseTo(40);
  expect(mean).toBeCloseTo(40 / 8);
  expect([...map]).toEqual([0, 0, 0, 0, 0, 0, 160, 0]);
});
