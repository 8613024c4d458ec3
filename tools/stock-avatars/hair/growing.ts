/* What all styles share: where hair begins, and passes from the dark depth to the fine surface. */
import { bellRandom, clamp01, mix, noise, smoothstep, hypot } from '../paint/math.ts';
import type { Point, Random } from '../paint/math.ts';
import { graph } from '../paint/curve.ts';
import type { Brush } from '../paint/brush.ts';
import type { FaceLines } from '../face/face-lines.ts';
import type { HeadPlace } from '../face/head-layer.ts';
import { drawStrand } from './hair-brush.ts';
import type { HairBody, HairTone, Strand } from './hair-brush.ts';

export interface HairContext {
  brush: Brush;
  lines: FaceLines;
  place: HeadPlace;
  random: Random;
  tone: HairTone;
}

/** Depth of the hair's outer parts: they stay behind when the head is turned. */
const HAIR_Z = -52;

export const SKULL: HairBody = { x: 0, y: -18, radiusX: 92, radiusY: 112 };

/** From the head's millimetres to the picture's. */
export const onPicture = ({ place }: HairContext, [x, y]: Point, z = HAIR_Z): Point => place.toPicture(x, y, z);

export function draw(context: HairContext, line: readonly Point[], strand: Omit<Strand, 'line'>, body: HairBody = SKULL, z = HAIR_Z): void {
  const white = context.tone.grey > 0 && context.random() < context.tone.grey;
  drawStrand(context.brush, context.tone, body, { ...strand, white, line: line.map((point) => onPicture(context, point, z)) });
}

/** The forehead's and temples' hairline: y over |x|; below it is skin. */
export function hairline(height: number, recede = 0): (ax: number) => number {
  return graph([[0, -height], [20, -height + 2 - recede * 2], [36, -height + 6.5 - recede * 9], [48, -height + 16 - recede * 9], [56, -height + 28 - recede * 5], [61, -29], [65, -13], [67.2, 6], [69, 20]]);
}

/** Passes from thick and dark to thin and light; `make` gives one strand's line, or nothing. */
export function inPasses(context: HairContext, counts: readonly [deep: number, middle: number, fine: number], make: (pass: 0 | 1 | 2) => { line: Point[]; lock: number; depth?: number; z?: number } | undefined, options: { body?: HairBody; fadeIn?: number; fadeOut?: number; width?: number } = {}): void {
  const { random } = context;
  const widths = [3.4, 1.25, 0.5].map((w) => w * (options.width ?? 1));
  for (const pass of [0, 1, 2] as const) {
    const strands = Array.from({ length: counts[pass] }, () => make(pass)).filter((strand) => strand !== undefined);
    strands.sort((a, b) => (b.depth ?? 0) - (a.depth ?? 0));
    for (const { line, lock, z } of strands) {
      draw(context, line, {
        width: widths[pass]! * (0.7 + 0.6 * random()),
        surface: [0.22, 0.62, 1][pass]! * (0.82 + 0.18 * random()) * (pass === 2 ? mix(0.72, 1, clamp01(0.5 + lock)) : 1),
        tint: lock * 0.75 + 0.5 * bellRandom(random),
        alpha: [1, 0.88, 0.78][pass]!,
        fadeIn: pass === 0 ? 0.1 : (options.fadeIn ?? 0.06),
        fadeOut: options.fadeOut ?? 0.22,
      }, options.body, z);
    }
  }
}

/** Walks along a field of directions. */
export function follow(start: Point, length: number, direction: (x: number, y: number, walked: number) => Point, step = 2.2): Point[] {
  const line: Point[] = [start];
  let [x, y] = start;
  for (let walked = 0; walked < length; walked += step) {
    const [dx, dy] = direction(x, y, walked / length);
    const norm = hypot(dx, dy) || 1;
    x += (dx / norm) * step;
    y += (dy / norm) * step;
    line.push([x, y]);
  }
  return line;
}

/** How far a place is outside the skull's outline: 1 on it. */
export function outward({ lines }: HairContext, x: number, y: number): number {
  return hypot(x, y - lines.centreY) / lines.outline(Math.atan2(x, y - lines.centreY));
}

/** Locks: neighbouring roots belong together. */
export const lockAt = (x: number, y: number, width: number, seed: number): number => noise(x / width, y / width, seed);

export { bellRandom, clamp01, mix, noise, smoothstep };
