import type { RgbImage } from '../face/face-detector.ts';
import { curveAt } from '../face/face-geometry.ts';
import type { Curve, FaceGeometry } from '../face/face-geometry.ts';

/** Edges of the lips are looked for in columns from corner to corner, so far above and below where the mesh has them, in units. */
export const COLUMNS = 41;
const SEARCH = 0.06;
const SEARCH_STEPS = 25;
/** Of half the mouth's width: at its very corners there is nothing to be seen yet. */
const REACH = 0.9;
const SMOOTHNESS = 2.2e4;
const NEARNESS = 1.2e3;

/** A way from corner to corner. */
export interface LipWay {
  /** By column: how far below the mesh's curve it lies, in units. */
  below: Float64Array;
  /** Mean of what was sought, along the way and along the mesh's curve. */
  score: number;
  meshScore: number;
}

/** The way along which `score` is greatest and that doesn't jump, by dynamic programming. */
export function bestWay(face: FaceGeometry, from: (a: number) => number, score: (a: number, b: number) => number): LipWay {
  const scores = Array.from({ length: COLUMNS }, (_, column) => {
    const a = columnA(face, column);
    return Array.from({ length: SEARCH_STEPS }, (__, step) => score(a, from(a) + offsetOf(step)));
  });
  const came: number[][] = [];
  let best = scores[0]!.map((value, step) => value - NEARNESS * offsetOf(step) ** 2);
  for (let column = 1; column < COLUMNS; column++) {
    const back: number[] = [];
    best = scores[column]!.map((value, step) => {
      let most = -Infinity;
      let source = step;
      for (let before = Math.max(0, step - 3); before <= Math.min(SEARCH_STEPS - 1, step + 3); before++) {
        const reached = best[before]! - SMOOTHNESS * (offsetOf(step) - offsetOf(before)) ** 2;
        if (reached > most) {
          most = reached;
          source = before;
        }
      }
      back[step] = source;
      return most + value - NEARNESS * offsetOf(step) ** 2;
    });
    came.push(back);
  }
  const way = new Array<number>(COLUMNS);
  way[COLUMNS - 1] = best.indexOf(Math.max(...best));
  for (let column = COLUMNS - 1; column > 0; column--) way[column - 1] = came[column - 1]![way[column]!]!;
  const mean = (step: (column: number) => number) => scores.reduce((sum, column, i) => sum + column[step(i)]!, 0) / COLUMNS;
  return {
    below: smoothed(Float64Array.from(way, offsetOf)),
    score: mean((column) => way[column]!),
    meshScore: mean(() => (SEARCH_STEPS - 1) / 2),
  };
}

/** How far below the mesh's curve a way lies at `a`. */
export function belowAt(below: Float64Array, face: FaceGeometry, a: number): number {
  const s = a < 0 ? -a / face.leftCornerA : a / face.rightCornerA;
  const place = ((Math.min(Math.max(s / REACH, -1), 1) + 1) / 2) * (COLUMNS - 1);
  const i = Math.min(COLUMNS - 2, Math.floor(place));
  return below[i]! + (below[i + 1]! - below[i]!) * (place - i);
}

export function meanOf(below: Float64Array): number {
  return below.reduce((sum, value) => sum + value, 0) / below.length;
}

export function between(one: Curve, other: Curve, part: number): (a: number) => number {
  return (a) => curveAt(one, a) + part * (curveAt(other, a) - curveAt(one, a));
}

/** Light, redness and blueness of the picture around a point, −255 to 255; `reach` up and down, in units. */
export function colourNear(face: FaceGeometry, image: RgbImage, a: number, b: number, reach: number): readonly [light: number, red: number, blue: number] {
  let light = 0, red = 0, blue = 0, count = 0;
  for (const da of [-0.012, 0, 0.012]) {
    for (const db of [-reach, 0, reach]) {
      const x = Math.round(face.originX + ((a + da) * face.rightX - (b + db) * face.rightY) * face.unitPx);
      const y = Math.round(face.originY + ((a + da) * face.rightY + (b + db) * face.rightX) * face.unitPx);
      if (x < 0 || y < 0 || x >= image.width || y >= image.height) continue;
      const p = (y * image.width + x) * 3;
      const here = image.data[p]! * 0.3 + image.data[p + 1]! * 0.59 + image.data[p + 2]! * 0.11;
      light += here;
      red += image.data[p]! - here;
      blue += image.data[p + 2]! - here;
      count++;
    }
  }
  return count > 0 ? [light / count, red / count, blue / count] : [0, 0, 0];
}

export function columnA(face: FaceGeometry, column: number): number {
  const s = ((column / (COLUMNS - 1)) * 2 - 1) * REACH;
  return s < 0 ? -s * face.leftCornerA : s * face.rightCornerA;
}

function offsetOf(step: number): number {
  return ((step / (SEARCH_STEPS - 1)) * 2 - 1) * SEARCH;
}

function smoothed(values: Float64Array): Float64Array {
  return values.map((_, i) => {
    let sum = 0;
    let weights = 0;
    for (let d = -3; d <= 3; d++) {
      const other = values[i + d];
      if (other === undefined) continue;
      const weight = Math.exp(-0.25 * d * d);
      sum += weight * other;
      weights += weight;
    }
    return sum / weights;
  });
}
