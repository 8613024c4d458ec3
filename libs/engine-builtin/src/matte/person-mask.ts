import sharp from 'sharp';
import type { RgbImage } from '../face/face-detector.ts';
import { distance, meshBounds, point } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { loadSegmenter, SEGMENTER_SIDE } from './segmenter.ts';
import type { Segmenter } from './segmenter.ts';

/** One cut of the picture that the network is shown. */
interface View {
  left: number;
  top: number;
  width: number;
  height: number;
  /** How much its word counts in the middle; at its borders inside the picture it fades, since the network sees no further there. */
  weight: number;
  /** The network wants squares: whether the cut is filled up to one, or squeezed into one. It errs differently about both. */
  padded: boolean;
}

/** Sides of the cuts, in heights of the face from forehead to chin: head and shoulders, and the head with its hair close up. */
const CUTS = [
  { side: 3.6, down: 0.55, weight: 2, padded: false },
  { side: 3.6, down: 0.55, weight: 1, padded: true },
  { side: 3, down: 0.3, weight: 2, padded: false },
  { side: 2.5, down: 0.1, weight: 2, padded: true },
] as const;
const FADE = 0.14;

/**
 * How likely each pixel shows the person whose face this is, 0 to 1, as soft as the network's 256 pixels across a cut are. It is shown
 * the whole picture and several cuts, each also mirrored, as it errs differently about each; with `quick` (frames of a video), one.
 */
export async function personMask(image: RgbImage, mesh: FaceMesh, { quick = false } = {}): Promise<Float32Array> {
  const segmenter = await loadSegmenter();
  const views = quick ? quickViews(image, mesh) : carefulViews(image, mesh);
  const sum = new Float32Array(image.width * image.height);
  const weights = new Float32Array(image.width * image.height);
  for (const view of views) addView(image, view, await personInView(segmenter, image, view, !quick), sum, weights);
  for (let i = 0; i < sum.length; i++) sum[i]! /= weights[i]!;
  return sum;
}

function carefulViews(image: RgbImage, mesh: FaceMesh): View[] {
  const whole: View = { left: 0, top: 0, width: image.width, height: image.height, weight: 2, padded: false };
  return [whole, { ...whole, padded: true }, ...CUTS.map((cut) => headCut(image, mesh, cut))];
}

/** The network was made for people near a camera: the larger cut, or the whole picture where that is hardly larger. */
function quickViews(image: RgbImage, mesh: FaceMesh): View[] {
  const cut = headCut(image, mesh, CUTS[0]);
  const whole: View = { left: 0, top: 0, width: image.width, height: image.height, weight: 0.05, padded: false };
  return cut.width * cut.height > 0.6 * image.width * image.height ? [whole] : [whole, cut];
}

function headCut(image: RgbImage, mesh: FaceMesh, { side, down, weight, padded }: (typeof CUTS)[number]): View {
  const faceHeight = distance(mesh, point.forehead, point.chin);
  const bounds = meshBounds(mesh);
  const centreX = (bounds.left + bounds.right) / 2;
  const centreY = (bounds.top + bounds.bottom) / 2 + down * faceHeight;
  const left = Math.round(Math.max(0, centreX - (side * faceHeight) / 2));
  const top = Math.round(Math.max(0, centreY - (side * faceHeight) / 2));
  const right = Math.round(Math.min(image.width, centreX + (side * faceHeight) / 2));
  const bottom = Math.round(Math.min(image.height, centreY + (side * faceHeight) / 2));
  return { left, top, width: Math.max(2, right - left), height: Math.max(2, bottom - top), weight, padded };
}

/** The network's answer, scaled to the cut's own size. */
async function personInView(segmenter: Segmenter, image: RgbImage, view: View, mirrored: boolean): Promise<Uint8Array> {
  const { left, top, width, height, padded } = view;
  const scale = SEGMENTER_SIDE / Math.max(width, height);
  const seenWidth = padded ? Math.max(1, Math.round(width * scale)) : SEGMENTER_SIDE;
  const seenHeight = padded ? Math.max(1, Math.round(height * scale)) : SEGMENTER_SIDE;
  const rgb = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .extract({ left, top, width, height })
    .resize({ width: seenWidth, height: seenHeight, fit: 'fill' })
    .extend({ right: SEGMENTER_SIDE - seenWidth, bottom: SEGMENTER_SIDE - seenHeight, background: '#808080' })
    .raw()
    .toBuffer();
  const person = segmenter.personIn(rgb);
  if (mirrored) {
    const other = segmenter.personIn(mirror(rgb));
    for (let i = 0; i < person.length; i++) person[i] = (person[i]! + other[mirroredIndex(i)]!) / 2;
  }
  const answer = Uint8Array.from(person, (value) => Math.round(255 * value));
  const cut = await sharp(answer, { raw: { width: SEGMENTER_SIDE, height: SEGMENTER_SIDE, channels: 1 } })
    .extract({ left: 0, top: 0, width: seenWidth, height: seenHeight })
    .extractChannel(0)
    .raw()
    .toBuffer();
  return sharp(cut, { raw: { width: seenWidth, height: seenHeight, channels: 1 } }).resize({ width, height, fit: 'fill', kernel: 'cubic' }).extractChannel(0).raw().toBuffer();
}

function mirroredIndex(i: number): number {
  const column = i % SEGMENTER_SIDE;
  return i - column + SEGMENTER_SIDE - 1 - column;
}

function mirror(rgb: Uint8Array): Uint8Array {
  const turned = new Uint8Array(rgb.length);
  for (let i = 0; i * 3 < rgb.length; i++) turned.set(rgb.subarray(i * 3, i * 3 + 3), mirroredIndex(i) * 3);
  return turned;
}

function addView(image: RgbImage, view: View, person: Uint8Array, sum: Float32Array, weights: Float32Array): void {
  const { left, top, width, height } = view;
  const fade = FADE * Math.min(width, height);
  // Where a cut ends with the picture, there was nothing more to see.
  const across = Float32Array.from({ length: width }, (_, x) => Math.min(left === 0 ? 1 : (x + 1) / fade, left + width === image.width ? 1 : (width - x) / fade, 1));
  for (let y = 0; y < height; y++) {
    const down = Math.min(top === 0 ? 1 : (y + 1) / fade, top + height === image.height ? 1 : (height - y) / fade, 1);
    for (let x = 0; x < width; x++) {
      const to = (top + y) * image.width + left + x;
      const weight = view.weight * down * across[x]!;
      sum[to]! += (weight * person[y * width + x]!) / 255;
      weights[to]! += weight;
    }
  }
}
