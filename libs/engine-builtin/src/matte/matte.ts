import sharp from 'sharp';
import type { PictureSize } from '@visavis/engine';
import type { RgbImage } from '../face/face-detector.ts';
import { distance, faceOval, point, transformMesh, xOf, yOf } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { weighColours } from './colour-evidence.ts';
import { resizePlane } from './float-plane.ts';
import type { FloatPlane } from './float-plane.ts';
import { solveMatting } from './matting.ts';
import type { ColourPlanes } from './matting.ts';
import { personMask } from './person-mask.ts';
import { connectedTo, distanceInside, fillHoles, insideOutline } from './regions.ts';

/** Larger pictures are reduced: edges are then as sharp as these pixels. */
const MAX_WORK_PIXELS = 1_200_000;
/** How far inside and outside of the network's outline the true one is looked for, in heights of the face. Outside lies hair. */
const BAND_INSIDE = 0.055;
const BAND_OUTSIDE = 0.06;
/** Part of the way from the face's middle to its outline. */
const SURE = 0.86;
/** Half the width of a bridge to something that is no part of the person, in heights of the face. */
const THREAD = 0.05;
/** Gaps as small as this, in squares of the face's height, are none. */
const LARGEST_HOLE = 0.1;
/** Colours of an area this wide are judged together, in heights of the face. */
const EVIDENCE_RADIUS = 0.015;
/** What the solver leaves of clear and solid, as noise. */
const CLEAR = 0.22;
const SOLID = 0.9;
/** From coarse to fine: scale of the picture and steps of the solver. */
type Levels = readonly { scale: number; iterations: number }[];
const CAREFUL: Levels = [{ scale: 1 / 4, iterations: 40 }, { scale: 1 / 2, iterations: 25 }, { scale: 1, iterations: 15 }];
const QUICK: Levels = [{ scale: 1 / 4, iterations: 14 }, { scale: 1 / 2, iterations: 6 }];

/** Variance of colour that says nothing: of any picture, and for each variance of its grain. */
const LEAST_NOISE = 1e-4;
const GRAIN_AS_NOISE = 1.5;

/** How much of a still pixel's network answer and alpha comes from the frame before. */
const STEADY_PERSON = 0.5;
const STEADY_ALPHA = 0.6;
/** Change of a pixel's green, of 255, from which on it is not still. */
const MOVED = 24;

/** A picture and the mesh of the face in its pixels. */
export interface PictureWithFace {
  image: RgbImage;
  mesh: FaceMesh;
}

/**
 * Alpha of the person whose face this is: one byte a pixel, 255 where the picture shows nothing but the person. Where the picture was cut
 * out of a larger one, give that as `whole`: the network tells shoulders from landscape by what is below them.
 */
export async function matteOf(image: RgbImage, mesh: FaceMesh, whole?: PictureWithFace): Promise<Uint8Array> {
  const reduced = await reduceTo(MAX_WORK_PIXELS, { image, mesh });
  const { width, height } = reduced.image;
  const faceHeight = distance(reduced.mesh, point.forehead, point.chin);
  const face = faceArea(reduced);
  const person = whole ? await personSeenIn(await reduceTo(MAX_WORK_PIXELS, whole), reduced) : await personMask(reduced.image, reduced.mesh);
  weighColours(reduced.image, person, Math.round(EVIDENCE_RADIUS * faceHeight));
  const outline = personOutline(person, face, width, faceHeight);
  const { alpha, open } = openBand(person, outline, face, width, faceHeight);
  solveCoarseToFine(colourPlanes(reduced.image), alpha, open, CAREFUL);
  const matte = finish(alpha, face, width);
  return reduced.image === image ? matte : resizeGrey(matte, { width, height }, image);
}

export interface MatteTracker {
  /** Alpha of the next frame; all frames of a tracker have one size. */
  next(image: RgbImage, mesh: FaceMesh): Promise<Uint8Array>;
}

