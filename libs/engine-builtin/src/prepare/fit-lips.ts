import type { RgbImage } from '../face/face-detector.ts';
import { curveAt, faceGeometry } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';
import { headYawDegrees } from '../face/head-pose.ts';
import { contour } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { belowAt, bestWay, between, colourNear, columnA, COLUMNS, meanOf } from './lip-way.ts';

/*
 * The mesh knows where lips usually are. On a painting, under a beard or in hard light it lies beside what is to be seen, and a mouth
 * that opens there tears a lip in two, or takes teeth along with a lip. So the lips' inner edges are found here by what they are: of shut
 * lips the darkest way from corner to corner, of parted ones where the colour of the lip ends.
 */

/** Lips further apart than this, in units, are parted in the picture; nearer than that, they may be shut, and from here on surely. */
const MAY_BE_SHUT = 0.055;
const SURELY_SHUT = 0.03;
/** Lips of pictures in which no line between them was found are looked at as parted ones from here on. */
const MAY_BE_PARTED = 0.022;
/** How much darker than the lips above and below it the line must be on its whole way, of 255, and more so than where the mesh has it. */
const LEAST_CONTRAST = 5;
const LEAST_GAIN = 2.5;
/** How much more unlike the lip what lies inside of its edge must be than what lies outside: pale lips don't say clearly where they end. */
const LEAST_EDGE = 45;
/** What is left between the edges of shut lips, in units. */
const MOST_GAP = 0.012;
/** From the edge to what is compared, in units. */
const BESIDE = 0.016;

/** Lays the lips' inner edges onto what the picture shows; where that isn't clear they stay as they are. */
export function fitLips(mesh: FaceMesh, image: RgbImage): FaceMesh {
  const face = faceGeometry(mesh, headYawDegrees(mesh));
  const gap = curveAt(face.lowerSeam, 0) - curveAt(face.upperSeam, 0);
  if (gap <= MAY_BE_SHUT) {
    const line = lineOfShutLips(face, image, gap);
    if (line) return laidOntoLine(mesh, face, line);
  }
  return gap > MAY_BE_PARTED ? laidOntoEdges(mesh, face, image) : mesh;
}

function lineOfShutLips(face: FaceGeometry, image: RgbImage, gap: number): Float64Array | undefined {
  const light = (a: number, b: number, reach: number) => colourNear(face, image, a, b, reach)[0];
  const line = bestWay(face, between(face.upperSeam, face.lowerSeam, 0.5), (a, b) => {
    const above = light(a, b - 0.036, 0.014);
    const under = light(a, b + 0.036, 0.014);
    return Math.min(above, under) - light(a, b, 0.008) + 0.25 * Math.abs(above - under);
  });
  if (line.score < LEAST_CONTRAST || line.score < line.meshScore + LEAST_GAIN) return undefined;
  // Teeth hang from the upper lip, whose shadow is a dark line above them: that is no line between shut lips.
  return meanOf(line.below) < (gap > SURELY_SHUT ? 0.01 : -0.015) ? undefined : line.below;
}

/** Where lip turns to teeth, or to the dark between them. */
function laidOntoEdges(mesh: FaceMesh, face: FaceGeometry, image: RgbImage): FaceMesh {
  const fitted = mesh.slice();
  const last = contour.innerLipUpper.length - 1;
  for (const side of ['upper', 'lower'] as const) {
    const outwards = side === 'upper' ? -1 : 1;
    const seam = side === 'upper' ? face.upperSeam : face.lowerSeam;
    const outer = side === 'upper' ? face.skin?.upperLip : face.skin?.lowerLip;
    if (!outer) continue;
    const lipAt = between(seam, outer, 0.5);
    const lip = medianColour(Array.from({ length: COLUMNS }, (_, column) => columnA(face, column)).filter((_, column) => column > 8 && column < COLUMNS - 9).map((a) => colourNear(face, image, a, lipAt(a), 0.01)));
    const unlike = (a: number, b: number) => {
      const [light, red, blue] = colourNear(face, image, a, b, 0.006);
      return Math.hypot(0.45 * (light - lip[0]), 1.4 * (red - lip[1]), blue - lip[2]);
    };
    const way = bestWay(face, (a) => curveAt(seam, a), (a, b) => unlike(a, b - outwards * BESIDE) - unlike(a, b + outwards * BESIDE));
    if (way.score < LEAST_EDGE) continue;
    const indices = side === 'upper' ? contour.innerLipUpper : contour.innerLipLower;
    for (let i = 1; i < last; i++) moveDown(fitted, face, indices[i]!, belowAt(way.below, face, toA(mesh, face, indices[i]!)));
  }
  return uncrossed(fitted, face);
}

