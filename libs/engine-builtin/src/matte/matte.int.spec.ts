import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { createLoopEncoder } from '@visavis/codec';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadFaceDetector } from '../face/face-detector.ts';
import type { RgbImage } from '../face/face-detector.ts';
import { faceOval, transformMesh, xOf, yOf } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { decodeUpload } from '../prepare/decode-upload.ts';
import { findFace } from '../prepare/find-face.ts';
import { rgbToPlanes } from '../render/texture.ts';
import { alphaLevels, foregroundOf } from './foreground.ts';
import { mattesOfLoop } from './frame-mattes.ts';
import { createMatteTracker, matteOf } from './matte.ts';

const stock = (name: string) => new URL(`../../assets/stock/${name}.jpg`, import.meta.url);

async function portrait(name: string): Promise<{ image: RgbImage; mesh: FaceMesh }> {
  const { image, reduction } = await decodeUpload(readFileSync(stock(name)));
  const { mesh } = await findFace(await loadFaceDetector(), image, reduction);
  return { image, mesh };
}

function meanOf(alpha: Uint8Array, width: number, left: number, top: number, right: number, bottom: number): number {
  let sum = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += alpha[y * width + x]!;
  return sum / ((right - left) * (bottom - top));
}

describe('the matte of a painting', () => {
  let image: RgbImage;
  let mesh: FaceMesh;
  let alpha: Uint8Array;

  beforeAll(async () => {
    ({ image, mesh } = await portrait('moller-gogol'));
    alpha = await matteOf(image, mesh);
  });

  it('is solid in the face and on the chest, clear above and beside the head', () => {
    const { width, height } = image;
    for (const index of faceOval) expect(alpha[Math.round(yOf(mesh, index)) * width + Math.round(xOf(mesh, index))]).toBeGreaterThan(250);
    expect(meanOf(alpha, width, Math.round(width * 0.3), Math.round(height * 0.85), Math.round(width * 0.7), height)).toBeGreaterThan(252);
    expect(meanOf(alpha, width, 0, 0, width, Math.round(height * 0.05))).toBeLessThan(2);
    expect(meanOf(alpha, width, 0, 0, Math.round(width * 0.08), Math.round(height * 0.6))).toBeLessThan(2);
    expect(meanOf(alpha, width, Math.round(width * 0.92), 0, width, Math.round(height * 0.6))).toBeLessThan(2);
  });

  it('is one piece, and mostly decided', () => {
    const between = alpha.filter((value) => value > 0 && value < 255).length;
    expect(between / alpha.length).toBeLessThan(0.08);
    expect(between).toBeGreaterThan(500);
  });

  it('laid over another background shows nothing of the one it is cut from', async () => {
    const { width, height } = image;
    const over = (person: readonly Uint8Array[], a: Uint8Array, colour: readonly number[]) =>
      Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.round((person[i % 3]![Math.floor(i / 3)]! * a[Math.floor(i / 3)]! + colour[i % 3]! * (255 - a[Math.floor(i / 3)]!)) / 255));
    const channels = (rgb: Uint8Array) => [0, 1, 2].map((c) => Uint8Array.from({ length: width * height }, (_, i) => rgb[3 * i + c]!));
    const cut = channels(image.data).map((channel) => foregroundOf(channel, alphaLevels(alpha, width, height)));
    // The same person before a red wall, cut out again and put before green, beside what that should look like.
    const red = { width, height, data: over(cut, alpha, [200, 20, 30]) };
    const again = await matteOf(red, mesh);
    const shown = over(channels(red.data).map((channel) => foregroundOf(channel, alphaLevels(again, width, height))), again, [0, 177, 64]);
    const ideal = over(cut, alpha, [0, 177, 64]);
    let redder = 0;
    let count = 0;
    for (let i = 0; i < width * height; i++) {
      if (alpha[i] === 0 || alpha[i] === 255) continue;
      redder += shown[3 * i]! - ideal[3 * i]!;
      count++;
    }
    expect(Math.abs(redder / count)).toBeLessThan(12);
  });

  it('has the size of the picture when that is larger than need be', async () => {
    const data = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } }).resize(1700, 1700, { fit: 'fill' }).raw().toBuffer();
    const scale = 1700 / image.width;
    const large = await matteOf({ width: 1700, height: 1700, data }, transformMesh(mesh, 0, 0, scale));
    expect(large).toHaveLength(1700 * 1700);
    expect(meanOf(large, 1700, 700, 700, 1000, 1000)).toBe(255);
    expect(meanOf(large, 1700, 0, 0, 1700, 80)).toBeLessThan(2);
  });
});

