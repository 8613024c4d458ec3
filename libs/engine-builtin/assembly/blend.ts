import { span8, store8 } from './sampling';

const CELL: i32 = 16;

/**
 * A layer as it lies in memory: sixteen 32-bit words.
 * 0 y, 1 u, 2 v: planes of the patch · 3 stride of y (that of u and v is half) · 4 sourceU, 5 sourceV: its lattice
 * 6 weight, 7 weight of its mask: of 256, both add up to 256 over all layers · 8 mask, 9 half-sized mask, strides as y and u; 0 for none
 * 15 tiles of the mask: for each 16 × 16 pixels of the patch, row by row, its smallest and its largest value, a byte each
 * 10 offset of luma, 16.16 · 11, 12 its change per pixel to the right and down · 13, 14 offsets of u and v, whole values
 */
const LAYER_BYTES: usize = 64;

// @ts-ignore: decorator
@inline
function word(layer: usize, index: usize): i32 {
  return load<i32>(layer + (index << 2));
}

/** Sums of one cell, in 256ths, 16 bits each: alpha and luma of 16 × 16 pixels, alpha and both chromas of 8 × 8. */
const ALPHA: usize = 0;
const LUMA: usize = 512;
const HALF_ALPHA: usize = 1024;
const BLUE: usize = 1152;
const RED: usize = 1280;
const BLEND_SCRATCH_BYTES: i32 = 1408;

/**
 * Lays the weighted mean of patches over a part of a frame: cells of 16 pixels from column `cellX`, row `cellY`. Each layer's lattice has
 * (cellColumns + 1) × (cellRows + 1) points. `presence` (0 to 256) is a factor on the masks. `scratch`: BLEND_SCRATCH_BYTES to work in.
 */
export function blendLayers(out: usize, width: i32, height: i32, cellX: i32, cellY: i32, cellColumns: i32, cellRows: i32, layers: usize, count: i32, presence: i32, scratch: usize): void {
  for (let cellRow = 0; cellRow < cellRows; cellRow++) {
    for (let cellColumn = 0; cellColumn < cellColumns; cellColumn++) {
      const node = <usize>(cellRow * (cellColumns + 1) + cellColumn) << 2;
      const x = (cellX + cellColumn) * CELL;
      const y = (cellY + cellRow) * CELL;
      const coverage = coverageOf(layers, count, node, cellColumns + 1);
      if (coverage == NONE) continue;
      if (coverage == FULL) fillMasks(presence, scratch);
      else if (!masksOf(layers, count, node, cellColumns + 1, presence, scratch)) continue;
      for (let at: usize = LUMA; at < HALF_ALPHA; at += 16) v128.store(scratch + at, i16x8.splat(0));
      for (let at: usize = BLUE; at < <usize>BLEND_SCRATCH_BYTES; at += 16) v128.store(scratch + at, i16x8.splat(0));
      for (let l = 0; l < count; l++) {
        const layer = layers + <usize>l * LAYER_BYTES;
        if (word(layer, 6) != 0) addLayer(layer, node, cellColumns + 1, x, y, scratch);
      }
      mixCell(out, width, height, x, y, scratch);
    }
  }
}

const NONE: i32 = 0;
const PART: i32 = 1;
const FULL: i32 = 2;

/** What the masks' tiles say of a cell. */
function coverageOf(layers: usize, count: i32, node: usize, columns: i32): i32 {
  let all = FULL, any = NONE;
  for (let l = 0; l < count; l++) {
    const layer = layers + <usize>l * LAYER_BYTES;
    if (word(layer, 7) == 0) continue;
    const at = <usize>word(layer, 4) + node, up = <usize>word(layer, 5) + node, next = <usize>columns << 2;
    const u00 = load<i32>(at), u10 = load<i32>(at, 4), u01 = load<i32>(at + next), u11 = load<i32>(at + next, 4);
    const v00 = load<i32>(up), v10 = load<i32>(up, 4), v01 = load<i32>(up + next), v11 = load<i32>(up + next, 4);
    const tileColumns = (word(layer, 3) + 15) >> 4;
    // A sample takes a pixel more to the right and below.
    const left = max((min(min(u00, u10), min(u01, u11)) >> 20), 0), right = min((max(max(u00, u10), max(u01, u11)) + 65536) >> 20, tileColumns - 1);
    const top = max((min(min(v00, v10), min(v01, v11)) >> 20), 0), bottom = (max(max(v00, v10), max(v01, v11)) + 65536) >> 20;
    const tiles = <usize>word(layer, 15);
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const tile = tiles + (<usize>(row * tileColumns + column) << 1);
        if (load<u8>(tile) != 255) all = PART;
        if (load<u8>(tile, 1) != 0) any = PART;
      }
    }
  }
  return any == NONE ? NONE : all == FULL ? FULL : PART;
}

