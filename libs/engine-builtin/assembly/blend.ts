import { span8, store8 } from './sampling';

const CELL: i32 = 16;

/**
 * A layer as it lies in memory: thirteen 32-bit words.
 * 0 y, 1 u, 2 v: planes of the patch · 3 stride of y (that of u and v is half) · 4 sourceU, 5 sourceV: its lattice
 * 6 weight, 7 weight of its mask: of 256, both add up to 256 over all layers · 8 mask, 9 half-sized mask, strides as y and u; 0 for none
 * 10 offset of luma, 16.16 · 11, 12 its change per pixel to the right and down · 13, 14 offsets of u and v, whole values
 */
const LAYER_BYTES: usize = 60;

// @ts-ignore: decorator
@inline
function word(layer: usize, index: usize): i32 {
  return load<i32>(layer + (index << 2));
}

/**
 * Lays the weighted mean of patches over a part of a frame: cells of 16 pixels from column `cellX`, row `cellY`. Each layer's lattice has
 * (cellColumns + 1) × (cellRows + 1) points. `presence` (0 to 256) is a factor on the masks.
 */
export function blendLayers(out: usize, width: i32, height: i32, cellX: i32, cellY: i32, cellColumns: i32, cellRows: i32, layers: usize, count: i32, presence: i32): void {
  const luma = <usize>(width * height);
  const half = width >> 1;
  for (let cellRow = 0; cellRow < cellRows; cellRow++) {
    for (let cellColumn = 0; cellColumn < cellColumns; cellColumn++) {
      const node = <usize>(cellRow * (cellColumns + 1) + cellColumn) << 2;
      const x = (cellX + cellColumn) * CELL;
      const y = (cellY + cellRow) * CELL;
      const to = out + <usize>(y * width + x);
      let any = false;
      for (let row = 0; row < CELL; row++) {
        any = blendSpan(to + <usize>(row * width), x, y + row, node, cellColumns + 1, row, 0, layers, count, presence) || any;
        any = blendSpan(to + <usize>(row * width) + 8, x + 8, y + row, node, cellColumns + 1, row, 8, layers, count, presence) || any;
      }
      if (!any) continue;
      const chroma = out + luma + <usize>((y >> 1) * half + (x >> 1));
      for (let row = 0; row < CELL / 2; row++) {
        blendChroma(chroma + <usize>(row * half), luma >> 2, node, cellColumns + 1, row, layers, count, presence);
      }
    }
  }
}

/** One span of luma, `row` and `column` from the cell's corner. False where no mask covers it. */
function blendSpan(to: usize, x: i32, y: i32, node: usize, columns: i32, row: i32, column: i32, layers: usize, count: i32, presence: i32): bool {
  let alpha = i16x8.splat(0);
  for (let l = 0; l < count; l++) {
    const layer = layers + <usize>l * LAYER_BYTES;
    const weight = word(layer, 7);
    if (weight == 0) continue;
    const at = <usize>word(layer, 4) + node, up = <usize>word(layer, 5) + node, next = <usize>columns << 2;
    const uLeft = load<i32>(at) + (((load<i32>(at + next) - load<i32>(at)) >> 4) * row);
    const vLeft = load<i32>(up) + (((load<i32>(up + next) - load<i32>(up)) >> 4) * row);
    const uRight = load<i32>(at, 4) + (((load<i32>(at + next, 4) - load<i32>(at, 4)) >> 4) * row);
    const vRight = load<i32>(up, 4) + (((load<i32>(up + next, 4) - load<i32>(up, 4)) >> 4) * row);
    const du = (uRight - uLeft) >> 4, dv = (vRight - vLeft) >> 4;
    const mask = span8(<usize>word(layer, 8), word(layer, 3), uLeft + du * column, vLeft + dv * column, du, dv);
    alpha = i16x8.add(alpha, i16x8.mul(mask, i16x8.splat(<i16>weight)));
  }
  // Weights add up to 256: 16 unsigned bits hold the sum.
  alpha = i16x8.shr_u(alpha, 8);
  alpha = i16x8.shr_u(i16x8.mul(alpha, i16x8.splat(<i16>presence)), 8);
  // 0 … 255 becomes 0 … 256, so that a full mask leaves nothing of what was there.
  alpha = i16x8.add(alpha, i16x8.shr_u(alpha, 7));
  if (!v128.any_true(alpha)) return false;
  let sum = i16x8.splat(0);
  for (let l = 0; l < count; l++) {
    const layer = layers + <usize>l * LAYER_BYTES;
    const weight = word(layer, 6);
    if (weight == 0) continue;
    const at = <usize>word(layer, 4) + node, up = <usize>word(layer, 5) + node, next = <usize>columns << 2;
    const uLeft = load<i32>(at) + (((load<i32>(at + next) - load<i32>(at)) >> 4) * row);
    const vLeft = load<i32>(up) + (((load<i32>(up + next) - load<i32>(up)) >> 4) * row);
    const uRight = load<i32>(at, 4) + (((load<i32>(at + next, 4) - load<i32>(at, 4)) >> 4) * row);
    const vRight = load<i32>(up, 4) + (((load<i32>(up + next, 4) - load<i32>(up, 4)) >> 4) * row);
    const du = (uRight - uLeft) >> 4, dv = (vRight - vLeft) >> 4;
    let value = span8(<usize>word(layer, 0), word(layer, 3), uLeft + du * column, vLeft + dv * column, du, dv);
    const offset = (word(layer, 10) + word(layer, 11) * (x + 4) + word(layer, 12) * y) >> 16;
    if (offset != 0) value = i16x8.max_s(i16x8.min_s(i16x8.add(value, i16x8.splat(<i16>offset)), i16x8.splat(255)), i16x8.splat(0));
    sum = i16x8.add(sum, i16x8.mul(value, i16x8.splat(<i16>weight)));
  }
  const before = i16x8.extend_low_i8x16_u(v128.load64_zero(to));
  store8(to, mix(before, i16x8.shr_u(sum, 8), alpha));
  return true;
}