/** Alpha of a video's frames, one after the other: quicker than `matteOf`, at half the resolution, and steady where the picture is. */
export function createMatteTracker(): MatteTracker {
  let last: { image: RgbImage; person: Float32Array; alpha: Float32Array } | undefined;
  return {
    async next(image, mesh) {
      if (last && (last.image.width !== image.width || last.image.height !== image.height)) throw new RangeError('the frames of a video have one size');
      const { width } = image;
      const faceHeight = distance(mesh, point.forehead, point.chin);
      const face = faceArea({ image, mesh });
      const person = await personMask(image, mesh, { quick: true });
      if (last) for (let i = 0; i < person.length; i++) person[i]! += STEADY_PERSON * stillness(image, last.image, i) * (last.person[i]! - person[i]!);
      const likely = person.slice();
      weighColours(image, likely, Math.round(EVIDENCE_RADIUS * faceHeight));
      const { alpha, open } = openBand(likely, personOutline(likely, face, width, faceHeight), face, width, faceHeight);
      solveCoarseToFine(colourPlanes(image), alpha, open, QUICK);
      if (last) for (let i = 0; i < alpha.length; i++) alpha[i]! += STEADY_ALPHA * stillness(image, last.image, i) * (last.alpha[i]! - alpha[i]!);
      last = { image, person, alpha };
      return finish(alpha, face, width);
    },
  };
}

function stillness(image: RgbImage, before: RgbImage, pixel: number): number {
  const change = Math.abs(image.data[pixel * 3 + 1]! - before.data[pixel * 3 + 1]!) / MOVED;
  return Math.max(0, 1 - change * change);
}

/** The network's answer about the whole picture, for the part of it that `cut` shows, in the cut's pixels. */
async function personSeenIn(whole: PictureWithFace, cut: PictureWithFace): Promise<Float32Array> {
  const { image, mesh } = whole;
  const person = await personMask(image, mesh);
  const scale = distance(cut.mesh, point.forehead, point.chin) / distance(mesh, point.forehead, point.chin);
  const left = Math.min(Math.max(Math.round(xOf(mesh, point.noseTip) - xOf(cut.mesh, point.noseTip) / scale), 0), image.width - 1);
  const top = Math.min(Math.max(Math.round(yOf(mesh, point.noseTip) - yOf(cut.mesh, point.noseTip) / scale), 0), image.height - 1);
  const width = Math.min(image.width - left, Math.round(cut.image.width / scale));
  const height = Math.min(image.height - top, Math.round(cut.image.height / scale));
  const part = new Float32Array(width * height);
  for (let y = 0; y < height; y++) part.set(person.subarray((top + y) * image.width + left, (top + y) * image.width + left + width), y * width);
  return resizePlane({ width, height, data: part }, cut.image.width, cut.image.height).data;
}

/** What is the face for sure: the mesh's outline lies outside of narrow jaws, drawn ones above all, and would keep what is beside them. */
function faceArea({ image, mesh }: PictureWithFace): Uint8Array {
  const outline = faceOval.map((index) => ({ x: xOf(mesh, index), y: yOf(mesh, index) }));
  const mean = (of: 'x' | 'y') => outline.reduce((sum, at) => sum + at[of], 0) / outline.length;
  const middle = { x: mean('x'), y: mean('y') };
  const inward = (of: 'x' | 'y', value: number) => middle[of] + SURE * (value - middle[of]);
  return insideOutline(outline.map(({ x, y }) => ({ x: inward('x', x), y: inward('y', y) })), image.width, image.height);
}

/** The person as one piece without small gaps, nor what hangs on a thread only: 1 inside, 0 outside. */
function personOutline(person: Float32Array, face: Uint8Array, width: number, faceHeight: number): Uint8Array {
  const thread = THREAD * faceHeight;
  const likely = face.map((inFace, i) => (inFace === 1 || person[i]! > 0.5 ? 1 : 0));
  const depth = distanceInside(likely, 1, width);
  const core = connectedTo(face.map((_, i) => (depth[i]! > thread ? 1 : 0)), face, width);
  const fromCore = distanceInside(core, 0, width);
  const outline = likely.map((value, i) => (value === 1 && fromCore[i]! < 2 * thread ? 1 : 0));
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
    alpha[i] = known ? outline[i]! : Math.min(Math.max(2 * person[i]! - 0.5, 0), 1);
  }
  return { alpha, open };
}

