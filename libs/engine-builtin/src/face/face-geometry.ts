import { contour, distance, eyeDistance, faceOval, meshBounds, point, xOf, yOf } from './landmarks.ts';
import type { FaceMesh } from './landmarks.ts';

/** A curve over the face's own horizontal axis: for a in order, b. Outside it goes on level. */
export interface Curve {
  a: Float64Array;
  b: Float64Array;
}

export interface EyeGeometry {
  upper: Curve;
  lower: Curve;
  /** Lower edge of the brow above it. */
  brow: Curve;
  innerA: number;
  outerA: number;
  irisA: number;
  irisB: number;
}

/** Points from the wing of the nose downwards, along the fold between cheek and mouth. */
export interface Fold {
  a: Float64Array;
  b: Float64Array;
}

/**
 * A face in axes of its own: `a` to the picture's right along the mouth, `b` down along the face, both 0 between the lips
 * and measured in units. One unit is about half of the face's height, 78 mm or 1.25 eye distances seen from the front: unlike the
 * eye distance it doesn't shrink when the head is turned.
 */
export interface FaceGeometry {
  originX: number;
  originY: number;
  /** Unit vector to the right; down is (−rightY, rightX). */
  rightX: number;
  rightY: number;
  unitPx: number;
  eyeDistancePx: number;
  faceHeightPx: number;
  /** Middle of the face's oval, in pixels. */
  centreX: number;
  centreY: number;
  yaw: number;
  leftCornerA: number;
  rightCornerA: number;
  /** Edges of the face at the height of the mouth. */
  leftEdgeA: number;
  rightEdgeA: number;
  /** Lower edge of the upper lip, and upper edge of the lower one: equal where the lips touch. */
  upperSeam: Curve;
  lowerSeam: Curve;
  upperLipB: number;
  lowerLipB: number;
  noseB: number;
  chinA: number;
  chinB: number;
  leftEye: EyeGeometry;
  rightEye: EyeGeometry;
  /** What only careful drawing needs. */
  skin?: {
    /** Outer edges of the lips. */
    upperLip: Curve;
    lowerLip: Curve;
    leftFold: Fold;
    rightFold: Fold;
  };
}

const UNITS_PER_FACE_HEIGHT = 1 / 2.02;

export function faceGeometry(mesh: FaceMesh, yawDegrees: number): FaceGeometry {
  const downX = xOf(mesh, point.chin) - xOf(mesh, point.betweenEyes);
  const downY = yOf(mesh, point.chin) - yOf(mesh, point.betweenEyes);
  const mouthX = xOf(mesh, point.rightMouthCorner) - xOf(mesh, point.leftMouthCorner);
  const mouthY = yOf(mesh, point.rightMouthCorner) - yOf(mesh, point.leftMouthCorner);
  // Down the face and along the mouth are square in a frontal view; elsewhere the middle of both serves either.
  const tilt = meanAngle(Math.atan2(-downX, downY), Math.atan2(mouthY, mouthX));
  const rightX = Math.cos(tilt);
  const rightY = Math.sin(tilt);
  const faceHeightPx = distance(mesh, point.forehead, point.chin);
  const unitPx = faceHeightPx * UNITS_PER_FACE_HEIGHT;
  const originX = (xOf(mesh, point.lipCentreUpperInner) + xOf(mesh, point.lipCentreLowerInner)) / 2;
  const originY = (yOf(mesh, point.lipCentreUpperInner) + yOf(mesh, point.lipCentreLowerInner)) / 2;
  const a = (index: number) => ((xOf(mesh, index) - originX) * rightX + (yOf(mesh, index) - originY) * rightY) / unitPx;
  const b = (index: number) => ((yOf(mesh, index) - originY) * rightX - (xOf(mesh, index) - originX) * rightY) / unitPx;
  const curve = (indices: readonly number[]): Curve => sortedCurve(indices.map(a), indices.map(b));
  const corner = (inner: number, outer: number) => ({ a: (a(inner) + a(outer)) / 2, b: (b(inner) + b(outer)) / 2 });
  const seam = (indices: readonly number[]): Curve => {
    const left = corner(78, 61);
    const right = corner(308, 291);
    // Where the head is turned the far points crowd behind the corner and would fold the curve: they are left out.
    const room = 0.06 * (right.a - left.a);
    const inner = indices.slice(1, -1).filter((index) => a(index) > left.a + room && a(index) < right.a - room);
    return sortedCurve([left.a, ...inner.map(a), right.a], [left.b, ...inner.map(b), right.b]);
  };
  const eye = (upper: readonly number[], lower: readonly number[], brow: readonly number[], iris: number): EyeGeometry => ({
    upper: curve(upper),
    lower: curve(lower),
    brow: curve(brow),
    innerA: a(upper[0]!),
    outerA: a(upper[upper.length - 1]!),
    irisA: a(iris),
    irisB: b(iris),
  });
  const bounds = meshBounds(mesh);
  return {
    originX,
    originY,
    rightX,
    rightY,
    unitPx,
    eyeDistancePx: eyeDistance(mesh),
    faceHeightPx,
    centreX: (bounds.left + bounds.right) / 2,
    centreY: (bounds.top + bounds.bottom) / 2,
    yaw: (yawDegrees * Math.PI) / 180,
    leftCornerA: corner(78, 61).a,
    rightCornerA: corner(308, 291).a,
    leftEdgeA: edgeAt(faceOval.map(a), faceOval.map(b), Math.min),
    rightEdgeA: edgeAt(faceOval.map(a), faceOval.map(b), Math.max),
    upperSeam: seam(contour.innerLipUpper),
    lowerSeam: seam(contour.innerLipLower),
    upperLipB: b(point.lipCentreUpperOuter),
    lowerLipB: b(point.lipCentreLowerOuter),
    noseB: b(point.noseBase),
    chinA: a(point.chin),
    chinB: b(point.chin),
    leftEye: eye(contour.leftEyeUpper, contour.leftEyeLower, contour.leftBrowLower, point.leftIris),
    rightEye: eye(contour.rightEyeUpper, contour.rightEyeLower, contour.rightBrowLower, point.rightIris),
    skin: {
      upperLip: seam(contour.outerLipUpper),
      lowerLip: seam(contour.outerLipLower),
      leftFold: { a: Float64Array.from(contour.leftFold, a), b: Float64Array.from(contour.leftFold, b) },
      rightFold: { a: Float64Array.from(contour.rightFold, a), b: Float64Array.from(contour.rightFold, b) },
    },
  };
}

