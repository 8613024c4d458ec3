import type { I420Picture } from '@visavis/engine';
import { CONTROL_POINT_COUNT, controlPoints } from '../../bundle/control-points.ts';
import { contour } from '../../face/landmarks.ts';
import { fitAffine } from '../../stage/affine.ts';
import { bilinear } from './cut-upright.ts';
import { spreadMoves } from './spread-moves.ts';
import type { Moves } from './spread-moves.ts';

/*
 * Closes the mouth of a base picture whose person speaks: chin, cheeks and lips go back to where they rest, and a mouth of the same person
 * that was filmed closed is laid over the lips.
 */

export interface ClosedMouth {
  /** I420 would halve its edges' colour: planes of full size, limited range. */
  y: Float32Array;
  u: Float32Array;
  v: Float32Array;
  mask: Uint8Array;
  width: number;
  height: number;
  points: Float32Array;
}

export interface MouthToClose {
  /** points × 2, pixels: where the control points are, and where they rest. */
  seen: Float32Array;
  rest: Float32Array;
  /** Pixels of one unit. */
  unitPx: number;
  /** 0 where nothing needs to be done, 1 where the mouth is open. */
  strength: number;
  /** Closed mouths, by how much of each is taken; the shares sum to 1. */
  mouths: readonly { mouth: ClosedMouth; share: number }[];
  /** Points that stay where they are, x and y in turn: eyes, nose, outline of the face above the mouth, neck. */
  still: Float32Array;
}

/** Beyond this, in units, nothing moves. */
const REACH = 1.4;
const inner = new Set<number>([...contour.innerLipUpper.slice(1, -1), ...contour.innerLipLower.slice(1, -1)]);
/** Where lips meet two points would lie on each other and go different ways: the patch covers them. */
const CARRYING = controlPoints.flatMap((index, p) => (inner.has(index) ? [] : [p]));

export function closeMouth(picture: I420Picture, to: MouthToClose): I420Picture {
  if (to.strength <= 0 || to.mouths.length === 0) return picture;
  const data = picture.data.slice();
  const closed = { ...picture, data };
  const box = boxAround(to, picture);
  warpBack(picture, closed, to, box);
  layMouths(closed, to, box);
  return closed;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function boxAround({ rest, unitPx }: MouthToClose, { width, height }: I420Picture): Box {
  const x = (rest[0]! + rest[20]!) / 2;
  const y = (rest[1]! + rest[21]!) / 2;
  const even = (value: number): number => 2 * Math.round(value / 2);
  return {
    left: Math.max(0, even(x - REACH * unitPx)),
    right: Math.min(width, even(x + REACH * unitPx)),
    top: Math.max(0, even(y - REACH * unitPx)),
    bottom: Math.min(height, even(y + REACH * unitPx)),
  };
}

function warpBack(from: I420Picture, to: I420Picture, { seen, rest, still, unitPx, strength }: MouthToClose, box: Box): void {
  const places = Float64Array.from([...CARRYING.flatMap((p) => [rest[p * 2]!, rest[p * 2 + 1]!]), ...still]);
  const ways = new Float64Array(places.length);
  CARRYING.forEach((p, i) => {
    ways[i * 2] = strength * (seen[p * 2]! - rest[p * 2]!);
    ways[i * 2 + 1] = strength * (seen[p * 2 + 1]! - rest[p * 2 + 1]!);
  });
  const moves = spreadMoves(places, ways, box, 0.35 * unitPx);
  const { width, height } = from;
  const luma = width * height;
  const plane = (start: number, half: number): void => {
    const w = width / half;
    const h = height / half;
    for (let y = box.top / half; y < box.bottom / half; y++) {
      for (let x = box.left / half; x < box.right / half; x++) {
        const [mx, my] = moves.at((x + 0.5) * half, (y + 0.5) * half);
        if (mx === 0 && my === 0) continue;
        to.data[start + y * w + x] = bilinear(from.data, start, w, h, x + mx / half, y + my / half) + 0.5;
      }
    }
  };
  plane(0, 1);
  plane(luma, 2);
  plane(luma + luma / 4, 2);
}

interface Laid {
  mouth: ClosedMouth;
  share: number;
  affine: Float64Array;
  moves: Moves;
}

function layMouths(picture: I420Picture, { rest, mouths, unitPx, strength }: MouthToClose, box: Box): void {
  const laid = mouths.map(({ mouth, share }): Laid => {
    const affine = new Float64Array(6);
    fitAffine(rest, 0, mouth.points, 0, CONTROL_POINT_COUNT, affine);
    const ways = new Float64Array(CONTROL_POINT_COUNT * 2);
    for (let p = 0; p < CONTROL_POINT_COUNT; p++) {
      const [x, y] = mapped(affine, rest[p * 2]!, rest[p * 2 + 1]!);
      ways[p * 2] = mouth.points[p * 2]! - x;
      ways[p * 2 + 1] = mouth.points[p * 2 + 1]! - y;
    }
    return { mouth, share, affine, moves: spreadMoves(Float64Array.from(rest), ways, box, 0.3 * unitPx) };
  });
  const { width, height, data } = picture;
  const luma = width * height;
  const pixels = blended(laid, box, 1);
  const halves = blended(laid, box, 2);
  mix(data, 0, width, box, 1, pixels, 'y', strength);
  mix(data, luma, width / 2, box, 2, halves, 'u', strength);
  mix(data, luma + luma / 4, width / 2, box, 2, halves, 'v', strength);
  void height;
}

interface Blended {
  columns: number;
  rows: number;
  y: Float32Array;
  u: Float32Array;
  v: Float32Array;
  mask: Float32Array;
}

/** The closed mouths as they lie in the box, one sample per `half` pixels. */
function blended(laid: readonly Laid[], box: Box, half: number): Blended {
  const columns = (box.right - box.left) / half;
  const rows = (box.bottom - box.top) / half;
  const sum: Blended = { columns, rows, y: new Float32Array(columns * rows), u: new Float32Array(columns * rows), v: new Float32Array(columns * rows), mask: new Float32Array(columns * rows) };
  for (const { mouth, share, affine, moves } of laid) {
    const { width, height } = mouth;
    for (let row = 0, at = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, at++) {
        const x = box.left + (column + 0.5) * half;
        const y = box.top + (row + 0.5) * half;
        let [u, v] = mapped(affine, x, y);
        if (u < -20 || v < -20 || u > width + 20 || v > height + 20) continue;
        const [mx, my] = moves.at(x, y);
        u += mx - 0.5;
        v += my - 0.5;
        const mask = u < 0 || v < 0 || u > width - 1 || v > height - 1 ? 0 : (share * bilinear(mouth.mask, 0, width, height, u, v)) / 255;
        sum.mask[at]! += mask;
        sum.y[at]! += share * plane(mouth.y, width, height, u, v);
        if (half === 2) {
          sum.u[at]! += share * plane(mouth.u, width, height, u, v);
          sum.v[at]! += share * plane(mouth.v, width, height, u, v);
        }
      }
    }
  }
  return sum;
}

