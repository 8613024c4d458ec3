import { describe, expect, it } from 'vitest';
import type { Curve, EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { curveAt } from '../face/face-geometry.ts';
import { drawn } from './drawn-pose.ts';
import { mouthDisplacement } from './mouth-displacement.ts';

const CORNER = 0.35;

/** Lips that are shut, with their middle at 0 and their corners `smile` above it. */
function seam(smile: number): Curve {
  const a = Float64Array.from({ length: 9 }, (_, i) => -CORNER + (2 * CORNER * i) / 8);
  return { a, b: a.map((at) => -smile * (at / CORNER) ** 2) };
}

const noEye: EyeGeometry = { upper: seam(0), lower: seam(0), brow: seam(0), innerA: 0, outerA: 0, irisA: 0, irisB: 0 };

function faceWith(smile: number): FaceGeometry {
  return {
    originX: 0, originY: 0, rightX: 1, rightY: 0, unitPx: 1, eyeDistancePx: 0.8, faceHeightPx: 2, centreX: 0, centreY: -0.5, yaw: 0,
    leftCornerA: -CORNER, rightCornerA: CORNER, leftEdgeA: -0.8, rightEdgeA: 0.8, upperSeam: seam(smile), lowerSeam: seam(smile),
    upperLipB: -0.08, lowerLipB: 0.12, noseB: -0.25, chinA: 0, chinB: 0.55, leftEye: noEye, rightEye: noEye,
  };
}

/** Where the edges of the lips come to lie in an O, for a point of the seam. */
function edgesOfO(face: FaceGeometry, a: number): { upper: number; lower: number } {
  const move = mouthDisplacement(face);
  const edge = (surface: 'upperLip' | 'lowerLip') => {
    let b = curveAt(face.lowerSeam, a);
    move(surface, a, b, (channel, _da, db) => {
      b += (channel === drawn.round ? 1 : channel === drawn.jawRound ? 0.4 : 0) * db;
    });
    return b;
  };
  return { upper: edge('upperLip'), lower: edge('lowerLip') };
}

describe('the O of round lips', () => {
  it('is arched above and round below on straight and on smiling lips, not a V', () => {
    for (const smile of [0, 0.03, 0.06]) {
      const face = faceWith(smile);
      const end = 0.78 * CORNER;
      const ends = edgesOfO(face, end);
      expect(ends.lower - ends.upper).toBeLessThan(0.01);
      const [middle, halfway] = [edgesOfO(face, 0), edgesOfO(face, end / 2)];
      const depth = middle.lower - ends.lower;
      expect(depth).toBeGreaterThan(0.06);
      expect(ends.upper - middle.upper).toBeGreaterThan(0.25 * depth);
      // Halfway to its end an ellipse is 0.87 as deep, a V half as deep.
      expect((halfway.lower - ends.lower) / depth).toBeGreaterThan(0.8);
    }
  });

  it('moves both lips alike where they are one, beyond the corners', () => {
    for (const smile of [0, 0.06]) {
      for (const a of [1, 1.1, 1.4, 1.8]) {
        for (const side of [-1, 1]) {
          const { upper, lower } = edgesOfO(faceWith(smile), side * a * CORNER);
          expect(Math.abs(upper - lower)).toBeLessThan(0.001);
        }
      }
    }
  });
});
