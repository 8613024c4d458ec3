import { span8, store8 } from './sampling';

/** Frames are filled in cells of this many pixels. */
const CELL: i32 = 16;
/** Less than this, in 16.16 pixels, is no motion. */
const STILL: i32 = 65536 / 24;

// @ts-ignore: decorator
@inline
function near(a: i32, b: i32): bool {
  return a - b < STILL && b - a < STILL;
}

/**
 * Draws the cells of a frame that moved; the others must hold the base picture already. `sourceU`, `sourceV`: a lattice of columns × rows
 * points, 16 pixels apart from (0, 0): where each takes its colour from in the base picture, 16.16. Frames and base pictures are I420
 * without padding. Returns how many cells were drawn.
 */
export function warpCells(out: usize, base: usize, width: i32, height: i32, sourceU: usize, sourceV: usize): i32 {
  const cellColumns = width / CELL;
  const cellRows = height / CELL;
  const next = <usize>(cellColumns + 1) << 2;
  let drawn = 0;
  for (let cellRow = 0; cellRow < cellRows; cellRow++) {
    for (let cellColumn = 0; cellColumn < cellColumns; cellColumn++) {
      const i = <usize>(cellRow * (cellColumns + 1) + cellColumn) << 2;
      const u00 = load<i32>(sourceU + i), u10 = load<i32>(sourceU + i, 4), u01 = load<i32>(sourceU + i + next), u11 = load<i32>(sourceU + i + next, 4);
      const v00 = load<i32>(sourceV + i), v10 = load<i32>(sourceV + i, 4), v01 = load<i32>(sourceV + i + next), v11 = load<i32>(sourceV + i + next, 4);
      const x = cellColumn * CELL;
      const y = cellRow * CELL;
      const x0 = x << 16, x1 = (x + CELL) << 16, y0 = y << 16, y1 = (y + CELL) << 16;
      if (near(u00, x0) && near(v00, y0) && near(u10, x1) && near(v10, y0) && near(u01, x0) && near(v01, y1) && near(u11, x1) && near(v11, y1)) continue;
      warpCell(out, base, width, height, x, y, u00, v00, u10, v10, u01, v01, u11, v11);
      drawn++;
    }
  }
  return drawn;
}

/** A cell is drawn again when one of its corners has moved by this much since it was drawn last, 16.16 pixels: a tenth of a pixel. */
const MOVED: i32 = 65536 / 10;

// @ts-ignore: decorator
@inline
function stayed(shown: usize, value: i32): bool {
  const way = value - load<i32>(shown);
  return way < MOVED && way > -MOVED;
}

/**
 * The same for a frame that still holds the last one, over the same base picture: draws the cells that moved since they were drawn, and those
 * that something was painted over. `shown`: eight 32-bit words for each cell, kept from call to call, u and v of its corners as they were
 * drawn; `dirty`: a byte for each cell, 1 to draw it in any case, set to 0.
 */
export function warpChanged(out: usize, base: usize, width: i32, height: i32, sourceU: usize, sourceV: usize, shown: usize, dirty: usize): i32 {
  const cellColumns = width / CELL;
  const cellRows = height / CELL;
  const next = <usize>(cellColumns + 1) << 2;
  let drawn = 0;
  for (let cellRow = 0; cellRow < cellRows; cellRow++) {
    for (let cellColumn = 0; cellColumn < cellColumns; cellColumn++, shown += 32, dirty++) {
      const i = <usize>(cellRow * (cellColumns + 1) + cellColumn) << 2;
      const u00 = load<i32>(sourceU + i), u10 = load<i32>(sourceU + i, 4), u01 = load<i32>(sourceU + i + next), u11 = load<i32>(sourceU + i + next, 4);
      const v00 = load<i32>(sourceV + i), v10 = load<i32>(sourceV + i, 4), v01 = load<i32>(sourceV + i + next), v11 = load<i32>(sourceV + i + next, 4);
      if (load<u8>(dirty) == 0 && stayed(shown, u00) && stayed(shown + 4, u10) && stayed(shown + 8, u01) && stayed(shown + 12, u11) && stayed(shown + 16, v00) && stayed(shown + 20, v10) && stayed(shown + 24, v01) && stayed(shown + 28, v11)) continue;
      store<u8>(dirty, 0);
      store<i32>(shown, u00); store<i32>(shown, u10, 4); store<i32>(shown, u01, 8); store<i32>(shown, u11, 12);
      store<i32>(shown, v00, 16); store<i32>(shown, v10, 20); store<i32>(shown, v01, 24); store<i32>(shown, v11, 28);
      warpCell(out, base, width, height, cellColumn * CELL, cellRow * CELL, u00, v00, u10, v10, u01, v01, u11, v11);
      drawn++;
    }
  }
  return drawn;
}

function warpCell(out: usize, base: usize, width: i32, height: i32, x: i32, y: i32, u00: i32, v00: i32, u10: i32, v10: i32, u01: i32, v01: i32, u11: i32, v11: i32): void {
  let uLeft = u00, vLeft = v00, uRight = u10, vRight = v10;
  const uLeftStep = (u01 - u00) >> 4, vLeftStep = (v01 - v00) >> 4, uRightStep = (u11 - u10) >> 4, vRightStep = (v11 - v10) >> 4;
  let to = out + <usize>(y * width + x);
  for (let row = 0; row < CELL; row++) {
    const du = (uRight - uLeft) >> 4, dv = (vRight - vLeft) >> 4;
    store8(to, span8(base, width, uLeft, vLeft, du, dv));
    store8(to + 8, span8(base, width, uLeft + (du << 3), vLeft + (dv << 3), du, dv));
    to += <usize>width;
    uLeft += uLeftStep; vLeft += vLeftStep; uRight += uRightStep; vRight += vRightStep;
  }
  // A chroma sample lies in the middle of four luma pixels: half a pixel into the cell, and half a pixel into the picture.
  const half = width >> 1;
  const luma = <usize>(width * height);
  const blue = base + luma;
  const red = blue + (luma >> 2);
  const toRed = luma >> 2;
  let u = (u00 + ((u10 - u00 + u01 - u00) >> 5) - 32768) >> 1;
  let v = (v00 + ((v10 - v00 + v01 - v00) >> 5) - 32768) >> 1;
  let uEnd = u + ((u10 - u00) >> 1);
  let vEnd = v + ((v10 - v00) >> 1);
  to = out + luma + <usize>((y >> 1) * half + (x >> 1));
  for (let row = 0; row < CELL / 2; row++) {
    const du = (uEnd - u) >> 3, dv = (vEnd - v) >> 3;
    // The first sample of an edge cell may lie half a pixel outside.
    const fromU = max(u, 0), fromV = max(v, 0);
    store8(to, span8(blue, half, fromU, fromV, du, dv));
    store8(to + toRed, span8(red, half, fromU, fromV, du, dv));
    to += <usize>half;
    u += (u01 - u00) >> 4; v += (v01 - v00) >> 4;
    uEnd += (u11 - u10) >> 4; vEnd += (v11 - v10) >> 4;
  }
}