/** Mixes a plane in, brought to the light of the picture by a plane through the differences where its mask ends. */
function mix(data: Uint8Array, start: number, stride: number, box: Box, half: number, layer: Blended, channel: 'y' | 'u' | 'v', strength: number): void {
  const values = layer[channel];
  const { columns, rows, mask } = layer;
  const place = (column: number, row: number): number => start + (box.top / half + row) * stride + box.left / half + column;
  let n = 0, sx = 0, sy = 0, sd = 0;
  const ring = (visit: (x: number, y: number, difference: number) => void): void => {
    for (let row = 0, at = 0; row < rows; row++) for (let column = 0; column < columns; column++, at++) if (mask[at]! > 0.03 && mask[at]! < 0.6) visit(column, row, data[place(column, row)]! - values[at]!);
  };
  ring((x, y, d) => {
    n++;
    sx += x;
    sy += y;
    sd += d;
  });
  if (n === 0) return;
  const [mx, my, md] = [sx / n, sy / n, sd / n];
  let xx = 1, xy = 0, yy = 1, xd = 0, yd = 0;
  ring((x, y, d) => {
    xx += (x - mx) ** 2;
    xy += (x - mx) * (y - my);
    yy += (y - my) ** 2;
    xd += (x - mx) * (d - md);
    yd += (y - my) * (d - md);
  });
  const det = xx * yy - xy * xy;
  const [slopeX, slopeY] = [(xd * yy - yd * xy) / det, (yd * xx - xd * xy) / det];
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const weight = strength * mask[at]!;
      if (weight <= 0) continue;
      const to = place(column, row);
      const value = values[at]! + md + slopeX * (column - mx) + slopeY * (row - my);
      data[to] = Math.min(255, Math.max(0, data[to]! + weight * (value - data[to]!) + 0.5));
    }
  }
}

function mapped(affine: Float64Array, x: number, y: number): [number, number] {
  return [affine[0]! * x + affine[1]! * y + affine[2]!, affine[3]! * x + affine[4]! * y + affine[5]!];
}

function plane(values: Float32Array, width: number, height: number, x: number, y: number): number {
  const cx = Math.min(Math.max(x, 0), width - 1.001);
  const cy = Math.min(Math.max(y, 0), height - 1.001);
  const at = Math.floor(cy) * width + Math.floor(cx);
  const fx = cx - Math.floor(cx);
  const fy = cy - Math.floor(cy);
  return (values[at]! * (1 - fx) + values[at + 1]! * fx) * (1 - fy) + (values[at + width]! * (1 - fx) + values[at + width + 1]! * fx) * fy;
}

/** A patch of the store as it is laid here. */
export function closedMouth(rgb: Uint8Array, mask: Uint8Array, points: Float32Array, width: number, height: number): ClosedMouth {
  const [y, u, v] = [new Float32Array(width * height), new Float32Array(width * height), new Float32Array(width * height)];
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = [rgb[i * 3]!, rgb[i * 3 + 1]!, rgb[i * 3 + 2]!];
    y[i] = 16 + 0.25679 * r + 0.50413 * g + 0.09791 * b;
    u[i] = 128 - 0.14822 * r - 0.29099 * g + 0.43922 * b;
    v[i] = 128 + 0.43922 * r - 0.36779 * g - 0.07143 * b;
  }
  return { y, u, v, mask, points, width, height };
}
