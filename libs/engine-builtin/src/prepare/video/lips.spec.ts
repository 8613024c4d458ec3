import { describe, expect, it } from 'vitest';
import { contour, LANDMARK_COUNT } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { refineInnerLips } from './inner-lips.ts';
import { placeOfSample, STRIP_LINES, STRIP_SAMPLES } from './lip-strip.ts';
import { fitOuterLips } from './outer-lips.ts';

const SKIN = [150, 112, 146];
const LIPS = [95, 118, 168];
const TEETH = [190, 126, 128];

/** Where lips begin and end and where they part, of the way from the mesh's upper edge (0) to its lower one (1). */
interface Mouth {
  from: number;
  to: number;
  opens?: readonly [number, number];
}

function strip({ from, to, opens }: Mouth, seed: number): Uint8Array {
  const made = new Uint8Array(STRIP_LINES * STRIP_SAMPLES * 3);
  for (let line = 0, at = 0; line < STRIP_LINES; line++) {
    for (let i = 0; i < STRIP_SAMPLES; i++, at += 3) {
      const place = placeOfSample(i);
      const colour = place < from || place > to ? SKIN : opens && place > opens[0] && place < opens[1] ? TEETH : LIPS;
      colour.forEach((value, c) => (made[at + c] = value + 2 * Math.sin(seed + 7 * line + 3 * i + c)));
    }
  }
  return made;
}

/** Lips 100 pixels high, whose inner edges the mesh has `gap` apart in the middle. */
function mesh(gap: number): FaceMesh {
  const made = new Float32Array(LANDMARK_COUNT * 3);
  const lay = (indices: readonly number[], y: number): void => indices.forEach((index, k) => made.set([20 * k, k === 0 || k === indices.length - 1 ? 50 : y, 0], index * 3));
  lay(contour.outerLipUpper, 0);
  lay(contour.outerLipLower, 100);
  lay(contour.innerLipUpper, 50 - gap / 2);
  lay(contour.innerLipLower, 50 + gap / 2);
  return made;
}

function lips(mouths: readonly Mouth[], gap = 6): { y(f: number, index: number): number } {
  const outer = fitOuterLips(mouths.map(() => mesh(gap)), mouths.map(strip));
  const both = refineInnerLips(outer.meshes, outer.strips);
  return { y: (f, index) => both[f]![index * 3 + 1]! };
}

const closed: Mouth = { from: 0.02, to: 0.98 };
const times = (count: number, mouth: Mouth): Mouth[] => Array.from({ length: count }, () => mouth);

describe('lips in the picture', () => {
  it('are open where teeth show, whatever the mesh says', () => {
    const { y } = lips([...times(20, closed), ...times(9, { ...closed, opens: [0.35, 0.62] }), ...times(10, closed)]);
    expect(y(24, 13)).toBeCloseTo(35, -1);
    expect(y(24, 14)).toBeCloseTo(62, -1);
    expect(y(24, 14) - y(24, 13)).toBeGreaterThan(20);
    expect(y(10, 14) - y(10, 13)).toBeLessThan(4);
  });

  it('begin where their colour does, when the mesh has laid their edge onto the skin', () => {
    const misfit: Mouth = { from: 0.27, to: 0.98 };
    const { y } = lips([...times(20, closed), ...times(9, misfit), ...times(10, closed)]);
    expect(y(24, 0)).toBeCloseTo(27, -1);
    expect(y(10, 0)).toBeCloseTo(2, -1);
    // Skin above a lip was once taken for the inside of an open mouth.
    expect(y(24, 13)).toBeGreaterThan(y(24, 0) + 10);
    expect(y(24, 14) - y(24, 13)).toBeLessThan(6);
  });

  it('stay where the mesh has them when their colour is the skin\'s', () => {
    const made = fitOuterLips([mesh(6)], [new Uint8Array(STRIP_LINES * STRIP_SAMPLES * 3).fill(128)]);
    expect(made.meshes[0]).toEqual(mesh(6));
  });
});