/** Where the face's outline crosses the height of the mouth, on the side that `pick` chooses. */
function edgeAt(a: number[], b: number[], pick: (...values: number[]) => number): number {
  const crossings = a.flatMap((from, i) => {
    const next = (i + 1) % a.length;
    const rise = b[next]! - b[i]!;
    if (b[i]! > 0 === b[next]! > 0) return [];
    return [from - (b[i]! / rise) * (a[next]! - from)];
  });
  return crossings.length > 0 ? pick(...crossings) : pick(...a);
}

function meanAngle(first: number, second: number): number {
  return Math.atan2(Math.sin(first) + Math.sin(second), Math.cos(first) + Math.cos(second));
}

function sortedCurve(a: number[], b: number[]): Curve {
  const order = a.map((_, i) => i).sort((i, j) => a[i]! - a[j]!);
  return { a: Float64Array.from(order, (i) => a[i]!), b: Float64Array.from(order, (i) => b[i]!) };
}

/** b of a curve at `a`: a smooth line through its points. */
export function curveAt(curve: Curve, a: number): number {
  const { a: xs, b: ys } = curve;
  const last = xs.length - 1;
  if (a <= xs[0]!) return ys[0]!;
  if (a >= xs[last]!) return ys[last]!;
  let i = 1;
  while (xs[i]! < a) i++;
  const x0 = xs[i - 1]!;
  const span = Math.max(xs[i]! - x0, 1e-9);
  const t = (a - x0) / span;
  // Cubic Hermite with slopes from the neighbours, so that a lip has no corners.
  const slopeBefore = slopeAt(curve, i - 1) * span;
  const slopeAfter = slopeAt(curve, i) * span;
  const t2 = t * t;
  const t3 = t2 * t;
  return (2 * t3 - 3 * t2 + 1) * ys[i - 1]! + (t3 - 2 * t2 + t) * slopeBefore + (3 * t2 - 2 * t3) * ys[i]! + (t3 - t2) * slopeAfter;
}

function slopeAt({ a, b }: Curve, i: number): number {
  const before = Math.max(0, i - 1);
  const after = Math.min(a.length - 1, i + 1);
  const run = a[after]! - a[before]!;
  return run > 1e-9 ? (b[after]! - b[before]!) / run : 0;
}

export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(Math.max((value - low) / (high - low), 0), 1);
  return t * t * (3 - 2 * t);
}
