import { beforeAll, describe, expect, it } from 'vitest';
import { allocateI420 } from '@visavis/engine';
import type { Curve, EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { curveAt } from '../face/face-geometry.ts';
import { channel, restPose } from '../motion/pose.ts';
import { displacementOf } from './displacement.ts';
import { DRAWN_COUNT, toDrawnPose } from './drawn-pose.ts';
import { makeLidPatch } from './lid-patch.ts';
import type { SheetPatch } from './sheet-patch.ts';
import { makeTexture } from './texture.ts';
import type { Texture } from './texture.ts';

const SIZE = 256;
const UNIT = 90;
const SKIN = 160;
const WHITE = 225;
const IRIS = 60;

function curve(from: number, to: number, bend: number, b: number): Curve {
  const a = Float64Array.from({ length: 9 }, (_, i) => from + ((to - from) * i) / 8);
  return { a, b: a.map((_, i) => b + bend * (1 - ((i - 4) / 4) ** 2)) };
}

const eye = (from: number, to: number): EyeGeometry => ({
  upper: curve(from, to, -0.08, -0.8), lower: curve(from, to, 0.05, -0.8), brow: curve(from, to, -0.05, -1.05),
  innerA: from, outerA: to, irisA: (from + to) / 2, irisB: -0.81,
});

const face: FaceGeometry = {
  originX: 128, originY: 190, rightX: 1, rightY: 0, unitPx: UNIT, eyeDistancePx: 72, faceHeightPx: 2 * UNIT, centreX: 128, centreY: 120, yaw: 0,
  leftCornerA: -0.35, rightCornerA: 0.35, leftEdgeA: -0.8, rightEdgeA: 0.8, upperSeam: curve(-0.35, 0.35, 0, 0), lowerSeam: curve(-0.35, 0.35, 0, 0),
  upperLipB: -0.08, lowerLipB: 0.12, noseB: -0.25, chinA: 0, chinB: 0.55, leftEye: eye(-0.6, -0.2), rightEye: eye(0.2, 0.6),
};

/** Skin with eyes whose white reaches `lower` below the mesh's lower lid. */
function textureWith(lower: number): Texture {
  const data = new Uint8Array(SIZE * SIZE).fill(SKIN);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const a = (x - face.originX) / UNIT, b = (y - face.originY) / UNIT;
      for (const { upper, lower: lid, innerA, outerA, irisA, irisB } of [face.leftEye, face.rightEye]) {
        if (a < innerA || a > outerA || b < curveAt(upper, a) || b > curveAt(lid, a) + lower) continue;
        data[y * SIZE + x] = Math.hypot(a - irisA, b - irisB) < 0.075 ? IRIS : WHITE;
      }
    }
  }
  const chroma = { width: SIZE / 2, height: SIZE / 2, data: new Uint8Array((SIZE * SIZE) / 4).fill(128) };
  return makeTexture({ width: SIZE, height: SIZE, data }, chroma, chroma);
}

const box = { x0: 64, y0: 80, width: 64, height: 64 };

function patchOf(texture: Texture): SheetPatch {
  return makeLidPatch(face, 'left', texture, box, { x0: 48, y0: 64, width: 96, height: 96 }, displacementOf(face, texture));
}

function drawn(patch: SheetPatch, shape: Partial<Record<keyof typeof channel, number>>): (a: number, b: number) => number {
  const pose = restPose();
  for (const [name, value] of Object.entries(shape)) pose[channel[name as keyof typeof channel]] = value;
  const drawnPose = new Float32Array(DRAWN_COUNT);
  toDrawnPose(pose, drawnPose);
  const picture = allocateI420({ width: SIZE, height: SIZE });
  patch.draw(drawnPose, picture);
  return (a, b) => picture.data[Math.round(face.originY + b * UNIT) * SIZE + Math.round(face.originX + a * UNIT)]!;
}

/** Luma of all points of the eye and a little around it. */
function around(at: (a: number, b: number) => number): number[] {
  const values: number[] = [];
  for (let a = -0.6; a <= -0.2; a += 0.01) for (let b = -0.92; b <= -0.7; b += 0.01) values.push(at(a, b));
  return values;
}

describe('an eye', () => {
  let patch: SheetPatch;
  beforeAll(() => {
    patch = patchOf(textureWith(0));
  });

  it('is the picture itself at rest', () => {
    const at = drawn(patch, {});
    expect(at(-0.4, -0.81)).toBe(IRIS);
    expect(at(-0.5, -0.8)).toBe(WHITE);
    expect(at(-0.4, -0.95)).toBe(SKIN);
  });

  it.each([0, 0.02])('shuts without a sliver of white, where white goes on %s below the mesh\'s lid', (lower) => {
    const shut = around(drawn(patchOf(textureWith(lower)), { blinkLeft: 1 }));
    expect(Math.max(...shut)).toBeLessThan(SKIN + 12);
  });

  it('has lashes at the edge of its lid, and the iris under it when it is half shut', () => {
    const column = (at: (a: number, b: number) => number) => Array.from({ length: 30 }, (_, i) => at(-0.4, -0.92 + 0.008 * i));
    expect(Math.min(...column(drawn(patch, { blinkLeft: 1 })))).toBeLessThan(SKIN - 20);
    expect(drawn(patch, { blinkLeft: 0.4 })(-0.4, -0.78)).toBeLessThan(IRIS + 30);
  });

  it('glances with its iris and leaves the lids alone', () => {
    const rest = drawn(patch, {});
    const aside = drawn(patch, { gazeX: 1 });
    const darkA = (at: (a: number, b: number) => number) => {
      const dark = Array.from({ length: 81 }, (_, i) => -0.6 + 0.005 * i).filter((a) => at(a, -0.8) < 100);
      return dark.reduce((sum, a) => sum + a, 0) / dark.length;
    };
    expect(darkA(aside) - darkA(rest)).toBeGreaterThan(0.03);
    for (let a = -0.58; a < -0.22; a += 0.02) {
      expect(Math.abs(aside(a, curveAt(face.leftEye.upper, a) - 0.04) - SKIN)).toBeLessThan(4);
      expect(Math.abs(aside(a, curveAt(face.leftEye.lower, a) + 0.04) - SKIN)).toBeLessThan(4);
    }
  });
});
