import sharp from 'sharp';
import type { RgbImage } from '../face/face-detector.ts';
import { distance, faceOval, point, transformMesh, xOf, yOf } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { weighColours } from './colour-evidence.ts';
import { resizePlane } from './float-plane.ts';
import { solveMatting } from './matting.ts';
import type { ColourPlanes } from './matting.ts';
import { personMask } from './person-mask.ts';
import { connectedTo, distanceInside, fillHoles, insideOutline } from './regions.ts';

/** Larger pictures are reduced: edges are then as sharp as these pixels. */
const MAX_WORK_PIXELS = 1_600_000;
/** How far inside and outside of the network's outline the true one is looked for, in heights of the face. Outside lies hair. */
const BAND_INSIDE = 0.055;
const BAND_OUTSIDE = 0.06;
/** Gaps as small as this, in squares of the face's height, are none. */
const LARGEST_HOLE = 0.01;
/** What the solver leaves of clear and solid, as noise. */
const CLEAR = 0.05;
const SOLID = 0.95;
/** From coarse to fine: scale of the picture and steps of the solver. */
const CAREFUL = [
  { scale: 1 / 4, iterations: 40 },
  { scale: 1 / 2, iterations: 25 },
  { scale: 1, iterations: 15 },
] as const;

/** Alpha of the person whose face this is: one byte a pixel, 255 where the picture shows nothing but the person. */
export async function matteOf(image: RgbImage, mesh: FaceMesh): Promise<Uint8Array> {
  const reduction = Math.sqrt(MAX_WORK_PIXELS / (image.width * image.height));
  if (reduction < 1) return enlarge(await matteOf(await resize(image, reduction), transformMesh(mesh, 0, 0, reduction)), reduction, image);
  const { width, height } = image;
  const faceHeight = distance(mesh, point.forehead, point.chin);
  const face = insideOutline(faceOval.map((index) => ({ x: xOf(mesh, index), y: yOf(mesh, index) })), width, height);
  const person = await personMask(image, mesh);
  weighColours(image.data, person);
  const outline = personOutline(person, face, width, faceHeight);
  const { alpha, open } = openBand(person, outline, face, width, faceHeight);
  solveCoarseToFine(colourPlanes(image), alpha, open);
  return finish(alpha, face, width);
}

/** The person as one piece without small gaps: 1 inside, 0 outside. */
function personOutline(person: Float32Array, face: Uint8Array, width: number, faceHeight: number): Uint8Array {
  const likely = Uint8Array.from(person, (value, i) => (value > 0.5 || face[i] === 1 ? 1 : 0));
  const outline = connectedTo(likely, face, width);
  fillHoles(outline, width, LARGEST_HOLE * faceHeight ** 2);
  return outline;
}

/** Alpha as far as the network knows it, and the band along the outline that is open. */
function openBand(person: Float32Array, outline: Uint8Array, face: Uint8Array, width: number, faceHeight: number): { alpha: Float32Array; open: Uint8Array } {
  const inside = distanceInside(outline, 1, width);
  const outside = distanceInside(outline, 0, width);
  const alpha = new Float32Array(person.length);
  const open = new Uint8Array(person.length);
  for (let i = 0; i < person.length; i++) {
    const known = face[i] === 1 || inside[i]! > BAND_INSIDE * faceHeight || outside[i]! > BAND_OUTSIDE * faceHeight;
    open[i] = known ? 0 : 1;
    alpha[i] = known ? outline[i]! : person[i]!;
  }
  return { alpha, open };
}

function solveCoarseToFine(picture: ColourPlanes, alpha: Float32Array, open: Uint8Array): void {
  const { width, height } = picture;
  const expected = alpha.slice();
  let solved: { width: number; height: number; data: Float32Array } | undefined;
  for (const { scale, iterations } of CAREFUL) {
    const size = { width: Math.max(8, Math.round(width * scale)), height: Math.max(8, Math.round(height * scale)) };
    const reduce = (data: Float32Array): Float32Array => (scale === 1 ? data : resizePlane({ width, height, data }, size.width, size.height).data);
    const small: ColourPlanes = { ...size, red: reduce(picture.red), green: reduce(picture.green), blue: reduce(picture.blue) };
    const prior = reduce(expected);
    const isOpen = Uint8Array.from(reduce(Float32Array.from(open)), (value) => (value > 0 ? 1 : 0));
    const start = solved ? resizePlane(solved, size.width, size.height).data : prior.slice();
    for (let i = 0; i < start.length; i++) if (isOpen[i] === 0) start[i] = prior[i]!;
    solveMatting(small, start, prior, isOpen, { radius: 2, noise: 1e-4, trust: 0.002, iterations });
    solved = { ...size, data: start };
  }
  alpha.set(solved!.data);
}

/** To bytes: noise off both ends, nothing that hangs on nothing, the face solid. */
function finish(alpha: Float32Array, face: Uint8Array, width: number): Uint8Array {
  const levels = alpha.map((value, i) => (face[i] === 1 ? 1 : Math.min(Math.max((value - CLEAR) / (SOLID - CLEAR), 0), 1)));
  const held = connectedTo(Uint8Array.from(levels, (value) => (value > 0 ? 1 : 0)), face, width);
  return Uint8Array.from(levels, (value, i) => (held[i] === 1 ? Math.round(255 * value) : 0));
}

function colourPlanes({ width, height, data }: RgbImage): ColourPlanes {
  const channel = (offset: number) => Float32Array.from({ length: width * height }, (_, i) => data[i * 3 + offset]! / 255);
  return { width, height, red: channel(0), green: channel(1), blue: channel(2) };
}

async function resize(image: RgbImage, scale: number): Promise<RgbImage> {
  const width = Math.round(image.width * scale);
  const height = Math.round(image.height * scale);
  const data = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } }).resize({ width, height, fit: 'fill' }).raw().toBuffer();
  return { width, height, data };
}

async function enlarge(alpha: Uint8Array, reduction: number, { width, height }: RgbImage): Promise<Uint8Array> {
  const raw = { width: Math.round(width * reduction), height: Math.round(height * reduction), channels: 1 as const };
  return sharp(alpha, { raw }).resize({ width, height, fit: 'fill', kernel: 'cubic' }).extractChannel(0).raw().toBuffer();
}
