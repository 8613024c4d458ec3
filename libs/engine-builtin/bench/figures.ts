/*
 * Two measured figures of avatars that speak: node libs/engine-builtin/bench/figures.ts UPLOAD… [--seconds 6] [--size 512]
 *
 * Identity: distance of the face descriptor (`@vladmandic/human`; 0 is the same picture) between the upload and the speaking frames; beside it,
 * as a scale, how far the source's own pictures lie apart (of a photo: it and its mirror image), and the nearest other person among the uploads.
 * Flicker: mean change of still skin's luma between frames, after the skin was followed; of a clip beside the clip's own.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { looksLikeClip, openClip } from '@visavis/codec';
import type { I420Picture } from '@visavis/engine';
import type { RgbImage } from '../src/face/face-detector.ts';
import type { FaceMesh } from '../src/face/landmarks.ts';
import { createBuiltinEngine } from '../src/index.ts';
import { percentile } from '../src/measure.ts';
import { i420ToRgb } from '../src/render/i420-to-rgb.ts';
import { loadFaceDescriber } from './face-descriptor.ts';
import type { DescribedFace } from './face-descriptor.ts';
import { flicker } from './flicker.ts';
import { copyOf, FPS, play, spoken } from './spoken.ts';

const TEXT = 'Papa bought a bottle of water from my mother. Five of us were here, I thought, and we saw the show. ';
/** Every so many frames the face is looked for anew; skin is followed in between. */
const LOOK_EVERY = 5;
const MOST_SOURCE_SIDE = 1280;

interface Figures {
  name: string;
  source: readonly number[];
  distances: number[];
  ownDistance: number;
  flickers: number[];
  sourceFlickers: number[];
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seconds: { type: 'string', default: '6' }, size: { type: 'string', default: '512' } } });
if (positionals.length === 0) throw new Error('usage: figures.ts UPLOAD… [--seconds 6] [--size 512]');
const size = { width: Number(values.size), height: Number(values.size) };
const frames = Math.round(Number(values.seconds) * FPS);
const describer = await loadFaceDescriber();
const engine = createBuiltinEngine();
const speech = await spoken(TEXT.repeat(3));
const all: Figures[] = [];
for (const path of positionals) {
  try {
    all.push(await figuresOf(basename(path), readFileSync(path)));
  } catch (error) {
    console.log(`${basename(path)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

console.log(`${'avatar'.padEnd(36)} identity: mean   p95   source itself   nearest other | flicker: mean   p95   source`);
for (const figures of all) {
  const others = all.filter((other) => other !== figures).map((other) => describer.distance(figures.source, other.source));
  console.log(
    `${figures.name.padEnd(36)} ${cell(mean(figures.distances), 14)} ${cell(percentile(figures.distances, 0.95), 5)} ${cell(figures.ownDistance, 15)} ${cell(others.length > 0 ? Math.min(...others) : NaN, 15)} | `
      + `${cell(mean(figures.flickers), 13, 2)} ${cell(percentile(figures.flickers, 0.95), 5, 2)} ${cell(mean(figures.sourceFlickers), 8, 2)}`,
  );
}
process.exit(0);

async function figuresOf(name: string, upload: Uint8Array): Promise<Figures> {
  const source = looksLikeClip(upload) ? await clipFigures(upload) : await photoFigures(upload);
  const avatar = await engine.load((await engine.prepare(upload)).bundle, size);
  const shown: I420Picture[] = [];
  for (const { picture } of play(avatar, speech, { ...size, frames })) shown.push(copyOf(picture));
  avatar.close();
  const { described, flickers } = await lookAt(shown);
  return { name, ...source, distances: described.map(({ descriptor }) => describer.distance(source.source, descriptor)), flickers };
}

/** Frames that follow one another. */
async function lookAt(pictures: readonly I420Picture[]): Promise<{ described: DescribedFace[]; flickers: number[] }> {
  const described: DescribedFace[] = [];
  const flickers: number[] = [];
  let mesh: FaceMesh | undefined;
  for (const [i, picture] of pictures.entries()) {
    if (mesh && i > 0) flickers.push(flicker(pictures[i - 1]!, picture, mesh));
    if (i % LOOK_EVERY !== 0) continue;
    const face = await describer.describe(rgbOf(picture));
    mesh = face?.mesh;
    if (face) described.push(face);
  }
  if (described.length === 0) throw new Error('no face in the frames');
  return { described, flickers };
}

async function photoFigures(upload: Uint8Array): Promise<Pick<Figures, 'source' | 'ownDistance' | 'sourceFlickers'>> {
  const upright = sharp(upload).rotate().flatten({ background: '#fff' }).resize({ width: MOST_SOURCE_SIDE, height: MOST_SOURCE_SIDE, fit: 'inside', withoutEnlargement: true }).toColourspace('srgb');
  const { data, info } = await upright.raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: 3 as const };
  const face = await describer.describe({ width: info.width, height: info.height, data });
  const mirrored = await describer.describe({ width: info.width, height: info.height, data: await sharp(data, { raw }).flop().raw().toBuffer() });
  if (!face) throw new Error('no face in the upload');
  return { source: face.descriptor, ownDistance: mirrored ? describer.distance(face.descriptor, mirrored.descriptor) : NaN, sourceFlickers: [] };
}

/** The source of a clip is the mean of its descriptors. */
async function clipFigures(upload: Uint8Array): Promise<Pick<Figures, 'source' | 'ownDistance' | 'sourceFlickers'>> {
  const clip = await openClip(upload);
  const scale = Math.min(1, MOST_SOURCE_SIDE / Math.max(clip.facts.width, clip.facts.height));
  const even = (side: number): number => 2 * Math.round((side * scale) / 2);
  const pictures: I420Picture[] = [];
  for await (const { picture } of clip.frames({ fps: FPS, width: even(clip.facts.width), height: even(clip.facts.height), frames })) pictures.push(picture);
  const { described, flickers } = await lookAt(pictures);
  const source = described[0]!.descriptor.map((_, i) => mean(described.map(({ descriptor }) => descriptor[i]!)));
  return { source, ownDistance: mean(described.map(({ descriptor }) => describer.distance(source, descriptor))), sourceFlickers: flickers };
}

function rgbOf(picture: I420Picture): RgbImage {
  return { width: picture.width, height: picture.height, data: i420ToRgb(picture) };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

function cell(value: number, width: number, digits = 1): string {
  return (Number.isNaN(value) ? '–' : value.toFixed(digits)).padStart(width);
}
