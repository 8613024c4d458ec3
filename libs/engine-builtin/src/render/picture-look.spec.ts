import { describe, expect, it } from 'vitest';
import type { Curve, EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { gaussianBlur } from './gaussian-blur.ts';
import { grainAt, lookOf } from './picture-look.ts';
import { makeTexture } from './texture.ts';

const SIZE = 256;
const UNIT = 90;

function curve(from: number, to: number, b: number): Curve {
  const a = Float64Array.from({ length: 5 }, (_, i) => from + ((to - from) * i) / 4);
  return { a, b: a.map(() => b) };
}

const eye = (from: number, to: number): EyeGeometry => ({ upper: curve(from, to, -0.86), lower: curve(from, to, -0.74), brow: curve(from, to, -1.05), innerA: from, outerA: to, irisA: (from + to) / 2, irisB: -0.8 });

const face: FaceGeometry = {
  originX: 128, originY: 190, rightX: 1, rightY: 0, unitPx: UNIT, eyeDistancePx: 72, faceHeightPx: 2 * UNIT, centreX: 128, centreY: 120, yaw: 0,
  leftCornerA: -0.35, rightCornerA: 0.35, leftEdgeA: -0.8, rightEdgeA: 0.8, upperSeam: curve(-0.35, 0.35, 0), lowerSeam: curve(-0.35, 0.35, 0),
  upperLipB: -0.08, lowerLipB: 0.12, noseB: -0.25, chinA: 0, chinB: 0.55, leftEye: eye(-0.6, -0.2), rightEye: eye(0.2, 0.6),
};

/** Skin that is lighter to the right, lips, and eyes with white and pupil; softened, then with noise. */
function lookWith({ blur = 0, noise = 0 }: { blur?: number; noise?: number }) {
  const plane = new Float32Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const a = (x - face.originX) / UNIT, b = (y - face.originY) / UNIT;
      const inEye = Math.abs(b + 0.8) < 0.06 && Math.abs(Math.abs(a) - 0.4) < 0.2;
      const pupil = Math.hypot(Math.abs(a) - 0.4, b + 0.8) < 0.07;
      const lip = Math.abs(a) < 0.35 && b > -0.08 && b < 0.12;
      plane[y * SIZE + x] = pupil ? 30 : inEye ? 210 : lip ? 110 : 150 + 40 * a;
    }
  }
  gaussianBlur(plane, SIZE, SIZE, blur);
  let seed = 1;
  const data = Uint8Array.from(plane, (value) => {
    seed = (seed * 16807) % 2147483647;
    return value + noise * (seed / 1073741824 - 1);
  });
  const chroma = { width: SIZE / 2, height: SIZE / 2, data: new Uint8Array((SIZE * SIZE) / 4).fill(128) };
  return lookOf(face, makeTexture({ width: SIZE, height: SIZE, data }, chroma, chroma));
}

describe('the look of a picture', () => {
  it('is as soft as the picture', () => {
    expect(lookWith({}).blurPx).toBeLessThan(0.9);
    expect(lookWith({ blur: 1.5 }).blurPx).toBeGreaterThan(1.2);
    expect(lookWith({ blur: 1.5 }).blurPx).toBeLessThan(2);
  });

  it('has the picture\'s grain, and none where there is none', () => {
    const strength = (look: ReturnType<typeof lookWith>) => Math.sqrt(look.grain.values.reduce((sum, value) => sum + value * value, 0) / look.grain.values.length);
    expect(strength(lookWith({}))).toBeLessThan(0.6);
    expect(strength(lookWith({ noise: 8 }))).toBeGreaterThan(3);
  });

  it('repeats its grain without seams', () => {
    const { grain } = lookWith({ noise: 8 });
    expect(grainAt(grain, grain.side, 5)).toBe(grainAt(grain, grain.side - 1, 5));
    expect(grainAt(grain, -1, 5)).toBe(grainAt(grain, 0, 5));
  });

  it('knows skin, lips, the whites of the eyes, black, and whence the light comes', () => {
    const look = lookWith({});
    expect(look.skin.y).toBeGreaterThan(150);
    expect(look.lowerLip(0).y).toBeCloseTo(110, 0);
    expect(look.white!.y).toBeGreaterThan(200);
    expect(look.black.y).toBeLessThan(40);
    expect(look.sideLight).toBeGreaterThan(0.2);
  });
});
