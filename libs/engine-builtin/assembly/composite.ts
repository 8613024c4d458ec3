import { span8, store8 } from './sampling';

const CELL: i32 = 16;
/** As in warp.ts: what doesn't move there must not move here. */
const STILL: i32 = 65536 / 24;

/** How far from its own place a point of the lattice takes its colour, across or down, 16.16. */
// @ts-ignore: decorator
@inline
function shift(u: usize, v: usize, x: i32, y: i32): i32 {
  return max(abs(load<i32>(u) - (x << 16)), abs(load<i32>(v) - (y << 16)));
}

/**
 * Moves a plane of alpha as warpCells moves the picture that it belongs to: cells that moved, into `out`, which holds the others already.
 * `clearance`: a byte per cell, see clearanceOf in src/matte: around how many cells alpha is the same everywhere, so that moving it by less shows
 * nothing.
 */
export function warpAlpha(out: usize, alpha: usize, width: i32, height: i32, sourceU: usize, sourceV: usize, clearance: usize): void {
  const columns = width / CELL + 1;
  for (let y = 0; y < height; y += CELL) {
    for (let x = 0; x < width; x += CELL) {
      const i = <usize>((y / CELL) * columns + x / CELL) << 2;
      const below = i + (<usize>columns << 2);
      const u = sourceU + i, v = sourceV + i, uBelow = sourceU + below, vBelow = sourceV + below;
      const moved = max(max(shift(u, v, x, y), shift(u + 4, v + 4, x + CELL, y)), max(shift(uBelow, vBelow, x, y + CELL), shift(uBelow + 4, vBelow + 4, x + CELL, y + CELL)));
      // A sample takes in the pixel after its own.
      const free = <i32>load<u8>(clearance + <usize>((y / CELL) * (columns - 1) + x / CELL)) * CELL - 1;
      if (moved < STILL || moved < free << 16) continue;
      let uLeft = load<i32>(u), vLeft = load<i32>(v), uRight = load<i32>(u, 4), vRight = load<i32>(v, 4);
      const uLeftStep = (load<i32>(uBelow) - uLeft) >> 4, vLeftStep = (load<i32>(vBelow) - vLeft) >> 4;
      const uRightStep = (load<i32>(uBelow, 4) - uRight) >> 4, vRightStep = (load<i32>(vBelow, 4) - vRight) >> 4;
      let to = out + <usize>(y * width + x);
      for (let row = 0; row < CELL; row++) {
        const du = (uRight - uLeft) >> 4, dv = (vRight - vLeft) >> 4;
        store8(to, span8(alpha, width, uLeft, vLeft, du, dv));
        store8(to + 8, span8(alpha, width, uLeft + (du << 3), vLeft + (dv << 3), du, dv));
        to += <usize>width;
        uLeft += uLeftStep; vLeft += vLeftStep; uRight += uRightStep; vRight += vRightStep;
      }
    }
  }
}

/** Value / 255, rounded, of eight values up to 255². */
// @ts-ignore: decorator
@inline
function divideBy255(values: v128): v128 {
  const more = i16x8.add(values, i16x8.splat(128));
  return i16x8.shr_u(i16x8.add(more, i16x8.shr_u(more, 8)), 8);
}

/**
 * Lays the person in a frame over a background into `out` (which may be the frame): what alpha takes from the frame, the background fills. All
 * I420 of one size without padding, `width` a multiple of 16; alpha is a plane of the frame's size.
 */
export function composite(out: usize, frame: usize, alpha: usize, background: usize, width: i32, height: i32): void {
  const luma = <usize>(width * height);
  const solid = i8x16.splat(-1);
  for (let at: usize = 0; at < luma; at += 16) {
    const a = v128.load(alpha + at);
    const person = v128.load(frame + at);
    if (i8x16.all_true(i8x16.eq(a, solid))) {
      v128.store(out + at, person);
      continue;
    }
    const behind = v128.load(background + at);
    if (!v128.any_true(a)) {
      v128.store(out + at, behind);
      continue;
    }
    const rest = v128.xor(a, solid);
    const low = divideBy255(i16x8.add(i16x8.extmul_low_i8x16_u(person, a), i16x8.extmul_low_i8x16_u(behind, rest)));
    const high = divideBy255(i16x8.add(i16x8.extmul_high_i8x16_u(person, a), i16x8.extmul_high_i8x16_u(behind, rest)));
    v128.store(out + at, i8x16.narrow_i16x8_u(low, high));
  }
  const red = luma >> 2;
  let chroma = luma;
  for (let y = 0; y < height; y += 2) {
    const above = alpha + <usize>(y * width);
    for (let x = 0; x < width; x += 16, chroma += 8) {
      const upper = v128.load(above + <usize>x), lower = v128.load(above + <usize>(x + width));
      const sum = i16x8.add(i16x8.extadd_pairwise_i8x16_u(upper), i16x8.extadd_pairwise_i8x16_u(lower));
      const mean = i16x8.shr_u(i16x8.add(sum, i16x8.splat(2)), 2);
      const rest = i16x8.sub(i16x8.splat(255), mean);
      mix8(out + chroma, frame + chroma, background + chroma, mean, rest);
      mix8(out + chroma + red, frame + chroma + red, background + chroma + red, mean, rest);
    }
  }
}

// @ts-ignore: decorator
@inline
function mix8(out: usize, frame: usize, background: usize, alpha: v128, rest: v128): void {
  const person = i16x8.extend_low_i8x16_u(v128.load64_zero(frame));
  const behind = i16x8.extend_low_i8x16_u(v128.load64_zero(background));
  store8(out, divideBy255(i16x8.add(i16x8.mul(person, alpha), i16x8.mul(behind, rest))));
}

/** Turns a plane of alpha into the luma that shows it, 16 to 235, in place. `count` is a multiple of 16. */
export function alphaToLuma(alpha: usize, count: i32): void {
  const factor = i8x16.splat(<i8>219);
  const black = i8x16.splat(16);
  for (let at: usize = 0; at < <usize>count; at += 16) {
    const a = v128.load(alpha + at);
    const low = divideBy255(i16x8.extmul_low_i8x16_u(a, factor));
    const high = divideBy255(i16x8.extmul_high_i8x16_u(a, factor));
    v128.store(alpha + at, i8x16.add(i8x16.narrow_i16x8_u(low, high), black));
  }
}
