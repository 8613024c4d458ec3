import type { I420Picture } from '@visavis/engine';
import { contour, xOf, yOf } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { bilinear } from './cut-upright.ts';

/** Lines over the mouth, from the outer edge of the upper lip to that of the lower one: at each pair of points but the corners. */
export const STRIP_LINES = 9;
export const STRIP_SAMPLES = 48;
/** The lines begin and end this part of their length outside the lips. */
export const STRIP_BEYOND = 0.12;

/** What stands along the lines over a mouth: luma, blue and red of each sample, line by line. */
export function lipStrip({ width, height, data }: I420Picture, mesh: FaceMesh): Uint8Array {
  const strip = new Uint8Array(STRIP_LINES * STRIP_SAMPLES * 3);
  const luma = width * height;
  for (let line = 0, to = 0; line < STRIP_LINES; line++) {
    const upper = contour.outerLipUpper[line + 1]!;
    const lower = contour.outerLipLower[line + 1]!;
    for (let i = 0; i < STRIP_SAMPLES; i++, to += 3) {
      const t = placeOfSample(i);
      const x = xOf(mesh, upper) + t * (xOf(mesh, lower) - xOf(mesh, upper)) - 0.5;
      const y = yOf(mesh, upper) + t * (yOf(mesh, lower) - yOf(mesh, upper)) - 0.5;
      strip[to] = bilinear(data, 0, width, height, x, y);
      strip[to + 1] = bilinear(data, luma, width >> 1, height >> 1, (x - 0.5) / 2, (y - 0.5) / 2);
      strip[to + 2] = bilinear(data, luma + (luma >> 2), width >> 1, height >> 1, (x - 0.5) / 2, (y - 0.5) / 2);
    }
  }
  return strip;
}

/** 0 at the outer edge of the upper lip, 1 at that of the lower one. */
export function placeOfSample(i: number): number {
  return -STRIP_BEYOND + ((1 + 2 * STRIP_BEYOND) * i) / (STRIP_SAMPLES - 1);
}
