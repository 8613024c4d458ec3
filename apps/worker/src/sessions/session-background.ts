import { createHash } from 'node:crypto';
import type { GrantedBackground } from '@visavis/contracts';
import { rgbToI420, type Background, type I420Picture, type PictureSize } from '@visavis/engine';
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
  const data = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
    .autoOrient()
    .resize({ width, height, fit: 'cover' })
    .flatten({ background: '#808080' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer();
  return rgbToI420(data, { width, height });
}