describe('a cut of a larger picture', () => {
  it('is told from what lies around it', async () => {
    const { image, mesh } = await portrait('leonardo-mona-lisa');
    const height = Math.round(image.height * 0.55);
    const cut = { width: image.width, height, data: image.data.slice(0, image.width * height * 3) };
    const alpha = await matteOf(cut, mesh, { image, mesh });
    expect(alpha).toHaveLength(cut.width * cut.height);
    // The landscape at the left is none of her shoulders.
    expect(meanOf(alpha, cut.width, 0, 0, Math.round(cut.width * 0.12), height)).toBeLessThan(12);
  });
});

describe('createMatteTracker', () => {
  it('follows a moving head, and stands still with a still one', async () => {
    const { image, mesh } = await portrait('moller-gogol');
    const tracker = createMatteTracker();
    const first = await tracker.next(image, mesh);
    const still = await tracker.next(image, mesh);
    const change = still.reduce((sum, value, i) => sum + Math.abs(value - first[i]!), 0) / still.length;
    expect(change).toBeLessThan(0.1);
    // Six pixels to the right.
    const data = new Uint8Array(image.data.length);
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) data.set(image.data.subarray((y * image.width + Math.max(0, x - 6)) * 3, (y * image.width + Math.max(0, x - 6)) * 3 + 3), (y * image.width + x) * 3);
    }
    const moved = await tracker.next({ ...image, data }, transformMesh(mesh, 6, 0, 1));
    const centre = (alpha: Uint8Array) => {
      let sum = 0, total = 0;
      for (let i = 0; i < (image.width * image.height) / 2; i++) {
        sum += (i % image.width) * alpha[i]!;
        total += alpha[i]!;
      }
      return sum / total;
    };
    expect(centre(moved) - centre(first)).toBeGreaterThan(4);
    expect(centre(moved) - centre(first)).toBeLessThan(8);
    await expect(tracker.next({ width: 64, height: 64, data: new Uint8Array(64 * 64 * 3) }, mesh)).rejects.toThrow(RangeError);
  });
});

describe('mattesOfLoop', () => {
  it('codes alpha of each picture, small and as solid as it was', async () => {
    const { image, mesh } = await portrait('moller-gogol');
    const size = { width: image.width & ~1, height: image.height & ~1 };
    const rgb = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } }).extract({ left: 0, top: 0, ...size }).raw().toBuffer();
    const { y, u, v } = rgbToPlanes(rgb, size.width, size.height);
    const encoder = createLoopEncoder({ ...size, fps: 25, crf: 16 });
    const coded = [0, 1].map(() => encoder.encode({ ...size, data: Uint8Array.from([...y.data, ...u.data, ...v.data]) }));
    encoder.close();
    const parts: number[] = [];
    const mattes = await mattesOfLoop(coded, Float32Array.from([...mesh, ...mesh]), (part) => parts.push(part));
    expect(parts).toEqual([0.5, 1]);
    expect(mattes).toHaveLength(2);
    const { data, info } = await sharp(mattes[1]).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ ...size, channels: 1 });
    expect(mattes[1]!.length).toBeLessThan((size.width * size.height) / 10);
    expect(data[Math.round(yOf(mesh, 1)) * size.width + Math.round(xOf(mesh, 1))]).toBe(255);
    expect(data[3 * size.width + 3]).toBe(0);
  });
});
