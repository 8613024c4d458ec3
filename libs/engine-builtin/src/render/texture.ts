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

/** RGB to limited-range BT.601, 4:2:0 with chroma in the middle of its four pixels. */
export function rgbToPlanes(rgb: Uint8Array, width: number, height: number): { y: Plane; u: Plane; v: Plane } {
  const halfWidth = width >> 1;
  const halfHeight = height >> 1;
  const y = new Uint8Array(width * height);
  const u = new Uint8Array(halfWidth * halfHeight);
  const v = new Uint8Array(halfWidth * halfHeight);
  for (let i = 0, p = 0; i < y.length; i++, p += 3) {
    y[i] = lumaOf(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!);
  }
  const row = width * 3;
  for (let cy = 0, c = 0; cy < halfHeight; cy++) {
    for (let cx = 0; cx < halfWidth; cx++, c++) {
      const p = cy * 2 * row + cx * 6;
      const r = (rgb[p]! + rgb[p + 3]! + rgb[p + row]! + rgb[p + row + 3]!) / 4;
      const g = (rgb[p + 1]! + rgb[p + 4]! + rgb[p + row + 1]! + rgb[p + row + 4]!) / 4;
      const b = (rgb[p + 2]! + rgb[p + 5]! + rgb[p + row + 2]! + rgb[p + row + 5]!) / 4;
      u[c] = blueOf(r, g, b);
      v[c] = redOf(r, g, b);
    }
  }
  return { y: { width, height, data: y }, u: { width: halfWidth, height: halfHeight, data: u }, v: { width: halfWidth, height: halfHeight, data: v } };
}

export function lumaOf(r: number, g: number, b: number): number {
  return Math.round(16 + 0.25679 * r + 0.50413 * g + 0.09791 * b);
}

export function blueOf(r: number, g: number, b: number): number {
  return Math.round(128 - 0.14822 * r - 0.29099 * g + 0.43922 * b);
}

export function redOf(r: number, g: number, b: number): number {
  return Math.round(128 + 0.43922 * r - 0.36779 * g - 0.07143 * b);
}