function fillMasks(presence: i32, scratch: usize): void {
  const alpha = (255 * presence) >> 8;
  const whole = i16x8.splat(<i16>(alpha + (alpha >> 7)));
  for (let at = scratch + ALPHA; at < scratch + LUMA; at += 16) v128.store(at, whole);
  for (let at = scratch + HALF_ALPHA; at < scratch + BLUE; at += 16) v128.store(at, whole);
}

/** Alpha of a cell, 0 to 256. False where no mask covers it. */
function masksOf(layers: usize, count: i32, node: usize, columns: i32, presence: i32, scratch: usize): bool {
  let first = true;
  for (let l = 0; l < count; l++) {
    const layer = layers + <usize>l * LAYER_BYTES;
    const share = word(layer, 7);
    if (share == 0) continue;
    const weight = i16x8.splat(<i16>share);
    const at = <usize>word(layer, 4) + node, up = <usize>word(layer, 5) + node, next = <usize>columns << 2;
    const u00 = load<i32>(at), u10 = load<i32>(at, 4), u01 = load<i32>(at + next), u11 = load<i32>(at + next, 4);
    const v00 = load<i32>(up), v10 = load<i32>(up, 4), v01 = load<i32>(up + next), v11 = load<i32>(up + next, 4);
    const mask = <usize>word(layer, 8), stride = word(layer, 3);
    let uLeft = u00, vLeft = v00, uRight = u10, vRight = v10;
    const uLeftStep = (u01 - u00) >> 4, vLeftStep = (v01 - v00) >> 4, uRightStep = (u11 - u10) >> 4, vRightStep = (v11 - v10) >> 4;
    for (let to = scratch + ALPHA; to < scratch + LUMA; to += 32) {
      const du = (uRight - uLeft) >> 4, dv = (vRight - vLeft) >> 4;
      let left = i16x8.mul(span8(mask, stride, uLeft, vLeft, du, dv), weight);
      let right = i16x8.mul(span8(mask, stride, uLeft + (du << 3), vLeft + (dv << 3), du, dv), weight);
      if (!first) {
        left = i16x8.add(left, v128.load(to));
        right = i16x8.add(right, v128.load(to, 16));
      }
      v128.store(to, left);
      v128.store(to, right, 16);
      uLeft += uLeftStep; vLeft += vLeftStep; uRight += uRightStep; vRight += vRightStep;
    }
    const half = <usize>word(layer, 9);
    let u = max(((u00 + ((u10 - u00 + u01 - u00) >> 5) - 32768) >> 1), 0), v = max(((v00 + ((v10 - v00 + v01 - v00) >> 5) - 32768) >> 1), 0);
    let uEnd = u + ((u10 - u00) >> 1), vEnd = v + ((v10 - v00) >> 1);
    for (let to = scratch + HALF_ALPHA; to < scratch + BLUE; to += 16) {
      let value = i16x8.mul(span8(half, stride >> 1, u, v, (uEnd - u) >> 3, (vEnd - v) >> 3), weight);
      if (!first) value = i16x8.add(value, v128.load(to));
      v128.store(to, value);
      u += uLeftStep; v += vLeftStep; uEnd += uRightStep; vEnd += vRightStep;
    }
    first = false;
  }
  if (first) return false;
  const factor = i16x8.splat(<i16>presence);
  let any = i16x8.splat(0);
  for (let at = scratch + ALPHA; at < scratch + BLUE; at += 16) {
    if (at == scratch + LUMA) at = scratch + HALF_ALPHA;
    // 0 … 255 becomes 0 … 256, so that a full mask leaves nothing of what was there.
    const alpha = i16x8.shr_u(i16x8.mul(i16x8.shr_u(v128.load(at), 8), factor), 8);
    const whole = i16x8.add(alpha, i16x8.shr_u(alpha, 7));
    v128.store(at, whole);
    any = v128.or(any, whole);
  }
  return v128.any_true(any);
}

