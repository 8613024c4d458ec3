import type { RgbImage } from '../face/face-detector.ts';
import { headYawDegrees } from '../face/head-pose.ts';
import { contour, distance, point, xOf, yOf } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';

/*
 * The mesh fits the eyes of a face that looks at the camera. In a three-quarter view it all but loses the far eye, and sometimes
 * both. Irises are found here by what they are, a dark disc with white beside it and skin below, and an outline
 * that misses its iris is moved onto it.
 */

interface Eye {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  readonly iris: readonly number[];
}

const eyes: readonly [Eye, Eye] = [
  { upper: contour.leftEyeUpper, lower: contour.leftEyeLower, iris: [473, 474, 475, 476, 477] },
  { upper: contour.rightEyeUpper, lower: contour.rightEyeLower, iris: [468, 469, 470, 471, 472] },
];

/** Parts of the height from forehead to chin. */
const IRIS_RADIUS = 0.036;
const SEARCH_ACROSS = 0.075;
const SEARCH_UP = 0.085;
const SEARCH_DOWN = 0.03;
/** An outline that lies further than this from its iris, up or down, has missed it. */
const MISSED = 0.022;

/** Below this part of the near eye's width the far one is not foreshortened but lost. */
const LOST_WIDTH = 0.62;
const FAR_WIDTH = 0.9;

/** Turned less than this, the mesh is the better judge: brows and lid folds look like irises too. */
const TURNED_DEGREES = 12;

/** Moves the outlines of eyes that the mesh missed in a turned head; others stay as they are. */
export function fitEyes(mesh: FaceMesh, image: RgbImage): FaceMesh {
  if (Math.abs(headYawDegrees(mesh)) < TURNED_DEGREES) return mesh;
  const fitted = mesh.slice();
  const faceHeight = distance(mesh, point.forehead, point.chin);
  const lost = reshapeFarEye(fitted);
  for (const eye of eyes) widen(fitted, eye);
  const irises = eyes.map((eye) => findIris(fitted, image, eye, faceHeight));
  eyes.forEach((eye, i) => {
    const iris = irises[i]!;
    const [x, y] = middle(fitted, eye);
    const missed = Math.abs(iris.y - y) > MISSED * faceHeight;
    if (eye !== lost && !missed) return;
    // Both eyes look the same way: the iris lies in this outline where it lies in the other one.
    const other = eyes[1 - i]!;
    const aside = eye === lost ? (irises[1 - i]!.x - middle(fitted, other)[0]) * FAR_WIDTH : 0;
    move(fitted, eye, iris.x - aside - x, iris.y - y);
    eye.iris.forEach((index) => {
      fitted[index * 3] = iris.x;
      fitted[index * 3 + 1] = iris.y;
    });
  });
  return fitted;
}

/** The mesh draws the eyes of a turned head too narrow, and a lid would leave their corners open. */
const WIDER = 1.18;

function widen(mesh: FaceMesh, eye: Eye): void {
  const [centre] = middle(mesh, eye);
  for (const index of new Set([...eye.upper, ...eye.lower])) mesh[index * 3] = centre + (xOf(mesh, index) - centre) * WIDER;
}

function move(mesh: FaceMesh, eye: Eye, dx: number, dy: number): void {
  for (const index of new Set([...eye.upper, ...eye.lower])) {
    mesh[index * 3]! += dx;
    mesh[index * 3 + 1]! += dy;
  }
}

function findIris(mesh: FaceMesh, image: RgbImage, eye: Eye, faceHeight: number): { x: number; y: number } {
  const [x, y] = middle(mesh, eye);
  const step = Math.max(1, faceHeight * 0.006);
  let best = { score: -Infinity, x, y };
  for (let dy = -SEARCH_UP * faceHeight; dy <= SEARCH_DOWN * faceHeight; dy += step) {
    for (let dx = -SEARCH_ACROSS * faceHeight; dx <= SEARCH_ACROSS * faceHeight; dx += step) {
      const far = Math.hypot(dx / (SEARCH_ACROSS * faceHeight), dy / (SEARCH_UP * faceHeight));
      const score = irisContrast(image, x + dx, y + dy, IRIS_RADIUS * faceHeight) * (1 - 0.3 * far);
      if (score > best.score) best = { score, x: x + dx, y: y + dy };
    }
  }
  return best;
}

/** How much darker a disc is than the darkest of what lies to its left, right and below: hair and brows have no such rim. */
function irisContrast(image: RgbImage, x: number, y: number, radius: number): number {
  const inside = meanBrightness(image, x, y, radius * 0.6);
  const left = meanBrightness(image, x - radius * 1.7, y, radius * 0.45);
  const right = meanBrightness(image, x + radius * 1.7, y, radius * 0.45);
  const below = meanBrightness(image, x, y + radius * 1.9, radius * 0.45);
  return Math.min((left + right) / 2, below) - inside + 0.5 * (Math.min(left, right) - inside);
}

function meanBrightness(image: RgbImage, x: number, y: number, radius: number): number {
  let sum = 0;
  let count = 0;
  for (let dy = -1; dy <= 1; dy += 0.5) {
    for (let dx = -1; dx <= 1; dx += 0.5) {
      const px = Math.round(x + dx * radius);
      const py = Math.round(y + dy * radius);
      if (px < 0 || py < 0 || px >= image.width || py >= image.height) continue;
      const p = (py * image.width + px) * 3;
      sum += image.data[p]! * 0.3 + image.data[p + 1]! * 0.59 + image.data[p + 2]! * 0.11;
      count++;
    }
  }
  return count > 0 ? sum / count : 0;
}

/** Where the mesh shrank the far eye of a turned head to a speck, gives it the near one's outline, mirrored and foreshortened. */
function reshapeFarEye(mesh: FaceMesh): Eye | undefined {
  const widths = eyes.map(({ upper }) => xOf(mesh, upper[upper.length - 1]!) - xOf(mesh, upper[0]!));
  const far = widths[0]! < widths[1]! ? 0 : 1;
  if (widths[far]! > LOST_WIDTH * widths[1 - far]!) return undefined;
  const farEye = eyes[far]!;
  const nearEye = eyes[1 - far]!;
  const [farX, farY] = middle(mesh, farEye);
  const [nearX, nearY] = middle(mesh, nearEye);
  for (const edge of ['upper', 'lower'] as const) {
    const from = [...nearEye[edge]].reverse();
    farEye[edge].forEach((index, i) => {
      mesh[index * 3] = farX - (xOf(mesh, from[i]!) - nearX) * FAR_WIDTH;
      mesh[index * 3 + 1] = farY + (yOf(mesh, from[i]!) - nearY);
    });
  }
  return farEye;
}

function middle(mesh: FaceMesh, eye: Eye): [number, number] {
  const points = [...eye.upper, ...eye.lower];
  const mean = (of: (mesh: FaceMesh, index: number) => number) => points.reduce((sum, index) => sum + of(mesh, index), 0) / points.length;
  return [mean(xOf), mean(yOf)];
}
