import type { RgbImage } from '../face/face-detector.ts';
import { curveAt, faceGeometry } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';
import { headYawDegrees } from '../face/head-pose.ts';
import { contour } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';

/*
 * The mesh knows where lips usually meet. On a painting, under a beard or in hard light it lies beside the line that is to be seen, and a
 * mouth that opens there tears a lip in two. Where lips are shut, their line is found here by what it is, the darkest way from
 * corner to corner, and the lips' inner edges are laid onto it.
 */

/** Lips further apart than this, in units, are parted in the picture: between them there may be teeth. */
const MAY_BE_SHUT = 0.055;
const SURELY_SHUT = 0.03;
/** How far the line is looked for above and below the mesh's, in units. */
const SEARCH = 0.06;
const SEARCH_STEPS = 25;
const COLUMNS = 41;
/** Of half the mouth's width: at its very corners there is no line yet. */
const REACH = 0.9;
/** How much darker than the lips above and below it the line must be on its whole way, of 255. */
const LEAST_CONTRAST = 5;
/** And how much more so than where the mesh has it. */
const LEAST_GAIN = 2.5;
const SMOOTHNESS = 2.2e4;
const NEARNESS = 1.2e3;
/** What is left between the edges, in units. */
const MOST_GAP = 0.012;

interface Line {
  /** By column: how far below the mesh's line the dark one lies, in units. */
  below: Float64Array;
  contrast: number;
  meshContrast: number;
}

/** Lays the inner edges of shut lips onto the line between them; other lips stay as they are. */
export function fitLips(mesh: FaceMesh, image: RgbImage): FaceMesh {
  const face = faceGeometry(mesh, headYawDegrees(mesh));
  const gap = curveAt(face.lowerSeam, 0) - curveAt(face.upperSeam, 0);
  if (gap > MAY_BE_SHUT) return mesh;
  const line = darkestLine(face, image);
  if (line.contrast < LEAST_CONTRAST || line.contrast < line.meshContrast + LEAST_GAIN) return mesh;
  // Teeth hang from the upper lip, whose shadow is a dark line above them: that is no line between shut lips.
  const lower = line.below.reduce((sum, value) => sum + value, 0) / COLUMNS;
  if (lower < (gap > SURELY_SHUT ? 0.01 : -0.015)) return mesh;
  return laidOnto(mesh, face, line.below);
}

function middle(face: FaceGeometry, a: number): number {
  return (curveAt(face.upperSeam, a) + curveAt(face.lowerSeam, a)) / 2;
}

function columnA(face: FaceGeometry, column: number): number {
  const s = ((column / (COLUMNS - 1)) * 2 - 1) * REACH;
  return s < 0 ? -s * face.leftCornerA : s * face.rightCornerA;
}

function offsetOf(step: number): number {
  return ((step / (SEARCH_STEPS - 1)) * 2 - 1) * SEARCH;
}

/** The way of greatest contrast that doesn't jump, by dynamic programming. */
function darkestLine(face: FaceGeometry, image: RgbImage): Line {
  const contrasts = Array.from({ length: COLUMNS }, (_, column) => {
    const a = columnA(face, column);
    return Array.from({ length: SEARCH_STEPS }, (__, step) => lineContrast(face, image, a, middle(face, a) + offsetOf(step)));
  });
  const from: number[][] = [];
  let best = contrasts[0]!.map((contrast, step) => contrast - NEARNESS * offsetOf(step) ** 2);
  for (let column = 1; column < COLUMNS; column++) {
    const back: number[] = [];
    best = contrasts[column]!.map((contrast, step) => {
      let most = -Infinity;
      let came = step;
      for (let before = Math.max(0, step - 3); before <= Math.min(SEARCH_STEPS - 1, step + 3); before++) {
        const value = best[before]! - SMOOTHNESS * (offsetOf(step) - offsetOf(before)) ** 2;
        if (value > most) {
          most = value;
          came = before;
        }
      }
      back[step] = came;
      return most + contrast - NEARNESS * offsetOf(step) ** 2;
    });
    from.push(back);
  }
  const way = new Array<number>(COLUMNS);
  way[COLUMNS - 1] = best.indexOf(Math.max(...best));
  for (let column = COLUMNS - 1; column > 0; column--) way[column - 1] = from[column - 1]![way[column]!]!;
  const mean = (step: (column: number) => number) => contrasts.reduce((sum, column, i) => sum + column[step(i)]!, 0) / COLUMNS;
  return {
    below: smoothed(Float64Array.from(way, offsetOf)),
    contrast: mean((column) => way[column]!),
    meshContrast: mean(() => (SEARCH_STEPS - 1) / 2),
  };
}

