import { rgbToI420 } from '@visavis/engine';
import type { Plane } from './plane-scaling.ts';

/**
 * A picture to sample from: planes with a border of repeated edge pixels, so that the hot loops need no bounds.
 * Luma (0, 0) lies at `border` in both directions; chroma has half of everything. Each value holds the four pixels that a bilinear
 * sample needs: its own in the low byte, then its right, lower and lower right neighbours. One load instead of four.
 */
export interface Texture {
  width: number;
  height: number;
  border: number;
  strideY: number;
  strideC: number;
  y: Int32Array;
  u: Int32Array;
  v: Int32Array;
}

/** Samples stay inside these, whatever a pose asks for. */
export interface SourceLimits {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

/** Where bilinear samples may be taken: in the picture and its border. */
export function sourceLimits({ border, width, height }: Texture): SourceLimits {
  return { minX: 2 - border, minY: 2 - border, maxX: width + border - 4, maxY: height + border - 4 };
}

/** Even, and more than any motion moves a pixel out of the frame. */
const BORDER = 32;

export function makeTexture(y: Plane, u: Plane, v: Plane): Texture {
  return {
    width: y.width,
    height: y.height,
    border: BORDER,
    strideY: y.width + 2 * BORDER,
    strideC: u.width + BORDER,
    y: withBorder(y, BORDER),
    u: withBorder(u, BORDER / 2),
    v: withBorder(v, BORDER / 2),
  };
}

function withBorder(plane: Plane, border: number): Int32Array {
  const stride = plane.width + 2 * border;
  const data = new Uint8Array(stride * (plane.height + 2 * border));
  for (let row = 0; row < plane.height + 2 * border; row++) {
    const from = Math.min(Math.max(row - border, 0), plane.height - 1) * plane.width;
    const to = row * stride;
    data.fill(plane.data[from]!, to, to + border);
    data.set(plane.data.subarray(from, from + plane.width), to + border);
    data.fill(plane.data[from + plane.width - 1]!, to + border + plane.width, to + stride);
  }
  const quads = new Int32Array(data.length);
  for (let i = 0; i + stride + 1 < data.length; i++) {
    quads[i] = data[i]! | (data[i + 1]! << 8) | (data[i + stride]! << 16) | (data[i + stride + 1]! << 24);
  }
  return quads;
}

/** The planes of an RGB picture with even sides: see rgbToI420. */
export function rgbToPlanes(rgb: Uint8Array, width: number, height: number): { y: Plane; u: Plane; v: Plane } {
  const { data } = rgbToI420(rgb, { width, height });
  const luma = width * height;
  const half = { width: width / 2, height: height / 2 };
  return {
    y: { width, height, data: data.subarray(0, luma) },
    u: { ...half, data: data.subarray(luma, luma * 1.25) },
    v: { ...half, data: data.subarray(luma * 1.25) },
  };
}