function blendChroma(to: usize, toRed: usize, node: usize, columns: i32, row: i32, layers: usize, count: i32, presence: i32): void {
  let alpha = i16x8.splat(0), blue = i16x8.splat(0), red = i16x8.splat(0);
  for (let l = 0; l < count; l++) {
    const layer = layers + <usize>l * LAYER_BYTES;
    const weight = word(layer, 6), maskWeight = word(layer, 7);
    if (weight == 0 && maskWeight == 0) continue;
    const at = <usize>word(layer, 4) + node, up = <usize>word(layer, 5) + node, next = <usize>columns << 2;
    const u00 = load<i32>(at), u10 = load<i32>(at, 4), u01 = load<i32>(at + next), u11 = load<i32>(at + next, 4);
    const v00 = load<i32>(up), v10 = load<i32>(up, 4), v01 = load<i32>(up + next), v11 = load<i32>(up + next, 4);
    const u = max(((u00 + ((u10 - u00 + u01 - u00) >> 5) - 32768) >> 1) + ((u01 - u00) >> 4) * row, 0);
    const v = max(((v00 + ((v10 - v00 + v01 - v00) >> 5) - 32768) >> 1) + ((v01 - v00) >> 4) * row, 0);
    const du = (((u10 - u00) >> 1) + (((u11 - u10 - u01 + u00) >> 4) * row)) >> 3;
    const dv = (((v10 - v00) >> 1) + (((v11 - v10 - v01 + v00) >> 4) * row)) >> 3;
    const stride = word(layer, 3) >> 1;
    if (maskWeight != 0) alpha = i16x8.add(alpha, i16x8.mul(span8(<usize>word(layer, 9), stride, u, v, du, dv), i16x8.splat(<i16>maskWeight)));
    if (weight != 0) {
      blue = i16x8.add(blue, i16x8.mul(shifted(span8(<usize>word(layer, 1), stride, u, v, du, dv), word(layer, 13)), i16x8.splat(<i16>weight)));
      red = i16x8.add(red, i16x8.mul(shifted(span8(<usize>word(layer, 2), stride, u, v, du, dv), word(layer, 14)), i16x8.splat(<i16>weight)));
    }
  }
  alpha = i16x8.shr_u(i16x8.mul(i16x8.shr_u(alpha, 8), i16x8.splat(<i16>presence)), 8);
  alpha = i16x8.add(alpha, i16x8.shr_u(alpha, 7));
  if (!v128.any_true(alpha)) return;
  store8(to, mix(i16x8.extend_low_i8x16_u(v128.load64_zero(to)), i16x8.shr_u(blue, 8), alpha));
  store8(to + toRed, mix(i16x8.extend_low_i8x16_u(v128.load64_zero(to + toRed)), i16x8.shr_u(red, 8), alpha));
}

// @ts-ignore: decorator
@inline
function shifted(value: v128, offset: i32): v128 {
  if (offset == 0) return value;
  return i16x8.max_s(i16x8.min_s(i16x8.add(value, i16x8.splat(<i16>offset)), i16x8.splat(255)), i16x8.splat(0));
}

/** before · (256 − alpha) + after · alpha, in 256ths: at most 65,280, so 16 unsigned bits hold it. */
// @ts-ignore: decorator
@inline
function mix(before: v128, after: v128, alpha: v128): v128 {
  const rest = i16x8.sub(i16x8.splat(256), alpha);
  return i16x8.shr_u(i16x8.add(i16x8.add(i16x8.mul(before, rest), i16x8.mul(after, alpha)), i16x8.splat(128)), 8);
}
