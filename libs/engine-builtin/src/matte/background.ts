import sharp from 'sharp';
import { allocateI420, blueOf, lumaOf, redOf } from '@visavis/engine';
import type { Background, I420Picture, PictureSize } from '@visavis/engine';
import { CELL } from '../stage/staged-avatar.ts';
import { halfAlpha } from './half-alpha.ts';
import { fillBehind } from './inpaint.ts';

/** The green of studios: far from skin, and what keying tools look for by themselves. */
export const STUDIO_GREEN = '#00b140';
/** Blur at strength 0 and 1: standard deviation, in parts of the picture's shorter side. */
const LEAST_BLUR = 0.006;
const MOST_BLUR = 0.045;
/** What belongs to the person without being seen as such, in parts of the shorter side. */
const MARGIN = 0.012;

/** An avatar's own picture at the frame's size, with its alpha. */
export interface OwnPicture {
  picture: I420Picture;
  alpha: Uint8Array;
}

/** What the person is laid over, at the size of the frames (in whole cells); undefined for `keep`. A transparent one is black, so that colours come multiplied with alpha. */
export async function prepareBackground(background: Background, size: PictureSize, own: OwnPicture): Promise<I420Picture | undefined> {
  switch (background.type) {
    case 'keep':
      return undefined;
    case 'color':
      return plainPicture(background.color, size);
    case 'green':
      return plainPicture(STUDIO_GREEN, size);
    case 'transparent':
      return plainPicture('#000000', size);
    case 'image':
      return fitted(background.picture, size);
    case 'blur':
      return blurredBehind(own, background.strength);
  }
}

export function plainPicture(color: string, size: PictureSize): I420Picture {
  const [, r = 0, g = 0, b = 0] = [0, ...[1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))];
  if (!/^#[0-9a-f]{6}$/i.test(color)) throw new RangeError(`a colour is #rrggbb, not ${color}`);
  const picture = allocateI420(size);
  const luma = size.width * size.height;
  picture.data.fill(lumaOf(r, g, b), 0, luma);
  picture.data.fill(blueOf(r, g, b), luma, luma * 1.25);
  picture.data.fill(redOf(r, g, b), luma * 1.25);
  return picture;
}

/** The picture at the size of frames in whole cells: its right and lower edges go on as far as those are larger. What is added is cut off again. */
function fitted(picture: I420Picture, size: PictureSize): I420Picture {
  const more = { width: size.width - picture.width, height: size.height - picture.height };
  if (more.width === 0 && more.height === 0) return picture;
  if (Math.min(more.width, more.height) < 0 || Math.max(more.width, more.height) >= CELL) {
    throw new RangeError(`the background is ${picture.width}x${picture.height}, the frame ${size.width}x${size.height}`);
  }
  const larger = allocateI420(size);
  for (const [share, scale] of [[0, 1], [1, 2], [1.25, 2]] as const) {
    const from = picture.data.subarray(share * picture.width * picture.height);
    const to = larger.data.subarray(share * size.width * size.height);
    const width = picture.width / scale;
    const toWidth = size.width / scale;
    for (let y = 0; y < size.height / scale; y++) {
      const row = Math.min(y, picture.height / scale - 1) * width;
      to.set(from.subarray(row, row + width), y * toWidth);
      to.fill(from[row + width - 1]!, y * toWidth + width, (y + 1) * toWidth);
    }
  }
  return larger;
}

/** The picture without the person, out of focus. */
async function blurredBehind({ picture, alpha }: OwnPicture, strength: number): Promise<I420Picture> {
  const { width, height } = picture;
  const shorter = Math.min(width, height);
  const sigma = (LEAST_BLUR + (MOST_BLUR - LEAST_BLUR) * Math.min(Math.max(strength, 0), 1)) * shorter;
  const margin = Math.ceil(MARGIN * shorter);
  const half = halfAlpha(alpha, width, height);
  const luma = width * height;
  const blurred = allocateI420({ width, height });
  const planes = [
    { at: 0, width, height, alpha, margin, sigma },
    { at: luma, width: width / 2, height: height / 2, alpha: half, margin: margin >> 1, sigma: sigma / 2 },
    { at: luma * 1.25, width: width / 2, height: height / 2, alpha: half, margin: margin >> 1, sigma: sigma / 2 },
  ];
  for (const plane of planes) {
    const filled = fillBehind(picture.data.subarray(plane.at, plane.at + plane.width * plane.height), plane.alpha, plane.width, plane.height, plane.margin);
    const raw = { width: plane.width, height: plane.height, channels: 1 as const };
    blurred.data.set(await sharp(filled, { raw }).blur(Math.max(0.3, plane.sigma)).extractChannel(0).raw().toBuffer(), plane.at);
  }
  return blurred;
}