function addLayer(layer: usize, node: usize, columns: i32, x: i32, y: i32, scratch: usize): void {
  const weight = i16x8.splat(<i16>word(layer, 6));
  const at = <usize>word(layer, 4) + node, up = <usize>word(layer, 5) + node, next = <usize>columns << 2;
  const u00 = load<i32>(at), u10 = load<i32>(at, 4), u01 = load<i32>(at + next), u11 = load<i32>(at + next, 4);
  const v00 = load<i32>(up), v10 = load<i32>(up, 4), v01 = load<i32>(up + next), v11 = load<i32>(up + next, 4);
  const luma = <usize>word(layer, 0), stride = word(layer, 3);
  let uLeft = u00, vLeft = v00, uRight = u10, vRight = v10;
  const uLeftStep = (u01 - u00) >> 4, vLeftStep = (v01 - v00) >> 4, uRightStep = (u11 - u10) >> 4, vRightStep = (v11 - v10) >> 4;
  const slopeX = word(layer, 11), slopeY = word(layer, 12);
  let offset = word(layer, 10) + slopeX * (x + 4) + slopeY * y;
  const even = offset == 0 && slopeX == 0 && slopeY == 0;
  let row: usize = 0;
  for (let to = scratch + LUMA; to < scratch + HALF_ALPHA; to += 32, row += 32) {
    const du = (uRight - uLeft) >> 4, dv = (vRight - vLeft) >> 4;
    if (v128.any_true(v128.load(scratch + ALPHA + row))) {
      let value = span8(luma, stride, uLeft, vLeft, du, dv);
      if (!even) value = shifted(value, offset >> 16);
      v128.store(to, i16x8.add(v128.load(to), i16x8.mul(value, weight)));
    }
    if (v128.any_true(v128.load(scratch + ALPHA + row, 16))) {
      let value = span8(luma, stride, uLeft + (du << 3), vLeft + (dv << 3), du, dv);
      if (!even) value = shifted(value, (offset + (slopeX << 3)) >> 16);
      v128.store(to, i16x8.add(v128.load(to, 16), i16x8.mul(value, weight)), 16);
    }
    offset += slopeY;
    uLeft += uLeftStep; vLeft += vLeftStep; uRight += uRightStep; vRight += vRightStep;
  }
  const blue = <usize>word(layer, 1), red = <usize>word(layer, 2), half = stride >> 1;
  const blueOffset = word(layer, 13), redOffset = word(layer, 14);
  let u = max(((u00 + ((u10 - u00 + u01 - u00) >> 5) - 32768) >> 1), 0), v = max(((v00 + ((v10 - v00 + v01 - v00) >> 5) - 32768) >> 1), 0);
  let uEnd = u + ((u10 - u00) >> 1), vEnd = v + ((v10 - v00) >> 1);
  for (let to = scratch + BLUE; to < scratch + RED; to += 16) {
    const du = (uEnd - u) >> 3, dv = (vEnd - v) >> 3;
    v128.store(to, i16x8.add(v128.load(to), i16x8.mul(shifted(span8(blue, half, u, v, du, dv), blueOffset), weight)));
    v128.store(to, i16x8.add(v128.load(to, 128), i16x8.mul(shifted(span8(red, half, u, v, du, dv), redOffset), weight)), 128);
    u += uLeftStep; v += vLeftStep; uEnd += uRightStep; vEnd += vRightStep;
  }
}

/** Lays the sums over the frame. */
function mixCell(out: usize, width: i32, height: i32, x: i32, y: i32, scratch: usize): void {
  let to = out + <usize>(y * width + x);
  for (let at = scratch; at < scratch + LUMA; at += 32) {
    mix(to, v128.load(at, LUMA), v128.load(at));
    mix(to + 8, v128.load(at, LUMA + 16), v128.load(at, 16));
    to += <usize>width;
  }
  const half = <usize>(width >> 1);
  const luma = <usize>(width * height);
  to = out + luma + <usize>(y >> 1) * half + <usize>(x >> 1);
  for (let at = scratch; at < scratch + 128; at += 16) {
    const alpha = v128.load(at, HALF_ALPHA);
    mix(to, v128.load(at, BLUE), alpha);
    mix(to + (luma >> 2), v128.load(at, RED), alpha);
    to += half;
  }
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
function mix(to: usize, sum: v128, alpha: v128): void {
  const before = i16x8.extend_low_i8x16_u(v128.load64_zero(to));
  const rest = i16x8.sub(i16x8.splat(256), alpha);
  store8(to, i16x8.shr_u(i16x8.add(i16x8.add(i16x8.mul(before, rest), i16x8.mul(i16x8.shr_u(sum, 8), alpha)), i16x8.splat(128)), 8));
}