/** Edges that passed each other meet halfway. */
function uncrossed(mesh: FaceMesh, face: FaceGeometry): FaceMesh {
  contour.innerLipUpper.forEach((upper, i) => {
    const lower = contour.innerLipLower[i]!;
    const over = toB(mesh, face, upper) - toB(mesh, face, lower);
    if (over <= 0) return;
    moveDown(mesh, face, upper, -over / 2);
    moveDown(mesh, face, lower, over / 2);
  });
  return mesh;
}

function medianColour(colours: readonly (readonly [number, number, number])[]): [number, number, number] {
  const median = (of: 0 | 1 | 2) => colours.map((colour) => colour[of]).sort((p, q) => p - q)[Math.floor(colours.length / 2)]!;
  return [median(0), median(1), median(2)];
}

const corners = { left: [61, 78], right: [291, 308] } as const;
const CORNERS_FOLLOW = 0.8;
/** In units. */
const USUAL_MISS = 0.012;

function laidOntoLine(mesh: FaceMesh, face: FaceGeometry, below: Float64Array): FaceMesh {
  const fitted = mesh.slice();
  const middle = between(face.upperSeam, face.lowerSeam, 0.5);
  const last = contour.innerLipUpper.length - 1;
  for (let i = 1; i < last; i++) {
    for (const [index, side] of [[contour.innerLipUpper[i]!, -0.5], [contour.innerLipLower[i]!, 0.5]] as const) {
      const a = toA(mesh, face, index);
      const gap = Math.min(MOST_GAP, Math.max(0, curveAt(face.lowerSeam, a) - curveAt(face.upperSeam, a)));
      moveDown(fitted, face, index, middle(a) + belowAt(below, face, a) + side * gap - toB(mesh, face, index));
    }
  }
  for (const index of corners.left) moveDown(fitted, face, index, CORNERS_FOLLOW * below[0]!);
  for (const index of corners.right) moveDown(fitted, face, index, CORNERS_FOLLOW * below[COLUMNS - 1]!);
  // A line far from the mesh's means that all of the lips lie there.
  const mean = meanOf(below);
  const missed = Math.sign(mean) * Math.max(0, Math.abs(mean) - USUAL_MISS);
  for (const index of [...contour.outerLipUpper.slice(1, last), ...contour.outerLipLower.slice(1, last)]) moveDown(fitted, face, index, missed);
  return fitted;
}

function toA(mesh: FaceMesh, face: FaceGeometry, index: number): number {
  return ((mesh[index * 3]! - face.originX) * face.rightX + (mesh[index * 3 + 1]! - face.originY) * face.rightY) / face.unitPx;
}

function toB(mesh: FaceMesh, face: FaceGeometry, index: number): number {
  return ((mesh[index * 3 + 1]! - face.originY) * face.rightX - (mesh[index * 3]! - face.originX) * face.rightY) / face.unitPx;
}

function moveDown(mesh: FaceMesh, face: FaceGeometry, index: number, units: number): void {
  mesh[index * 3]! -= units * face.unitPx * face.rightY;
  mesh[index * 3 + 1]! += units * face.unitPx * face.rightX;
}
