import { describe, expect, it } from 'vitest';
import type { Curve, EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { DRAWN_COUNT } from './drawn-pose.ts';
import { InnerMouth } from './inner-mouth.ts';
import type { InsidePoint } from './inner-mouth.ts';
import { lookOf } from './picture-look.ts';
import { PictureSampler } from './picture-sampler.ts';
import { makeTexture } from './texture.ts';

const SIZE = 256;
const UNIT = 100;
const SKIN = 170;

function curve(from: number, to: number, bend: number, b: number): Curve {
  const a = Float64Array.from({ length: 9 }, (_, i) => from + ((to - from) * i) / 8);
  return { a, b: a.map((_, i) => b + bend * (1 - ((i - 4) / 4) ** 2)) };
}

const eye = (from: number, to: number): EyeGeometry => ({ upper: curve(from, to, -0.06, -0.8), lower: curve(from, to, 0.06, -0.8), brow: curve(from, to, 0, -1.05), innerA: from, outerA: to, irisA: (from + to) / 2, irisB: -0.8 });

/** A mouth whose lips are `gap` apart, with something of one colour between them; `light` is that of the whole picture. */
function mouthWith(gap: number, between: { y: number; v: number } | undefined, light = 1): InnerMouth {
  const face: FaceGeometry = {
    originX: 128, originY: 170, rightX: 1, rightY: 0, unitPx: UNIT, eyeDistancePx: 80, faceHeightPx: 2 * UNIT, centreX: 128, centreY: 120, yaw: 0,
    leftCornerA: -0.32, rightCornerA: 0.32, leftEdgeA: -0.8, rightEdgeA: 0.8, upperSeam: curve(-0.32, 0.32, -gap / 2, 0), lowerSeam: curve(-0.32, 0.32, gap / 2, 0),
    upperLipB: -0.08 - gap / 2, lowerLipB: 0.12 + gap / 2, noseB: -0.25, chinA: 0, chinB: 0.5, leftEye: eye(-0.6, -0.2), rightEye: eye(0.2, 0.6),
  };
  const y = new Uint8Array(SIZE * SIZE), v = new Uint8Array((SIZE * SIZE) / 4);
  for (let py = 0; py < SIZE; py++) {
    for (let px = 0; px < SIZE; px++) {
      const a = (px - face.originX) / UNIT, b = (py - face.originY) / UNIT;
      const oval = 1 - (a / 0.32) ** 2;
      const onEye = Math.abs(Math.abs(a) - 0.4) < 0.19 && Math.abs(b + 0.8) < 0.05;
      const pupil = Math.hypot(Math.abs(a) - 0.4, b + 0.8) < 0.07;
      const inside = oval > 0 && Math.abs(b) < (oval * gap) / 2;
      const lip = oval > 0 && b > -0.1 * oval - gap / 2 && b < 0.13 * oval + gap / 2;
      const luma = pupil ? 30 : onEye ? 205 : inside && between ? between.y : lip ? 115 : SKIN;
      y[py * SIZE + px] = 16 + (luma - 16) * light;
      v[(py >> 1) * (SIZE / 2) + (px >> 1)] = onEye ? 130 : inside && between ? between.v : lip ? 165 : 145;
    }
  }
  const half = SIZE / 2;
  const texture = makeTexture({ width: SIZE, height: SIZE, data: y }, { width: half, height: half, data: new Uint8Array(half * half).fill(118) }, { width: half, height: half, data: v });
  return new InnerMouth(face, lookOf(face, texture), new PictureSampler(texture));
}

/** What shows in the middle of a mouth whose jaw is `open` units down, at `b`. */
function shownAt(mouth: InnerMouth, open: number, b: number): { y: number; v: number } {
  const point: InsidePoint = { skullA: 0.05, skullB: b, jawA: 0.05, jawB: b - open, tipA: 0.05, tipB: b - open / 2, belowUpper: b, aboveLower: open - b };
  mouth.begin(new Float32Array(DRAWN_COUNT));
  mouth.paint(point);
  return { y: mouth.y, v: mouth.v };
}

describe('the inside of a mouth', () => {
  it('has teeth under the upper lip, then the dark, then the tongue', () => {
    const mouth = mouthWith(0, undefined);
    const [teeth, dark, tongue] = [shownAt(mouth, 0.2, 0.025), shownAt(mouth, 0.2, 0.065), shownAt(mouth, 0.2, 0.15)];
    expect(teeth.y).toBeGreaterThan(tongue.y + 10);
    expect(tongue.y).toBeGreaterThan(dark.y + 10);
    expect(tongue.v).toBeGreaterThan(135);
  });

  it('is lit as the picture is', () => {
    const teethOf = (light: number) => shownAt(mouthWith(0, undefined, light), 0.2, 0.025).y;
    expect(teethOf(1)).toBeLessThan(205);
    expect(teethOf(0.5)).toBeLessThan(0.65 * teethOf(1));
  });

  it('shows the teeth that the picture shows, also between lips that are hardly parted', () => {
    expect(mouthWith(0.1, { y: 210, v: 129 }).openAtRest).toBe(true);
    expect(mouthWith(0.05, { y: 200, v: 130 }).openAtRest).toBe(true);
    expect(shownAt(mouthWith(0.05, { y: 200, v: 130 }), 0.2, 0.01).y).toBeGreaterThan(180);
  });

  it('takes no glint, nor a dark slit, for teeth', () => {
    expect(mouthWith(0.05, { y: 190, v: 160 }).openAtRest).toBe(false);
    expect(mouthWith(0.05, { y: 40, v: 140 }).openAtRest).toBe(false);
    expect(mouthWith(0, undefined).openAtRest).toBe(false);
  });
});
