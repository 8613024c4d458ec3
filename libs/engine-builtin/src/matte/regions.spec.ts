import { describe, expect, it } from 'vitest';
import { connectedTo, distanceInside, fillHoles, insideOutline } from './regions.ts';

const drawn = (rows: readonly string[]) => Uint8Array.from(rows.join(''), (sign) => (sign === '#' ? 1 : 0));
const shown = (mask: Uint8Array, width: number) => Array.from({ length: mask.length / width }, (_, y) => [...mask.subarray(y * width, (y + 1) * width)].map((value) => (value ? '#' : '.')).join(''));

describe('regions', () => {
  it('keeps what is connected to the seed, across sides and not across corners', () => {
    const mask = drawn(['##..#', '##..#', '..##.', '...#.']);
    expect(shown(connectedTo(mask, drawn(['#....', '.....', '.....', '.....']), 5), 5)).toEqual(['##...', '##...', '.....', '.....']);
  });

  it('does not run from one row into the next', () => {
    const mask = drawn(['...##', '##...']);
    expect(shown(connectedTo(mask, drawn(['....#', '.....']), 5), 5)).toEqual(['...##', '.....']);
  });

  it('fills small holes, and neither large ones nor bays', () => {
    const mask = drawn(['#######', '#.#...#', '###...#', '#.#...#', '#.#####']);
    fillHoles(mask, 7, 3);
    expect(shown(mask, 7)).toEqual(['#######', '###...#', '###...#', '#.#...#', '#.#####']);
  });

  it('measures how far it is to the outside, and to the inside', () => {
    const mask = drawn(['.....', '.###.', '.###.', '.###.', '.....']);
    expect(distanceInside(mask, 1, 5)[12]).toBe(2);
    expect(distanceInside(mask, 0, 5)[0]).toBeCloseTo(Math.SQRT2);
    expect(distanceInside(mask, 0, 5)[12]).toBe(0);
  });

  it('fills an outline, also where it leaves the picture', () => {
    const square = [{ x: -3, y: 1 }, { x: 2, y: 1 }, { x: 2, y: 3 }, { x: -3, y: 3 }];
    expect(shown(insideOutline(square, 5, 5), 5)).toEqual(['.....', '###..', '###..', '.....', '.....']);
  });
});
