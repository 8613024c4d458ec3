/*
 * Hot path: inner loops over pixels. Positions are 16.16 fixed point; weights keep 8 bits. A quad is the eight corner positions of
 * a square cell, in luma pixels of the texture: u and v at the first pixel of this cell, of the next one to the right, of the next
 * one below, and of the one below to the right.
 */
import type { Texture } from './texture.ts';

export const FIXED = 65536;

/** One bilinear sample of a texture's plane; (u, v) in 16.16 from its first value. */
export function sample(plane: Int32Array, stride: number, u: number, v: number): number {
  return bilinear(plane[(v >> 16) * stride + (u >> 16)]!, (u >> 8) & 255, (v >> 8) & 255);
}

/** The same from plain bytes. */
export function sampleBytes(plane: Uint8Array, stride: number, u: number, v: number): number {
  const p = (v >> 16) * stride + (u >> 16);
  const fx = (u >> 8) & 255;
  const a = plane[p]!, c = plane[p + stride]!;
  const top = (a << 8) + (plane[p + 1]! - a) * fx;
  const low = (c << 8) + (plane[p + stride + 1]! - c) * fx;
  return ((top << 8) + (low - top) * ((v >> 8) & 255) + 32768) >> 16;
}

/** Weighs the four pixels in a quad: both rows at once in the halves of a word, then the rows. */
function bilinear(quad: number, fx: number, fy: number): number {
  const rows = (Math.imul(quad & 0x00ff00ff, 256 - fx) + Math.imul((quad >>> 8) & 0x00ff00ff, fx)) | 0;
  return (Math.imul(rows & 0xffff, 256 - fy) + Math.imul(rows >>> 16, fy) + 32768) >>> 16;
}

/** Fills one cell of a frame, luma and chroma, from a texture. `x`, `y` are its first pixel, `shift` the log2 of its side. */
export function warpCell(target: Uint8Array, width: number, height: number, x: number, y: number, shift: number, texture: Texture, quad: Int32Array): void {
  const size = 1 << shift;
  const u00 = quad[0]!, v00 = quad[1]!, u10 = quad[2]!, v10 = quad[3]!, u01 = quad[4]!, v01 = quad[5]!, u11 = quad[6]!, v11 = quad[7]!;
  const luma = texture.y;
  const stride = texture.strideY;
  let uLeft = u00, vLeft = v00, uRight = u10, vRight = v10;
  const uLeftStep = (u01 - u00) >> shift, vLeftStep = (v01 - v00) >> shift;
  const uRightStep = (u11 - u10) >> shift, vRightStep = (v11 - v10) >> shift;
  let offset = y * width + x;
  for (let row = 0; row < size; row++) {
    let u = uLeft, v = vLeft;
    const du = (uRight - uLeft) >> shift, dv = (vRight - vLeft) >> shift;
    const end = offset + size;
    for (let o = offset; o < end; o++) {
      const quad = luma[(v >> 16) * stride + (u >> 16)]!;
      const fx = (u >> 8) & 255;
      const fy = (v >> 8) & 255;
      const rows = (Math.imul(quad & 0x00ff00ff, 256 - fx) + Math.imul((quad >>> 8) & 0x00ff00ff, fx)) | 0;
      target[o] = (Math.imul(rows & 0xffff, 256 - fy) + Math.imul(rows >>> 16, fy) + 32768) >>> 16;
      u += du;
      v += dv;
    }
    offset += width;
    uLeft += uLeftStep; vLeft += vLeftStep;
    uRight += uRightStep; vRight += vRightStep;
  }

  // A chroma sample lies in the middle of four luma pixels: half a pixel into the cell, and half a pixel into the texture.
  const blue = texture.u, red = texture.v;
  const strideC = texture.strideC;
  const inward = shift + 1;
  const half = size >> 1;
  const halfShift = shift - 1;
  uLeft = (u00 + ((u10 - u00 + u01 - u00) >> inward) - 32768) >> 1;
  vLeft = (v00 + ((v10 - v00 + v01 - v00) >> inward) - 32768) >> 1;
  uRight = uLeft + ((u10 - u00) >> 1);
  vRight = vLeft + ((v10 - v00) >> 1);
  const uLeftC = (u01 - u00) >> (halfShift + 1), vLeftC = (v01 - v00) >> (halfShift + 1);
  const uRightC = (u11 - u10) >> (halfShift + 1), vRightC = (v11 - v10) >> (halfShift + 1);
  const halfWidth = width >> 1;
  const toRed = (width * height) >> 2;
  offset = width * height + (y >> 1) * halfWidth + (x >> 1);
  for (let row = 0; row < half; row++) {
    let u = uLeft, v = vLeft;
    const du = (uRight - uLeft) >> halfShift, dv = (vRight - vLeft) >> halfShift;
    const end = offset + half;
    for (let o = offset; o < end; o++) {
      const p = (v >> 16) * strideC + (u >> 16);
      const fx = (u >> 8) & 255;
      const fy = (v >> 8) & 255;
      target[o] = bilinear(blue[p]!, fx, fy);
      target[o + toRed] = bilinear(red[p]!, fx, fy);
      u += du;
      v += dv;
    }
    offset += halfWidth;
    uLeft += uLeftC; vLeft += vLeftC;
    uRight += uRightC; vRight += vRightC;
  }
}
