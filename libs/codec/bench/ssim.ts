import type { I420Picture } from '@visavis/engine';

const WINDOW = 8;
const STEP = 4;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** Structural similarity of the luma: the mean over 8×8 windows, one every 4 pixels, all pixels of a window alike, as x264 measures it. */
export function ssim(a: I420Picture, b: I420Picture): number {
  const { width, height } = a;
  let sum = 0;
  let windows = 0;
  for (let top = 0; top + WINDOW <= height; top += STEP) {
    for (let left = 0; left + WINDOW <= width; left += STEP, windows++) sum += ofWindow(a.data, b.data, top * width + left, width);
  }
  return sum / windows;
}

/** As x264 prints it: 3 dB more is half the distance to the source. */
export function decibels(similarity: number): number {
  return -10 * Math.log10(1 - similarity);
}

function ofWindow(a: Uint8Array, b: Uint8Array, start: number, stride: number): number {
  let sumA = 0, sumB = 0, squares = 0, products = 0;
  for (let row = 0; row < WINDOW; row++) {
    for (let at = start + row * stride, end = at + WINDOW; at < end; at++) {
      const x = a[at]!, y = b[at]!;
      sumA += x;
      sumB += y;
      squares += x * x + y * y;
      products += x * y;
    }
  }
  const n = WINDOW * WINDOW;
  const meanA = sumA / n, meanB = sumB / n;
  const variances = squares / n - meanA * meanA - meanB * meanB;
  const covariance = products / n - meanA * meanB;
  return ((2 * meanA * meanB + C1) * (2 * covariance + C2)) / ((meanA * meanA + meanB * meanB + C1) * (variances + C2));
}

/**
 * How much two pictures differ in what an eye takes for brightness: the mean difference of the means of 8×8 blocks, in steps of luma.
 * A key frame that flashes changes many blocks at once.
 */
export function blockChange(a: I420Picture, b: I420Picture): number {
  let sum = 0;
  let blocks = 0;
  for (let top = 0; top + WINDOW <= a.height; top += WINDOW) {
    for (let left = 0; left + WINDOW <= a.width; left += WINDOW, blocks++) {
      let difference = 0;
      for (let row = 0; row < WINDOW; row++) {
        for (let at = (top + row) * a.width + left, end = at + WINDOW; at < end; at++) difference += a.data[at]! - b.data[at]!;
      }
      sum += Math.abs(difference) / (WINDOW * WINDOW);
    }
  }
  return sum / blocks;
}
