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

/**
 * Eight samples (16 bits each, 0 to 255) of a plane of bytes, the first at (u, v) and each next one (du, dv) further. `du` is 0 to 2 pixels,
 * `dv` less than one. Inside a span places have 12 bits behind the point, which is less than a thousandth of a pixel.
 */
// @ts-ignore: decorator
@inline
export function span8(plane: usize, stride: i32, u: i32, v: i32, du: i32, dv: i32): v128 {
  const ramp = i16x8(0, 1, 2, 3, 4, 5, 6, 7);
  const across = i16x8.add(i16x8.splat(<i16>((u & 0xffff) >> 4)), i16x8.mul(ramp, i16x8.splat(<i16>(du >> 4))));
  const offsets = i16x8.shr_u(across, 12);
  const left = i8x16.narrow_i16x8_u(offsets, offsets);
  const right = i8x16.add(left, i8x16.splat(1));
  const fx = v128.and(i16x8.shr_u(across, 5), i16x8.splat(127));
  const down = i16x8.add(i16x8.splat(<i16>((v & 0xffff) >> 4)), i16x8.mul(ramp, i16x8.splat(<i16>(dv >> 4))));
  const fy = i16x8.shl(v128.and(down, i16x8.splat(4095)), 3);

  const lastV = ((v & 0xffff) >> 4) + (dv >> 4) * 7;
  const firstRow = min(0, lastV >> 12);
  const lastRow = max(0, lastV >> 12);
  let address = plane + <usize>(((v >> 16) + firstRow) * stride + (u >> 16));
  let above = row8(address, left, right, fx);
  address += <usize>stride;
  let below = row8(address, left, right, fx);
  let result = i16x8.add(above, i16x8.q15mulr_sat_s(i16x8.sub(below, above), fy));
  if (lastRow != firstRow) {
    const rows = i16x8.shr_s(down, 12);
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

/** Stores eight values of 16 bits as bytes. */
// @ts-ignore: decorator
@inline
export function store8(address: usize, values: v128): void {
  v128.store64_lane(address, i8x16.narrow_i16x8_u(values, values), 0);
}
