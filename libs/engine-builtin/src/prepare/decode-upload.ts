import sharp from 'sharp';
import type { Metadata } from 'sharp';
import { PrepareError } from '@visavis/engine';
import type { RgbImage } from '../face/face-detector.ts';

/** Checked in the header, before any pixel is decoded: a small file can promise a picture that fills the memory. */
export const MAX_PIXELS = 40_000_000;
/** More detail than this is never used; larger pictures are reduced while they are decoded. */
export const MAX_DECODED_SIDE = 3000;
export const MIN_SIDE = 128;

/** `heif` is the container of AVIF. */
const READABLE_FORMATS: readonly string[] = ['jpeg', 'png', 'webp', 'heif', 'tiff'];

export interface DecodedUpload {
  image: RgbImage;
  /** Pixels of the upload per pixel of `image`, 1 or more. */
  reduction: number;
  format: string;
}

/**
 * Decodes a still picture to upright 8-bit sRGB; transparent parts become mid grey.
 * @throws PrepareError `unreadable_image`, `image_too_large` or `image_too_small`.
 */
export async function decodeUpload(upload: Uint8Array): Promise<DecodedUpload> {
  const header = await readHeader(upload);
  const { width, height, format } = header;
  if (format === 'heif' && header.compression !== 'av1') {
    throw new PrepareError('unreadable_image', 'HEIC photos can\'t be read here. Please save the picture as a JPEG first.');
  }
  if (!READABLE_FORMATS.includes(format)) {
    throw new PrepareError('unreadable_image', `This is a ${format} file. Please upload a JPEG, PNG, WebP or AVIF photo.`);
  }
  if ((header.pages ?? 1) > 1) {
    throw new PrepareError('unreadable_image', 'This file holds several pictures or an animation. Please upload a single photo.');
  }
  if (width * height > MAX_PIXELS) {
    const megapixels = Math.round((width * height) / 1e6);
    throw new PrepareError(
      'image_too_large',
      `The picture has ${megapixels} megapixels; at most ${MAX_PIXELS / 1e6} are accepted. Please upload a smaller version.`,
    );
  }
  if (Math.min(width, height) < MIN_SIDE) {
    throw new PrepareError(
      'image_too_small',
      `The picture is ${width}×${height} pixels; its shorter side needs at least ${MIN_SIDE}. Please upload a larger version.`,
    );
  }
  const reduction = Math.max(1, Math.max(width, height) / MAX_DECODED_SIDE);
  try {
    const { data, info } = await sharp(upload, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
      .autoOrient()
      .resize({ width: MAX_DECODED_SIDE, height: MAX_DECODED_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#808080' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { image: { width: info.width, height: info.height, data: asThreeChannels(data, info.channels) }, reduction, format: format === 'heif' ? 'avif' : format };
  } catch (error) {
    if (error instanceof PrepareError) throw error;
    throw new PrepareError('unreadable_image', 'The picture is damaged: it could not be decoded to the end. Please export it again.');
  }
}

async function readHeader(upload: Uint8Array): Promise<Metadata> {
  try {
    // No pixel limit here: reading a header costs nothing, and the limit is reported in words below.
    return await sharp(upload, { limitInputPixels: false, animated: true }).metadata();
  } catch {
    throw new PrepareError('unreadable_image', 'This file is not a picture that can be read. Please upload a JPEG, PNG, WebP or AVIF photo.');
  }
}

function asThreeChannels(data: Buffer, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (channels !== 1) throw new PrepareError('unreadable_image', 'The picture has an unusual colour format. Please save it as an RGB JPEG.');
  const rgb = new Uint8Array(data.byteLength * 3);
  for (let i = 0; i < data.byteLength; i++) rgb.fill(data[i] ?? 0, i * 3, i * 3 + 3);
  return rgb;
}
