import type { I420Picture } from '@visavis/engine';
import { contour, xOf, yOf } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { bilinear } from './cut-upright.ts';

/** Values along each side of a reduced picture. */
export const THUMB_SIDE = 64;

/** The picture's luma, reduced to THUMB_SIDE² means. */
export function reduced({ width, height, data }: I420Picture): Uint8Array {
  const sums = new Float64Array(THUMB_SIDE * THUMB_SIDE);
  const counts = new Uint32Array(THUMB_SIDE * THUMB_SIDE);
  for (let y = 0; y < height; y += 2) {
    const row = Math.floor((y * THUMB_SIDE) / height) * THUMB_SIDE;
    for (let x = 0; x < width; x += 2) {
      const at = row + Math.floor((x * THUMB_SIDE) / width);
      sums[at]! += data[y * width + x]!;
      counts[at]!++;
    }
  }
  return Uint8Array.from(sums, (sum, i) => sum / Math.max(1, counts[i]!));
}

export function thumbDifference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

const SHARP_SIDE = 48;

/** Mean square of the Laplacian over the eyes and the mouth, each cut to the same size: what motion and a missed focus take away. */
export function sharpnessOf(picture: I420Picture, mesh: FaceMesh): number {
  const mouth = laplacian(picture, mesh, [...contour.outerLipUpper, ...contour.outerLipLower]);
  const left = laplacian(picture, mesh, [...contour.leftEyeUpper, ...contour.leftEyeLower]);
  const right = laplacian(picture, mesh, [...contour.rightEyeUpper, ...contour.rightEyeLower]);
  return mouth + (left + right) / 2;
}

/** Of the mouth alone. */
export function mouthSharpness(picture: I420Picture, mesh: FaceMesh): number {
  return laplacian(picture, mesh, [...contour.outerLipUpper, ...contour.outerLipLower]);
}

function laplacian({ data, width, height }: I420Picture, mesh: FaceMesh, indices: readonly number[]): number {
  const xs = indices.map((i) => xOf(mesh, i));
  const ys = indices.map((i) => yOf(mesh, i));
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const middle = (Math.min(...ys) + Math.max(...ys)) / 2;
  const step = Math.max(1, (right - left) / SHARP_SIDE);
  let sum = 0;
  let count = 0;
  for (let y = middle - 12 * step; y <= middle + 12 * step; y += step) {
    for (let x = left; x <= right; x += step) {
      const at = (dx: number, dy: number): number => bilinear(data, 0, width, height, x + dx * step, y + dy * step);
      const value = 4 * at(0, 0) - at(-1, 0) - at(1, 0) - at(0, -1) - at(0, 1);
      sum += value * value;
      count++;
    }
  }
  return sum / Math.max(1, count);
}
