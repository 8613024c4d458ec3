/*
 * What a clip became: node libs/engine-builtin/bench/video-store.ts CLIP OUT-FOLDER
 * Writes the store of mouths sorted by their opening (with control points, and as the masks cut them), the loop's frames around its seam
 * and, with the mouth's points at rest, through the whole loop; prints the report.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { createVideoDecoder } from '@visavis/codec';
import { PrepareError } from '@visavis/engine';
import type { I420Picture } from '@visavis/engine';
import { ownInference } from '@visavis/viseme-net';
import { unpackAvatar } from '../src/bundle/avatar-bundle.ts';
import { CONTROL_POINT_COUNT, LIP_POINT_COUNT } from '../src/bundle/control-points.ts';
import { mouthFeature, MOUTH_FEATURES } from '../src/bundle/mouth-features.ts';
import { prepareVideo } from '../src/prepare/video/prepare-video.ts';
import { i420ToRgb } from '../src/render/i420-to-rgb.ts';
import { writeSheet } from './frames.ts';
import type { Tile } from './frames.ts';

const [clipPath, folder] = process.argv.slice(2);
if (!clipPath || !folder) throw new Error('usage: video-store.ts CLIP OUT-FOLDER');
mkdirSync(folder, { recursive: true });
const name = basename(clipPath).replace(/\.\w+$/, '');
const identity = { engine: 'builtin', engineVersion: '2' };
const startedMs = performance.now();
const before = process.cpuUsage();
const prepared = await prepareVideo(readFileSync(clipPath), identity, undefined, { inference: ownInference() }).catch((error: unknown) => {
  if (!(error instanceof PrepareError)) throw error;
  console.log(`${name}: ${error.code}: ${error.message}`);
  process.exit(0);
});
const { user, system } = process.cpuUsage(before);
console.log(`${name}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of CPU, ${(prepared.bundle.byteLength / 1e6).toFixed(1)} MB`, prepared.report);
writeFileSync(join(folder, `${name}.bundle`), prepared.bundle);
const avatar = unpackAvatar(prepared.bundle, identity);

const { mouths, base } = avatar;
const mosaic = await sharp(mouths.mosaic).removeAlpha().raw().toBuffer({ resolveWithObject: true });
const mask = await sharp(mouths.mask).raw().toBuffer({ resolveWithObject: true });
const opening = (i: number): number => {
  const at = (feature: number): number => mouths.features[i * MOUTH_FEATURES + feature]!;
  return at(mouthFeature.jaw) + at(mouthFeature.jawRound) + 0.2 * (at(mouthFeature.upperLip) + at(mouthFeature.lowerLip)) - 0.3 * at(mouthFeature.press);
};
const order = Array.from({ length: mouths.count }, (_, i) => i).sort((a, b) => opening(a) - opening(b));
const patches = order.map((i): Tile => {
  const { width, height, columns } = mouths;
  const rgb = new Uint8Array(width * 3 * height * 3);
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const x = (i % columns) * width + u;
      const y = Math.floor(i / columns) * height + v;
      const cut = mask.data[(y * mask.info.width + x) * mask.info.channels]! / 255;
      for (let c = 0; c < 3; c++) {
        const value = mosaic.data[(y * mosaic.info.width + x) * 3 + c]!;
        rgb[(v * width * 3 + u) * 3 + c] = value;
        rgb[(v * width * 3 + width + u) * 3 + c] = value;
        rgb[(v * width * 3 + 2 * width + u) * 3 + c] = value * cut + 128 * (1 - cut);
      }
    }
  }
  const tile = { rgb, width: width * 3, height };
  for (let p = 0; p < CONTROL_POINT_COUNT; p++) dot(tile, width + mouths.points[(i * CONTROL_POINT_COUNT + p) * 2]!, mouths.points[(i * CONTROL_POINT_COUNT + p) * 2 + 1]!, colourOf(p));
  const f = Array.from(mouths.features.subarray(i * MOUTH_FEATURES, (i + 1) * MOUTH_FEATURES), (value) => Math.round(value * 10) || '.').join(' ');
  return { ...tile, label: f };
});
await writeStrip(join(folder, `${name}-store.png`), patches, 4);

const decoder = createVideoDecoder('h264');
const pictures = base.coded.map((unit) => decoder.decode(unit)!);
decoder.close();
const n = pictures.length;
await writeSheet(join(folder, `${name}-seam.png`), [-6, -4, -2, -1, 0, 1, 2, 4].map((k) => tileOf(pictures[(k + n) % n]!, (k + n) % n, false)), 4, 480);
const shown = Array.from({ length: 12 }, (_, i) => Math.floor((i * n) / 12));
await writeSheet(join(folder, `${name}-loop.png`), shown.map((i) => tileOf(pictures[i]!, i, true)), 4, 480);
const changes = pictures.map((picture, i) => lumaDifference(picture, pictures[(i + n - 1) % n]!));
const usual = [...changes.slice(1)].sort((a, b) => a - b);
console.log(`change over the seam ${changes[0]!.toFixed(2)} grey values, between neighbours ${usual[n >> 1]!.toFixed(2)} (at most ${usual[n - 2]!.toFixed(2)})`);

function tileOf(picture: I420Picture, i: number, points: boolean): Tile {
  const tile = { rgb: i420ToRgb(picture), width: picture.width, height: picture.height };
  if (points) for (let p = 0; p < CONTROL_POINT_COUNT; p++) dot(tile, base.restPoints[(i * CONTROL_POINT_COUNT + p) * 2]!, base.restPoints[(i * CONTROL_POINT_COUNT + p) * 2 + 1]!, colourOf(p));
  return { ...tile, label: String(i) };
}

function colourOf(p: number): readonly [number, number, number] {
  return p < LIP_POINT_COUNT / 2 ? [0, 255, 0] : p < LIP_POINT_COUNT ? [255, 255, 0] : [0, 220, 255];
}

function dot(tile: Tile, x: number, y: number, colour: readonly [number, number, number]): void {
  const [px, py] = [Math.floor(x), Math.floor(y)];
  if (px < 0 || py < 0 || px >= tile.width || py >= tile.height) return;
  tile.rgb.set(colour, (py * tile.width + px) * 3);
}

function lumaDifference(a: I420Picture, b: I420Picture): number {
  let sum = 0;
  const luma = a.width * a.height;
  for (let i = 0; i < luma; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / luma;
}

/** Tiles as they are, twice enlarged. */
async function writeStrip(path: string, tiles: readonly Tile[], columns: number): Promise<void> {
  const [first] = tiles;
  if (!first) return;
  const [width, height] = [first.width * 2, first.height * 2];
  const images = await Promise.all(
    tiles.map(({ rgb, width: w, height: h, label }) =>
      sharp(rgb, { raw: { width: w, height: h, channels: 3 } })
        .resize(width, height, { kernel: 'nearest' })
        .composite([{ input: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="16"><rect width="${width}" height="16" fill="#000" fill-opacity="0.6"/><text x="4" y="12" font-family="monospace" font-size="12" fill="#fff">${label}</text></svg>`), left: 0, top: 0 }])
        .png()
        .toBuffer(),
    ),
  );
  await sharp({ create: { width: width * columns, height: height * Math.ceil(images.length / columns), channels: 3, background: '#000' } })
    .composite(images.map((input, i) => ({ input, left: width * (i % columns), top: height * Math.floor(i / columns) })))
    .png()
    .toFile(path);
}
process.exit(0);
