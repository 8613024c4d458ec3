/**
 * The face mesh has 468 points plus 5 per iris. A mesh here is a Float32Array of x, y, z per point, in pixels of its picture.
 * "Left" and "right" below are as seen in the picture.
 */
export const LANDMARK_COUNT = 478;

export type FaceMesh = Float32Array;

/** Contours from the picture's left to its right. */
export const contour = {
  innerLipUpper: [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
  innerLipLower: [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
  outerLipUpper: [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
  outerLipLower: [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291],
  leftEyeUpper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
  leftEyeLower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
  rightEyeUpper: [362, 398, 384, 385, 386, 387, 388, 466, 263],
  rightEyeLower: [362, 382, 381, 380, 374, 373, 390, 249, 263],
  leftBrowLower: [46, 53, 52, 65, 55],
  rightBrowLower: [285, 295, 282, 283, 276],
  /** From the wing of the nose down past the corner of the mouth, where a smile folds the cheek. */
  leftFold: [129, 203, 206, 216, 212],
  rightFold: [358, 423, 426, 436, 432],
} as const;

export const faceOval = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58,
  132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
] as const;

export const point = {
  lipCentreUpperInner: 13,
  lipCentreLowerInner: 14,
  lipCentreLowerOuter: 17,
  lipCentreUpperOuter: 0,
  leftIris: 473,
  rightIris: 468,
  forehead: 10,
  chin: 152,
  betweenEyes: 168,
  noseBase: 2,
  noseTip: 1,
  leftFaceEdge: 234,
  rightFaceEdge: 454,
  leftMouthCorner: 61,
  rightMouthCorner: 291,
} as const;

export function xOf(mesh: FaceMesh, index: number): number {
  return mesh[index * 3] ?? 0;
}

export function yOf(mesh: FaceMesh, index: number): number {
  return mesh[index * 3 + 1] ?? 0;
}

/** Distance of two points in the picture plane. */
export function distance(mesh: FaceMesh, a: number, b: number): number {
  return Math.hypot(xOf(mesh, a) - xOf(mesh, b), yOf(mesh, a) - yOf(mesh, b));
}

/** Distance between the iris centres, in pixels. */
export function eyeDistance(mesh: FaceMesh): number {
  return distance(mesh, point.leftIris, point.rightIris);
}

/** Moves a mesh into another picture's pixels: first shifted, then scaled. */
export function transformMesh(mesh: FaceMesh, shiftX: number, shiftY: number, scale: number): FaceMesh {
  const moved = new Float32Array(mesh.length);
  for (let i = 0; i + 2 < mesh.length; i += 3) {
    moved[i] = ((mesh[i] ?? 0) + shiftX) * scale;
    moved[i + 1] = ((mesh[i + 1] ?? 0) + shiftY) * scale;
    moved[i + 2] = (mesh[i + 2] ?? 0) * scale;
  }
  return moved;
}

export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Smallest box around the named points, or around the face's oval. */
export function meshBounds(mesh: FaceMesh, indices: readonly number[] = faceOval): Bounds {
  const bounds: Bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const index of indices) {
    bounds.left = Math.min(bounds.left, xOf(mesh, index));
    bounds.right = Math.max(bounds.right, xOf(mesh, index));
    bounds.top = Math.min(bounds.top, yOf(mesh, index));
    bounds.bottom = Math.max(bounds.bottom, yOf(mesh, index));
  }
  return bounds;
}

const reversed = (indices: readonly number[]) => [...indices].reverse();
/** The point that lies where another one does when the picture is mirrored. Only for points that this engine uses. */
const MIRRORED: ReadonlyMap<number, number> = new Map(
  [
    [contour.innerLipUpper, reversed(contour.innerLipUpper)],
    [contour.innerLipLower, reversed(contour.innerLipLower)],
    [contour.outerLipUpper, reversed(contour.outerLipUpper)],
    [contour.outerLipLower, reversed(contour.outerLipLower)],
    [contour.leftEyeUpper, reversed(contour.rightEyeUpper)],
    [contour.leftEyeLower, reversed(contour.rightEyeLower)],
    [contour.rightEyeUpper, reversed(contour.leftEyeUpper)],
    [contour.rightEyeLower, reversed(contour.leftEyeLower)],
    [contour.leftBrowLower, reversed(contour.rightBrowLower)],
    [contour.leftFold, contour.rightFold],
    [contour.rightFold, contour.leftFold],
    [contour.rightBrowLower, reversed(contour.leftBrowLower)],
    [faceOval, [faceOval[0], ...reversed(faceOval.slice(1))]],
    [[1, 2, 168, 473, 468], [1, 2, 168, 468, 473]],
  ].flatMap(([from, to]) => from!.map((index, i): [number, number] => [index, to![i]!])),
);

/** The mean of a mesh and one fitted to the mirrored picture (in its pixels): errors that favour one side cancel out. */
export function averageWithMirrored(mesh: FaceMesh, mirrored: FaceMesh, pictureWidth: number): FaceMesh {
  const mean = mesh.slice();
  for (const [index, other] of MIRRORED) {
    mean[index * 3] = (xOf(mesh, index) + pictureWidth - 1 - xOf(mirrored, other)) / 2;
    mean[index * 3 + 1] = (yOf(mesh, index) + yOf(mirrored, other)) / 2;
  }
  return mean;
}
