import { beforeAll, describe, expect, it } from 'vitest';
import { allocateI420 } from '@visavis/engine';
import type { I420Picture } from '@visavis/engine';
import type { Curve, EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { channel, restPose } from '../motion/pose.ts';
import { FaceRenderer } from './face-renderer.ts';
import type { Plane } from './plane-scaling.ts';
import { makeTexture } from './texture.ts';

const SIZE = 256;
const UNIT = 58;

function curve(from: number, to: number, bend: number, b: number): Curve {
  const a = Float64Array.from({ length: 9 }, (_, i) => from + ((to - from) * i) / 8);
  return { a, b: a.map((_, i) => b + bend * (1 - ((i - 4) / 4) ** 2)) };
}

function eyeAt(from: number, to: number): EyeGeometry {
  return {
    upper: curve(from, to, -0.07, -0.8),
    lower: curve(from, to, 0.05, -0.8),
    brow: curve(from, to, -0.05, -1.05),
    innerA: from,
    outerA: to,
    irisA: (from + to) / 2,
    irisB: -0.8,
  };
}

/** A face that looks straight ahead, its lips shut, its mouth at (128, 150). */
const face: FaceGeometry = {
  originX: 128, originY: 150, rightX: 1, rightY: 0,
  unitPx: UNIT, eyeDistancePx: 46, faceHeightPx: 2 * UNIT, centreX: 128, centreY: 120, yaw: 0,
  leftCornerA: -0.35, rightCornerA: 0.35, leftEdgeA: -0.8, rightEdgeA: 0.8,
  upperSeam: curve(-0.35, 0.35, 0.02, 0), lowerSeam: curve(-0.35, 0.35, 0.02, 0),
  upperLipB: -0.08, lowerLipB: 0.12, noseB: -0.25, chinA: 0, chinB: 0.55,
  leftEye: eyeAt(-0.6, -0.2), rightEye: eyeAt(0.2, 0.6),
};

/** Bands and waves, so that every shift of a pixel is seen. */
function pattern(width: number, height: number): Plane {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = 150 + 35 * Math.sin((i % width) * 0.31) + 30 * Math.sin(Math.floor(i / width) * 0.23);
  return { width, height, data };
}

const luma = pattern(SIZE, SIZE);
const chroma = pattern(SIZE / 2, SIZE / 2);
let renderer: FaceRenderer;

beforeAll(() => {
  const steps = FaceRenderer.build(face, makeTexture(luma, chroma, chroma));
  let step = steps.next();
  while (!step.done) step = steps.next();
  renderer = step.value;
});

function draw(shape: Partial<Record<keyof typeof channel, number>>): I420Picture {
  const pose = restPose();
  for (const [name, value] of Object.entries(shape)) pose[channel[name as keyof typeof channel]] = value;
  const picture = allocateI420({ width: SIZE, height: SIZE });
  renderer.render(pose, picture);
  return picture;
}

/** Box around the luma that differs by more than `tolerance` from the picture. */
function changed(picture: I420Picture, tolerance: number): { left: number; top: number; right: number; bottom: number } | undefined {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let i = 0; i < SIZE * SIZE; i++) {
    if (Math.abs(picture.data[i]! - luma.data[i]!) <= tolerance) continue;
    box.left = Math.min(box.left, i % SIZE);
    box.right = Math.max(box.right, i % SIZE);
    box.top = Math.min(box.top, Math.floor(i / SIZE));
    box.bottom = Math.max(box.bottom, Math.floor(i / SIZE));
  }
  return box.right < 0 ? undefined : box;
}

describe('face renderer', () => {
  it('shows the picture itself at rest, chroma too', () => {
    const rest = draw({});
    expect(changed(rest, 1)).toBeUndefined();
    for (let i = 0; i < chroma.data.length; i++) expect(Math.abs(rest.data[SIZE * SIZE + i]! - chroma.data[i]!)).toBeLessThanOrEqual(1);
  });

  it('opens the mouth downwards and leaves eyes and forehead alone', () => {
    const box = changed(draw({ jaw: 0.6 }), 2)!;
    expect(box.top).toBeGreaterThan(face.originY - 0.5 * UNIT);
    expect(box.bottom).toBeGreaterThan(face.originY + 0.4 * UNIT);
    expect(box.left).toBeGreaterThan(face.originX - 1.3 * UNIT);
    expect(box.right).toBeLessThan(face.originX + 1.3 * UNIT);
  });

  it('shows the inside of the mouth only between parted lips', () => {
    const open = draw({ jaw: 0.6 });
    const below = Math.round(face.originY + 0.1 * UNIT);
    const darkest = Math.min(...open.data.subarray(below * SIZE + 120, below * SIZE + 136));
    expect(darkest).toBeLessThan(Math.min(...luma.data.subarray(below * SIZE + 120, below * SIZE + 136)) - 10);
  });

  it('closes the lids inside the eyes only, over their whole opening', () => {
    const shut = draw({ blinkLeft: 1, blinkRight: 1 });
    const box = changed(shut, 2)!;
    expect(box.top).toBeGreaterThan(face.originY - 1.2 * UNIT);
    expect(box.bottom).toBeLessThan(face.originY - 0.7 * UNIT);
  });

  it('draws the same from the same pose, whatever was drawn before', () => {
    const first = draw({ jaw: 0.3, yaw: 0.02 }).data;
    draw({ jaw: 0.7, pitch: 0.03, blinkLeft: 1 });
    expect(draw({ jaw: 0.3, yaw: 0.02 }).data).toEqual(first);
  });

  it('survives poses beyond all bounds', () => {
    const wild = draw({ yaw: 3, pitch: -3, roll: 2, shiftX: 5, jaw: 4, round: 6, spread: -2, teeth: 3, tongue: 4, blinkLeft: 5, gazeX: 9, breath: -8, press: 5, upperLip: 4, lowerLip: 4, brow: 9 });
    expect(wild.data).toHaveLength((SIZE * SIZE * 3) / 2);
  });
});
