import type { I420Picture } from '@visavis/engine';
import { contour, eyeDistance, xOf, yOf } from '../src/face/landmarks.ts';
import type { FaceMesh } from '../src/face/landmarks.ts';
import { lumaAt } from './flicker.ts';

/*
 * Faces laid over one another: what moves a face as a whole (shift, size and tilt in the picture) is taken out by the points that speech leaves
 * alone. The unit is the distance between the eyes, the origin the middle of the still points, y goes down the face.
 */
const STILL = [33, 133, 362, 263, 168, 6, 197];
const LIPS = [...new Set([...contour.outerLipUpper, ...contour.outerLipLower, ...contour.innerLipUpper, ...contour.innerLipLower])];

export interface FaceSpace {
  x: number;
  y: number;
  /** Pixels a unit, along the eyes and along the face. */
  cos: number;
  sin: number;
}

/** Points in units, x and y in turn. */
export type MouthShape = Float64Array;

/** Where the still points of a face lie when it is not moved at all: the mean of many faces of one person. */
export function stillShape(meshes: readonly FaceMesh[]): Float64Array {
  const sum = new Float64Array(STILL.length * 2);
  for (const mesh of meshes) {
    const space = spaceOfEyes(mesh);
    STILL.forEach((index, i) => {
      const [x, y] = toSpace(space, xOf(mesh, index), yOf(mesh, index));
      sum[i * 2]! += x / meshes.length;
      sum[i * 2 + 1]! += y / meshes.length;
    });
  }
  return sum;
}

/** The rigid alignment with scale that lays the still points of a mesh over a shape best. */
export function faceSpace(mesh: FaceMesh, still: Float64Array): FaceSpace {
  const n = STILL.length;
  let mx = 0, my = 0, sx = 0, sy = 0;
  STILL.forEach((index, i) => {
    mx += xOf(mesh, index) / n;
    my += yOf(mesh, index) / n;
    sx += still[i * 2]! / n;
    sy += still[i * 2 + 1]! / n;
  });
  let dot = 0, cross = 0, squares = 0;
  STILL.forEach((index, i) => {
    const [ax, ay] = [still[i * 2]! - sx, still[i * 2 + 1]! - sy];
    const [bx, by] = [xOf(mesh, index) - mx, yOf(mesh, index) - my];
    dot += ax * bx + ay * by;
    cross += ax * by - ay * bx;
    squares += ax * ax + ay * ay;
  });
  const [cos, sin] = [dot / squares, cross / squares];
  return { cos, sin, x: mx - cos * sx + sin * sy, y: my - sin * sx - cos * sy };
}

export function mouthShape(mesh: FaceMesh, space: FaceSpace): MouthShape {
  return Float64Array.from(LIPS.flatMap((index) => toSpace(space, xOf(mesh, index), yOf(mesh, index))));
}

/** Mean distance of the lips' points, in distances between the eyes. */
export function mouthDistance(a: MouthShape, b: MouthShape): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 2) sum += Math.hypot(a[i]! - b[i]!, a[i + 1]! - b[i + 1]!);
  return (sum * 2) / a.length;
}

/** The same with the mouths' middles laid over one another: what is left of it is their shape. */
export function mouthShapeDistance(a: MouthShape, b: MouthShape): number {
  const [ca, cb] = [centreOf(a), centreOf(b)];
  return mouthDistance(a, b.map((value, i) => value + ca[i % 2]! - cb[i % 2]!));
}

/** Gap between the inner lips at their middle, in units. */
export function mouthGap(shape: MouthShape): number {
  const [upper, lower] = [LIPS.indexOf(13), LIPS.indexOf(14)];
  return Math.hypot(shape[upper * 2]! - shape[lower * 2]!, shape[upper * 2 + 1]! - shape[lower * 2 + 1]!);
}

export interface Crop {
  width: number;
  height: number;
  luma: Float64Array;
}

const CROP_WIDTH_UNITS = 1.1;
const CROP_HEIGHT_UNITS = 0.8;
const CROP_PX_PER_UNIT = 64;

/** The part of a picture around the mouth, laid upright; `centre` in units. */
export function mouthCrop(picture: I420Picture, space: FaceSpace, centre: readonly [number, number]): Crop {
  const width = Math.round(CROP_WIDTH_UNITS * CROP_PX_PER_UNIT);
  const height = Math.round(CROP_HEIGHT_UNITS * CROP_PX_PER_UNIT);
  const luma = new Float64Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const u = centre[0] + (column + 0.5) / CROP_PX_PER_UNIT - CROP_WIDTH_UNITS / 2;
      const v = centre[1] + (row + 0.5) / CROP_PX_PER_UNIT - CROP_HEIGHT_UNITS / 2;
      luma[row * width + column] = lumaAt(picture, space.x + space.cos * u - space.sin * v, space.y + space.sin * u + space.cos * v);
    }
  }
  return { width, height, luma };
}

export function centreOf(shape: MouthShape): [number, number] {
  let x = 0, y = 0;
  for (let i = 0; i < shape.length; i += 2) {
    x += (shape[i]! * 2) / shape.length;
    y += (shape[i + 1]! * 2) / shape.length;
  }
  return [x, y];
}

const WINDOW = 8;
const STEP = 4;

/** Structural similarity of two crops: mean over 8×8 windows, one every 4 pixels. */
export function cropSsim(a: Crop, b: Crop): number {
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
  let sum = 0, windows = 0;
  for (let top = 0; top + WINDOW <= a.height; top += STEP) {
    for (let left = 0; left + WINDOW <= a.width; left += STEP, windows++) {
      let sa = 0, sb = 0, squares = 0, products = 0;
      for (let row = top; row < top + WINDOW; row++) {
        for (let at = row * a.width + left; at < row * a.width + left + WINDOW; at++) {
          const [x, y] = [a.luma[at]!, b.luma[at]!];
          sa += x;
          sb += y;
          squares += x * x + y * y;
          products += x * y;
        }
      }
      const n = WINDOW * WINDOW;
      const [ma, mb] = [sa / n, sb / n];
      sum += ((2 * ma * mb + c1) * (2 * (products / n - ma * mb) + c2)) / ((ma * ma + mb * mb + c1) * (squares / n - ma * ma - mb * mb + c2));
    }
  }
  return sum / windows;
}

function spaceOfEyes(mesh: FaceMesh): FaceSpace {
  const unit = eyeDistance(mesh);
  const n = STILL.length;
  const [left, right] = [33, 263];
  const angle = Math.atan2(yOf(mesh, right) - yOf(mesh, left), xOf(mesh, right) - xOf(mesh, left));
  return {
    x: STILL.reduce((sum, index) => sum + xOf(mesh, index) / n, 0),
    y: STILL.reduce((sum, index) => sum + yOf(mesh, index) / n, 0),
    cos: unit * Math.cos(angle),
    sin: unit * Math.sin(angle),
  };
}

function toSpace({ x, y, cos, sin }: FaceSpace, px: number, py: number): [number, number] {
  const squares = cos * cos + sin * sin;
  const [dx, dy] = [px - x, py - y];
  return [(cos * dx + sin * dy) / squares, (cos * dy - sin * dx) / squares];
}
