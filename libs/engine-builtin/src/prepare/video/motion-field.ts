import type { I420Picture } from '@visavis/engine';
import { bilinear } from './cut-upright.ts';
import { cubic } from './cubic.ts';

/*
 * Where each part of one picture has gone in another one: coarse to fine, on a grid of nodes, each solved from the window around it
 * (Lucas and Kanade, 1981) and held by its neighbours. For two pictures of one head in nearly the same pose, which are to become one.
 */

/** Pixels between nodes, at every level. */
const SPACING = 8;
const WINDOW = 7;
const ROUNDS = 4;
/** Levels go on until the picture has no more than this many lines. */
const COARSEST = 48;
/** Against a window's own detail: flat ones follow their neighbours. */
const HOLD = 120;

interface Level {
  width: number;
  height: number;
  data: Uint8Array;
}

export interface MotionField {
  columns: number;
  rows: number;
  /** Pixels between nodes in the whole picture. */
  spacing: number;
  /** columns × rows × 2: how far a point goes from the first picture to the second. */
  motion: Float32Array;
}

/**
 * The motion between two pictures, for the picture that lies `part` of the way between them: what is at x there is at x − part · m in
 * `first` and at x + (1 − part) · m in `second`.
 */
export function motionBetween(first: I420Picture, second: I420Picture, part: number): MotionField {
  const a = pyramid(first);
  const b = pyramid(second);
  let field: MotionField | undefined;
  for (let level = a.length - 1; level >= 1; level--) field = refine(a[level]!, b[level]!, part, enlarge(field, a[level]!));
  const { columns, rows, motion } = field!;
  return { columns, rows, spacing: SPACING * 2, motion: motion.map((value) => value * 2) };
}

/** The picture that lies `part` of the way between two. */
export function between(first: I420Picture, second: I420Picture, part: number, field = motionBetween(first, second, part)): I420Picture {
  const { width, height } = first;
  const data = new Uint8Array(first.data.length);
  const luma = width * height;
  let to = 0;
  for (const plane of [0, 1, 2]) {
    const half = plane === 0 ? 1 : 2;
    const w = width / half;
    const h = height / half;
    const start = plane === 0 ? 0 : luma + ((plane - 1) * luma) / 4;
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++, to++) {
        const [mx, my] = at(field, (x + 0.5) * half, (y + 0.5) * half);
        // Cubic: between frames that were not resampled a softer one would flicker.
        const one = cubic(first.data, start, w, h, x - (part * mx) / half, y - (part * my) / half);
        const other = cubic(second.data, start, w, h, x + ((1 - part) * mx) / half, y + ((1 - part) * my) / half);
        data[to] = Math.min(255, Math.max(0, one + (other - one) * part + 0.5));
      }
    }
  }
  return { width, height, data };
}

function at({ columns, rows, spacing, motion }: MotionField, x: number, y: number): [number, number] {
  const c = Math.min(Math.max(x / spacing, 0), columns - 1.001);
  const r = Math.min(Math.max(y / spacing, 0), rows - 1.001);
  const c0 = Math.floor(c);
  const r0 = Math.floor(r);
  const fc = c - c0;
  const fr = r - r0;
  const p = (r0 * columns + c0) * 2;
  const q = p + columns * 2;
  const mix = (i: number): number => (motion[p + i]! * (1 - fc) + motion[p + 2 + i]! * fc) * (1 - fr) + (motion[q + i]! * (1 - fc) + motion[q + 2 + i]! * fc) * fr;
  return [mix(0), mix(1)];
}

function pyramid({ width, height, data }: I420Picture): Level[] {
  const levels: Level[] = [{ width, height, data: data.subarray(0, width * height) }];
  for (;;) {
    const last = levels[levels.length - 1]!;
    if (last.height <= COARSEST || last.width <= COARSEST) return levels.length > 1 ? levels : [levels[0]!, levels[0]!];
    const w = last.width >> 1;
    const h = last.height >> 1;
    const half = new Uint8Array(w * h);
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const p = 2 * y * last.width + 2 * x;
        half[y * w + x] = (last.data[p]! + last.data[p + 1]! + last.data[p + last.width]! + last.data[p + last.width + 1]! + 2) >> 2;
      }
    }
    levels.push({ width: w, height: h, data: half });
  }
}

function enlarge(coarse: MotionField | undefined, { width, height }: Level): MotionField {
  const columns = Math.ceil(width / SPACING) + 1;
  const rows = Math.ceil(height / SPACING) + 1;
  const motion = new Float32Array(columns * rows * 2);
  if (coarse) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const [x, y] = at(coarse, (c * SPACING) / 2, (r * SPACING) / 2);
        motion[(r * columns + c) * 2] = 2 * x;
        motion[(r * columns + c) * 2 + 1] = 2 * y;
      }
    }
  }
  return { columns, rows, spacing: SPACING, motion };
}

function refine(a: Level, b: Level, part: number, field: MotionField): MotionField {
  const { columns, rows, motion } = field;
  for (let round = 0; round < ROUNDS; round++) {
    const next = motion.slice();
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const p = (r * columns + c) * 2;
        const mx = motion[p]!;
        const my = motion[p + 1]!;
        let xx = 0, xy = 0, yy = 0, xt = 0, yt = 0;
        for (let dy = -WINDOW; dy <= WINDOW; dy += 2) {
          for (let dx = -WINDOW; dx <= WINDOW; dx += 2) {
            const x = c * SPACING + dx;
            const y = r * SPACING + dy;
            if (x < 1 || y < 1 || x >= a.width - 1 || y >= a.height - 1) continue;
            const [ax, ay] = [x - part * mx, y - part * my];
            const [bx, by] = [x + (1 - part) * mx, y + (1 - part) * my];
            const gx = (slope(a, ax, ay, 1, 0) + slope(b, bx, by, 1, 0)) / 2;
            const gy = (slope(a, ax, ay, 0, 1) + slope(b, bx, by, 0, 1)) / 2;
            const t = bilinear(b.data, 0, b.width, b.height, bx, by) - bilinear(a.data, 0, a.width, a.height, ax, ay);
            xx += gx * gx;
            xy += gx * gy;
            yy += gy * gy;
            xt += gx * t;
            yt += gy * t;
          }
        }
        const [nx, ny] = around(field, c, r);
        // Solve for the step, held to the mean of the neighbours.
        xx += HOLD;
        yy += HOLD;
        xt += HOLD * (mx - nx);
        yt += HOLD * (my - ny);
        const det = xx * yy - xy * xy;
        next[p] = mx - clamp((yy * xt - xy * yt) / det);
        next[p + 1] = my - clamp((xx * yt - xy * xt) / det);
      }
    }
    motion.set(next);
  }
  return field;
}

function slope({ data, width, height }: Level, x: number, y: number, dx: number, dy: number): number {
  return (bilinear(data, 0, width, height, x + dx, y + dy) - bilinear(data, 0, width, height, x - dx, y - dy)) / 2;
}

function around({ columns, rows, motion }: MotionField, c: number, r: number): [number, number] {
  let x = 0;
  let y = 0;
  let count = 0;
  for (const [dc, dr] of [[-1, 0], [1, 0], [0, -1], [0, 1]] as const) {
    if (c + dc < 0 || c + dc >= columns || r + dr < 0 || r + dr >= rows) continue;
    x += motion[((r + dr) * columns + c + dc) * 2]!;
    y += motion[((r + dr) * columns + c + dc) * 2 + 1]!;
    count++;
  }
  return [x / count, y / count];
}

function clamp(value: number): number {
  return Math.min(2, Math.max(-2, value));
}
