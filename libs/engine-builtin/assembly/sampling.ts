/*
 * Bilinear sampling, eight pixels at a time. Positions are 16.16 fixed point. The source columns of eight neighbours lie within sixteen
 * bytes (a picture is never shrunk to less than half), so one load and two shuffles stand for sixteen reads.
 */

// @ts-ignore: decorator
@inline
function row8(address: usize, left: v128, right: v128, fx: v128): v128 {
  const bytes = v128.load(address);
  const a = i16x8.extend_low_i8x16_u(i8x16.swizzle(bytes, left));
  const b = i16x8.extend_low_i8x16_u(i8x16.swizzle(bytes, right));
  return i16x8.add(i16x8.shl(a, 7), i16x8.mul(i16x8.sub(b, a), fx));
}

/** Eight samples (16 bits each, 0 to 255) of a plane of bytes, the first at (u, v) and each next one (du, dv) further. */
// @ts-ignore: decorator
@inline
export function span8(plane: usize, stride: i32, u: i32, v: i32, du: i32, dv: i32): v128 {
  const ramp = i32x4(0, 1, 2, 3);
  const stepU = i32x4.mul(ramp, i32x4.splat(du));
  const uLow = i32x4.add(i32x4.splat(u), stepU);
  const uHigh = i32x4.add(i32x4.splat(u + (du << 2)), stepU);
  const lastU = u + du * 7;
  const column = (du < 0 ? lastU : u) >> 16;
  const first = i32x4.splat(column);
  const offsets = i16x8.narrow_i32x4_s(i32x4.sub(i32x4.shr_s(uLow, 16), first), i32x4.sub(i32x4.shr_s(uHigh, 16), first));
  const left = i8x16.min_u(i8x16.narrow_i16x8_u(offsets, offsets), i8x16.splat(14));
  const right = i8x16.add(left, i8x16.splat(1));
  const part = i32x4.splat(0xffff);
  const fx = i16x8.narrow_i32x4_s(i32x4.shr_u(v128.and(uLow, part), 9), i32x4.shr_u(v128.and(uHigh, part), 9));

  const lastV = v + dv * 7;
  const firstRow = (dv < 0 ? lastV : v) >> 16;
  const lastRow = (dv < 0 ? v : lastV) >> 16;
  const stepV = i32x4.mul(ramp, i32x4.splat(dv));
  const vLow = i32x4.add(i32x4.splat(v), stepV);
  const vHigh = i32x4.add(i32x4.splat(v + (dv << 2)), stepV);
  const fy = i16x8.narrow_i32x4_s(i32x4.shr_u(v128.and(vLow, part), 1), i32x4.shr_u(v128.and(vHigh, part), 1));

  let address = plane + <usize>(firstRow * stride + column);
  let above = row8(address, left, right, fx);
  address += <usize>stride;
  let below = row8(address, left, right, fx);
  let result = i16x8.add(above, i16x8.q15mulr_sat_s(i16x8.sub(below, above), fy));
  if (lastRow != firstRow) {
    const rows = i16x8.narrow_i32x4_s(i32x4.shr_s(vLow, 16), i32x4.shr_s(vHigh, 16));
    for (let row = firstRow + 1; row <= lastRow; row++) {
      above = below;
      address += <usize>stride;
      below = row8(address, left, right, fx);
      const here = i16x8.add(above, i16x8.q15mulr_sat_s(i16x8.sub(below, above), fy));
      result = v128.bitselect(here, result, i16x8.eq(rows, i16x8.splat(<i16>row)));
    }
  }
  return i16x8.shr_u(i16x8.add(result, i16x8.splat(64)), 7);
}

/** The same for chroma: positions of luma pixels become those of the half-sized planes. */
// @ts-ignore: decorator
@inline
export function store8(address: usize, values: v128): void {
  v128.store64_lane(address, i8x16.narrow_i16x8_u(values, values), 0);
}
