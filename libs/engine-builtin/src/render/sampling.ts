/*
 * Hot path: inner loops over pixels. Positions are 16.16 fixed point; weights keep 8 bits.
 */
export const FIXED = 65536;

/** One bilinear sample; (u, v) in 16.16 from the plane's first byte. */
export function sample(plane: Uint8Array, stride: number, u: number, v: number): number {
  const p = (v >> 16) * stride + (u >> 16);
  const fx = (u >> 8) & 255;
  const fy = (v >> 8) & 255;
  const top = (plane[p]! << 8) + (plane[p + 1]! - plane[p]!) * fx;
  const low = (plane[p + stride]! << 8) + (plane[p + stride + 1]! - plane[p + stride]!) * fx;
  return ((top << 8) + (low - top) * fy + 32768) >> 16;
}

/**
 * Fills one square cell of one plane. u, v at its four corners in 16.16 (corner = the first pixel of this and the next cells);
 * `size` is 1 << `shift`.
 */
export function warpCell(
  target: Uint8Array,
  offset: number,
  targetStride: number,
  shift: number,
  plane: Uint8Array,
  stride: number,
  u00: number, v00: number, u10: number, v10: number,
  u01: number, v01: number, u11: number, v11: number,
): void {
  const size = 1 << shift;
  let uLeft = u00, vLeft = v00, uRight = u10, vRight = v10;
  const uLeftStep = (u01 - u00) >> shift, vLeftStep = (v01 - v00) >> shift;
  const uRightStep = (u11 - u10) >> shift, vRightStep = (v11 - v10) >> shift;
  for (let row = 0; row < size; row++) {
    let u = uLeft, v = vLeft;
    const du = (uRight - uLeft) >> shift, dv = (vRight - vLeft) >> shift;
    const end = offset + size;
    for (let o = offset; o < end; o++) {
      const p = (v >> 16) * stride + (u >> 16);
      const fx = (u >> 8) & 255;
      const a = plane[p]!, c = plane[p + stride]!;
      const top = (a << 8) + (plane[p + 1]! - a) * fx;
      const low = (c << 8) + (plane[p + stride + 1]! - c) * fx;
      target[o] = ((top << 8) + (low - top) * ((v >> 8) & 255) + 32768) >> 16;
      u += du;
      v += dv;
    }
    offset += targetStride;
    uLeft += uLeftStep; vLeft += vLeftStep;
    uRight += uRightStep; vRight += vRightStep;
  }
}
