import { describe, expect, it } from 'vitest';
import type { Curve, EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { MOUTH_BOUNDS, mouthBox } from './mouth-bounds.ts';
import { mouthDisplacement } from './mouth-displacement.ts';

function level(from: number, to: number): Curve {
  const a = Float64Array.from({ length: 9 }, (_, i) => from + ((to - from) * i) / 8);
  return { a, b: a.map(() => 0) };
}

const noEye: EyeGeometry = { upper: level(0, 1), lower: level(0, 1), brow: level(0, 1), innerA: 0, outerA: 1, irisA: 0, irisB: 0 };

function faceOf(left: number, right: number): FaceGeometry {
  return {
    originX: 300, originY: 300, rightX: Math.cos(0.1), rightY: Math.sin(0.1), unitPx: 120, eyeDistancePx: 96, faceHeightPx: 242, centreX: 300, centreY: 220, yaw: 0,
    leftCornerA: left, rightCornerA: right, leftEdgeA: -0.75, rightEdgeA: 0.75, upperSeam: level(left, right), lowerSeam: level(left, right),
    upperLipB: -0.08, lowerLipB: 0.12, noseB: -0.25, chinA: 0, chinB: 0.5, leftEye: noEye, rightEye: noEye,
  };
}

describe('the bounds of the mouth', () => {
  it.each([[-0.32, 0.32], [-0.42, 0.42], [-0.15, 0.36]])('hold all that a mouth from %s to %s moves', (left, right) => {
    const face = faceOf(left, right);
    const move = mouthDisplacement(face);
    let farthest = 0;
    for (let a = -1.4; a <= 1.4; a += 0.02) {
      for (let b = -1; b <= 1.4; b += 0.02) {
        if (Math.abs(a) < MOUTH_BOUNDS.sides && b > -MOUTH_BOUNDS.above && b < face.chinB + MOUTH_BOUNDS.belowChin) continue;
        move('face', a, b, (_, da, db) => (farthest = Math.max(farthest, Math.hypot(da, db))));
      }
    }
    // A tenth of a pixel, where units are largest.
    expect(farthest).toBeLessThan(0.0006);
  });

  it('are a box on the grid within the picture, also of a tilted face near its edge', () => {
    const box = mouthBox(faceOf(-0.3, 0.3), { width: 400, height: 350 }, 16);
    for (const value of Object.values(box)) expect(value % 16).toBe(0);
    expect(box.x0).toBeLessThanOrEqual(300 - 0.75 * 120);
    expect(box.y0).toBeLessThanOrEqual(300 - 0.45 * 120);
    expect(box.x0 + box.width).toBe(400);
    expect(box.y0 + box.height).toBe(336);
  });
});
