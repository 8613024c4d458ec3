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
  renderer = rendererOf(face, luma);
});

function rendererOf(geometry: FaceGeometry, picture: Plane): FaceRenderer {
  const steps = FaceRenderer.build(geometry, makeTexture(picture, chroma, chroma));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

type Shape = Partial<Record<keyof typeof channel, number>>;

function draw(shape: Shape, by = renderer): I420Picture {
  const pose = restPose();
  for (const [name, value] of Object.entries(shape)) pose[channel[name as keyof typeof channel]] = value;
  const picture = allocateI420({ width: SIZE, height: SIZE });
  by.render(pose, picture);
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
    const meanAt = (plane: Uint8Array) => {
      const row = Math.round(face.originY + 0.07 * UNIT) * SIZE;
      return plane.subarray(row + 118, row + 139).reduce((sum, value) => sum + value, 0) / 21;
    };
    expect(meanAt(open.data)).toBeLessThan(meanAt(luma.data) - 25);
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

const SKIN = 190;
const LIPS = 80;
const TEETH = 235;

/** Even skin with even lips, so that what lies between them shows; where the lips are parted in the picture, bright teeth. */
function plainFace(restGap: number): { renderer: FaceRenderer; picture: Plane } {
  const seams = { upperSeam: curve(-0.35, 0.35, -restGap / 2, 0), lowerSeam: curve(-0.35, 0.35, restGap / 2, 0) };
  const data = new Uint8Array(SIZE * SIZE).fill(SKIN);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const a = (x - face.originX) / UNIT, b = (y - face.originY) / UNIT;
      const oval = 1 - (a / 0.35) ** 2;
      if (oval > 0 && Math.abs(b) < 0.12 * oval + restGap / 2) data[y * SIZE + x] = Math.abs(b) < (oval * restGap) / 2 ? TEETH : LIPS;
    }
  }
  const picture = { width: SIZE, height: SIZE, data };
  return { renderer: rendererOf({ ...face, ...seams, upperLipB: -0.12 - restGap / 2, lowerLipB: 0.12 + restGap / 2 }, picture), picture };
}

/** Box and number of the pixels around the mouth whose luma is within bounds. */
function pixels({ data }: I420Picture, from: number, to: number): { count: number; width: number; height: number } {
  let count = 0, left = SIZE, right = 0, top = SIZE, bottom = 0;
  for (let y = 120; y < 200; y++) {
    for (let x = 90; x < 166; x++) {
      const luma = data[y * SIZE + x]!;
      if (luma < from || luma > to) continue;
      count++;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return { count, width: Math.max(0, right - left + 1), height: Math.max(0, bottom - top + 1) };
}

describe('mouth', () => {
  const shut = plainFace(0);
  const smile = plainFace(0.14);
  const dark = (shape: Shape) => pixels(draw(shape, shut.renderer), 0, LIPS - 12);

  it('keeps pressed lips shut whatever the jaw does, and lets the chin follow it', () => {
    expect(dark({ jaw: 0.3 }).count).toBeGreaterThan(20);
    const pressed = draw({ jaw: 0.3, press: 1 }, shut.renderer);
    expect(pixels(pressed, 0, LIPS - 8).count).toBe(0);
    expect(pixels(pressed, LIPS + 8, SKIN - 8).count).toBeLessThan(pixels(pressed, LIPS - 7, LIPS + 7).count);
    const chin = draw({ jaw: 0.3, press: 1 });
    expect(changed(chin, 2)!.bottom).toBeGreaterThan(face.originY + 0.5 * UNIT);
  });

  it('draws no line where the lips are one, beyond the corners', () => {
    for (const jaw of [0.2, 0.4, 0.6, 0.8, 1]) {
      const { data } = draw({ jaw, roll: 0.016, pitch: 0.02 }, shut.renderer);
      let darkest = 255;
      for (let y = 135; y < 175; y++) for (let x = 153; x < 175; x++) darkest = Math.min(darkest, data[y * SIZE + x]!);
      expect(darkest).toBeGreaterThanOrEqual(SKIN - 2);
    }
  });

  it('makes pressed lips thinner and round lips thicker', () => {
    const lips = (shape: Shape) => pixels(draw(shape, shut.renderer), LIPS - 5, LIPS + 25).height;
    expect(lips({ press: 1 })).toBeLessThan(lips({}) - 2);
    expect(lips({ round: 1 })).toBeGreaterThan(lips({}) + 2);
  });

  it('opens an O that is narrower and taller than the same jaw between spread lips', () => {
    const round = dark({ jaw: 0.4, round: 1 });
    const spread = dark({ jaw: 0.4, spread: 0.7 });
    expect(round.count).toBeGreaterThan(20);
    expect(round.width).toBeLessThan(0.7 * spread.width);
    expect(round.height / round.width).toBeGreaterThan(1.5 * (spread.height / spread.width));
  });

  it('moves the corners out for spread lips and in for round ones', () => {
    const width = (shape: Shape) => pixels(draw(shape, shut.renderer), LIPS - 5, LIPS + 25).width;
    expect(width({ spread: 1 })).toBeGreaterThan(width({}) + 3);
    expect(width({ round: 1 })).toBeLessThan(width({}) - 6);
  });

  it('shows the upper teeth on the lower lip for f and v, and no gap below them', () => {
    const touching = draw({ teeth: 1, upperLip: 0.3, jaw: 0.1 }, shut.renderer);
    const column = Array.from({ length: 24 }, (_, i) => touching.data[(138 + i) * SIZE + 131]!);
    const middle = Math.max(...column.slice(6, 13));
    expect(middle).toBeGreaterThan(LIPS + 8);
    expect(Math.min(...column.slice(column.indexOf(middle)))).toBeGreaterThan(LIPS - 10);
  });

  it('shows the tongue between the teeth', () => {
    const darkestInTheMiddle = (shape: Shape) => {
      const { data } = draw({ jaw: 0.3, upperLip: 0.2, lowerLip: 0.3, ...shape }, shut.renderer);
      return Math.min(...Array.from({ length: 30 }, (_, i) => data[(142 + i) * SIZE + 126]!));
    };
    expect(darkestInTheMiddle({})).toBeLessThan(LIPS - 15);
    expect(darkestInTheMiddle({ tongue: 1 })).toBeGreaterThan(darkestInTheMiddle({}) + 8);
  });

  it('closes a smile that shows its teeth for p, b and m', () => {
    const bright = (shape: Shape) => pixels(draw(shape, smile.renderer), TEETH - 30, 255).count;
    expect(bright({})).toBeGreaterThan(100);
    expect(bright({ press: 1 })).toBeLessThan(0.1 * bright({}));
    expect(bright({ jaw: 0.2 })).toBeGreaterThan(0.5 * bright({}));
  });

  it('shows the picture between lips that are a little parted, whatever was drawn before', () => {
    for (const restGap of [0.02, 0.05, 0.14]) {
      const parted = plainFace(restGap);
      draw({ jaw: 0.6 }, parted.renderer);
      const rest = draw({}, parted.renderer);
      expect(Math.max(...parted.picture.data.map((value, i) => Math.abs(rest.data[i]! - value)))).toBeLessThanOrEqual(1);
    }
  });
});