function solveCoarseToFine(picture: ColourPlanes, alpha: Float32Array, open: Uint8Array, levels: Levels): void {
  const { width, height } = picture;
  const expected = alpha.slice();
  const grain = grainOf(picture, open);
  let solved: FloatPlane | undefined;
  for (const { scale, iterations } of levels) {
    const size = { width: Math.max(8, Math.round(width * scale)), height: Math.max(8, Math.round(height * scale)) };
    const reduce = (data: Float32Array): Float32Array => (scale === 1 ? data : resizePlane({ width, height, data }, size.width, size.height).data);
    const small: ColourPlanes = { ...size, red: reduce(picture.red), green: reduce(picture.green), blue: reduce(picture.blue) };
    const prior = reduce(expected);
    const openShare = reduce(Float32Array.from(open));
    const isOpen = new Uint8Array(openShare.length).map((_, i) => (openShare[i]! > 0 ? 1 : 0));
    const start = solved ? resizePlane(solved, size.width, size.height).data : prior.slice();
    for (let i = 0; i < start.length; i++) if (isOpen[i] === 0) start[i] = prior[i]!;
    solveMatting(small, start, prior, isOpen, { radius: 2, noise: LEAST_NOISE + GRAIN_AS_NOISE * grain, trust: 0.002, iterations });
    solved = { ...size, data: start };
  }
  if (!solved) return;
  const full = resizePlane(solved, width, height).data;
  // Where nothing was open, alpha is exact already.
  for (let i = 0; i < alpha.length; i++) if (open[i] !== 0) alpha[i] = full[i]!;
}

/** Variance from pixel to pixel: canvas and cracks of a painting, noise of a camera. The median of where nothing is looked for, so hair is none. */
function grainOf({ width, height, green }: ColourPlanes, open: Uint8Array): number {
  const found: number[] = [];
  for (let y = 1; y + 1 < height; y += 3) {
    for (let x = 1; x + 1 < width; x += 3) {
      const at = y * width + x;
      if (open[at] === 0) found.push(Math.abs(green[at]! - (green[at - 1]! + green[at + 1]! + green[at - width]! + green[at + width]!) / 4));
    }
  }
  const differences = Float32Array.from(found).sort();
  // The mean of four neighbours brings a quarter of their variance; the median of a normal distribution's sizes is 0.6745 of its deviation.
  return (differences[differences.length >> 1] ?? 0) ** 2 / (1.25 * 0.6745 ** 2);
}

/** To bytes: noise off both ends, nothing that hangs on nothing, the face solid. */
function finish(alpha: Float32Array, face: Uint8Array, width: number): Uint8Array {
  const levels = face.map((inFace, i) => (inFace === 1 ? 255 : Math.round(255 * Math.min(Math.max((alpha[i]! - CLEAR) / (SOLID - CLEAR), 0), 1))));
  const held = connectedTo(levels, face, width);
  return levels.map((value, i) => (held[i] === 1 ? value : 0));
}

function colourPlanes({ width, height, data }: RgbImage): ColourPlanes {
  const planes = { width, height, red: new Float32Array(width * height), green: new Float32Array(width * height), blue: new Float32Array(width * height) };
  for (let i = 0, at = 0; i < width * height; i++) {
    planes.red[i] = data[at++]! / 255;
    planes.green[i] = data[at++]! / 255;
    planes.blue[i] = data[at++]! / 255;
  }
  return planes;
}

async function reduceTo(pixels: number, picture: PictureWithFace): Promise<PictureWithFace> {
  const { image, mesh } = picture;
  const scale = Math.sqrt(pixels / (image.width * image.height));
  if (scale >= 1) return picture;
  const width = Math.round(image.width * scale);
  const height = Math.round(image.height * scale);
  const data = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } }).resize({ width, height, fit: 'fill' }).raw().toBuffer();
  return { image: { width, height, data }, mesh: transformMesh(mesh, 0, 0, scale) };
}

async function resizeGrey(data: Uint8Array, from: PictureSize, { width, height }: PictureSize): Promise<Uint8Array> {
  return sharp(data, { raw: { width: from.width, height: from.height, channels: 1 } }).resize({ width, height, fit: 'fill', kernel: 'cubic' }).extractChannel(0).raw().toBuffer();
}
