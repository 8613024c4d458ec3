import { describe, expect, it } from 'vitest';
import { gainFor } from './fit-mouth-gain.ts';
import type { TriedOpening } from './fit-mouth-gain.ts';

/** What a mesh sees that shows `share` of the drawn gaps, with errors. */
function seenWith(share: number, errors: readonly number[] = [0, 0, 0]): TriedOpening[] {
  return [0.15, 0.17, 0.19].map((drawn, i) => ({ drawn, seen: share * drawn + errors[i]! }));
}

describe('mouth gain', () => {
  it('opens a face less of which more is seen, within bounds', () => {
    const gains = [1.4, 0.9, 0.8, 0.72, 0.2].map((share) => gainFor(seenWith(share)));
    expect(gains).toEqual([...gains].sort((a, b) => a - b));
    expect(new Set(gains).size).toBe(5);
    expect(gains[0]).toBe(0.6);
    expect(gains[4]).toBe(1.1);
  });

  it('hardly minds the jitter of the mesh', () => {
    const steady = gainFor(seenWith(0.75));
    for (const errors of [[0.01, -0.01, 0.01], [-0.01, 0.01, -0.01], [0, 0.012, -0.012]]) {
      expect(Math.abs(gainFor(seenWith(0.75, errors)) - steady)).toBeLessThan(0.05);
    }
  });

  it('does not open a mouth without end where the mesh sees nothing', () => {
    for (const share of [0, -0.3]) expect(gainFor(seenWith(share))).toBe(1.1);
  });
});
