import { createHash } from 'node:crypto';
import type { GrantedBackground } from '@visavis/contracts';
import { allocateI420, type Background, type I420Picture, type PictureSize } from '@visavis/engine';
import sharp from 'sharp';

const FETCH_TIMEOUT_MS = 15_000;
/** Checked in the header, before any pixel is decoded: a small file can promise a picture that fills the memory. */
const MAX_PIXELS = 40_000_000;

/** What is behind a session's avatar, as its engine takes it. A picture fills the frame and is cut where it is too wide or too high. */
export async function openBackground(granted: GrantedBackground, { width, height }: PictureSize): Promise<Background> {
  if (granted.type !== 'image') return granted;
  // The API fetched it from the customer's address and keeps it in our own storage.
  const response = await fetch(granted.url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`the background picture could not be fetched: ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { type: 'image', id: createHash('sha256').update(bytes).digest('hex'), picture: await decodeCovering(bytes, { width, height }) };
}

/** @throws Error when it is no picture after all */
export async function decodeCovering(bytes: Uint8Array, { width, height }: PictureSize): Promise<I420Picture> {
  const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
    .autoOrient()
    .resize({ width, height, fit: 'cover' })
    .flatten({ background: '#808080' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return toI420(data, info.channels, { width, height });
}

/** BT.601, limited range; colour is the mean of four pixels. */
function toI420(rgb: Uint8Array, channels: number, size: PictureSize): I420Picture {
  const picture = allocateI420(size);
  const { width, height } = size;
  const at = (x: number, y: number, channel: number): number => rgb[(y * width + x) * channels + (channels < 3 ? 0 : channel)]!;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) picture.data[y * width + x] = 16 + 0.256788 * at(x, y, 0) + 0.504129 * at(x, y, 1) + 0.097906 * at(x, y, 2) + 0.5;
  }
  const mean = (x: number, y: number, channel: number): number => (at(x, y, channel) + at(x + 1, y, channel) + at(x, y + 1, channel) + at(x + 1, y + 1, channel)) / 4;
  let u = width * height;
  let v = u + (width * height) / 4;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const [red, green, blue] = [mean(x, y, 0), mean(x, y, 1), mean(x, y, 2)];
      picture.data[u++] = 128.5 - 0.148223 * red - 0.290993 * green + 0.439216 * blue;
      picture.data[v++] = 128.5 + 0.439216 * red - 0.367788 * green - 0.071427 * blue;
    }
  }
  return picture;
}