/** How much darker a point is than what lies above and below it. */
function lineContrast(face: FaceGeometry, image: RgbImage, a: number, b: number): number {
  const here = brightness(face, image, a, b, 0.008);
  const above = brightness(face, image, a, b - 0.036, 0.014);
  const under = brightness(face, image, a, b + 0.036, 0.014);
  return Math.min(above, under) - here + 0.25 * (Math.max(above, under) - Math.min(above, under));
}

function brightness(face: FaceGeometry, image: RgbImage, a: number, b: number, reach: number): number {
  let sum = 0;
  let count = 0;
  for (const da of [-0.012, 0, 0.012]) {
    for (const db of [-reach, 0, reach]) {
      const x = Math.round(face.originX + ((a + da) * face.rightX - (b + db) * face.rightY) * face.unitPx);
      const y = Math.round(face.originY + ((a + da) * face.rightY + (b + db) * face.rightX) * face.unitPx);
      if (x < 0 || y < 0 || x >= image.width || y >= image.height) continue;
      const p = (y * image.width + x) * 3;
      sum += image.data[p]! * 0.3 + image.data[p + 1]! * 0.59 + image.data[p + 2]! * 0.11;
      count++;
    }
  }
  return count > 0 ? sum / count : 0;
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

function laidOnto(mesh: FaceMesh, face: FaceGeometry, below: Float64Array): FaceMesh {
  const fitted = mesh.slice();
  const toA = (index: number) => ((mesh[index * 3]! - face.originX) * face.rightX + (mesh[index * 3 + 1]! - face.originY) * face.rightY) / face.unitPx;
  const toB = (index: number) => ((mesh[index * 3 + 1]! - face.originY) * face.rightX - (mesh[index * 3]! - face.originX) * face.rightY) / face.unitPx;
  const moveDown = (index: number, units: number) => {
    fitted[index * 3]! -= units * face.unitPx * face.rightY;
    fitted[index * 3 + 1]! += units * face.unitPx * face.rightX;
  };
  const last = contour.innerLipUpper.length - 1;
  for (let i = 1; i < last; i++) {
    for (const [index, side] of [[contour.innerLipUpper[i]!, -0.5], [contour.innerLipLower[i]!, 0.5]] as const) {
      const a = toA(index);
      const gap = Math.min(MOST_GAP, Math.max(0, curveAt(face.lowerSeam, a) - curveAt(face.upperSeam, a)));
      moveDown(index, middle(face, a) + belowAt(below, face, a) + side * gap - toB(index));
    }
  }
  for (const index of corners.left) moveDown(index, CORNERS_FOLLOW * below[0]!);
  for (const index of corners.right) moveDown(index, CORNERS_FOLLOW * below[COLUMNS - 1]!);
  // A line far from the mesh's means that all of the lips lie there.
  const mean = below.reduce((sum, value) => sum + value, 0) / COLUMNS;
  const missed = Math.sign(mean) * Math.max(0, Math.abs(mean) - USUAL_MISS);
  for (const index of [...contour.outerLipUpper.slice(1, last), ...contour.outerLipLower.slice(1, last)]) moveDown(index, missed);
  return fitted;
}

const corners = { left: [61, 78], right: [291, 308] } as const;
const CORNERS_FOLLOW = 0.8;
/** In units. */
const USUAL_MISS = 0.012;

/** How far below the mesh's line the dark one lies at `a`. */
function belowAt(below: Float64Array, face: FaceGeometry, a: number): number {
  const s = a < 0 ? -a / face.leftCornerA : a / face.rightCornerA;
  const place = ((Math.min(Math.max(s / REACH, -1), 1) + 1) / 2) * (COLUMNS - 1);
  const i = Math.min(COLUMNS - 2, Math.floor(place));
  return below[i]! + (below[i + 1]! - below[i]!) * (place - i);
}
