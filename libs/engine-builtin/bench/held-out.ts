/*
 * How near a video avatar comes to the person: node libs/engine-builtin/bench/held-out.ts CLIP [FOLDER] [--parts 1,5] [--seed 1]
 *
 * A fifth of the clip is hidden, each in turn (or only those that `--parts` names, 1 to 5). The avatar is prepared from what is left, joined, and hears the
 * hidden part's sound; its mouth is compared with the hidden one frame by frame: the distance of the lips' points in distances between the eyes, after
 * the faces were laid over one another, and after the mouths were (their shape alone), the similarity (SSIM) of the mouths' pictures, how far the lips part, and whether they do when
 * the hidden ones do. Beside it: the avatar's resting mouth all the time, and for each hidden frame the nearest mouth of all that were shown, chosen with the hidden points (no
 * engine that repeats what it saw can do better). Means are of all hidden frames; the correlation is of each part, weighted by its frames.
 * With a FOLDER, strips of eight frames of the first part for looking with fresh eyes, real and rendered without a word, in an order drawn by the seed, and what
 * they are in `key.json`.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createMp4Writer, openClip } from '@visavis/codec';
import { MEDIA_CLOCK_HZ } from '@visavis/engine';
import type { I420Picture, PictureSize } from '@visavis/engine';
import { ownInference } from '@visavis/viseme-net';
import { loadFaceDetector } from '../src/face/face-detector.ts';
import { contour, meshBounds } from '../src/face/landmarks.ts';
import type { FaceMesh } from '../src/face/landmarks.ts';
import { createBuiltinEngine } from '../src/index.ts';
import { correlation, percentile } from '../src/measure.ts';
import { createRandom } from '../src/motion/random.ts';
import { i420ToRgb } from '../src/render/i420-to-rgb.ts';
import { centreOf, cropSsim, faceSpace, mouthCrop, mouthDistance, mouthGap, mouthShape, mouthShapeDistance, stillShape } from './face-space.ts';
import type { Crop, MouthShape } from './face-space.ts';
import { tileOf, writeSheet } from './sheet.ts';
import type { Cut } from './sheet.ts';
import { copyOf, FPS, FRAME_SAMPLES, heard, play, silence } from './spoken.ts';
import type { Spoken } from './spoken.ts';

const HIDDEN_PART = 0.2;
/** The engine takes no shorter clip: of one that is hardly longer, less is hidden. */
const LEAST_SHOWN = 5 * FPS;
const MOST_FRAMES = 120 * FPS;
/** Pictures larger than this are halved in price and no better measured. */
const MOST_SIDE = 720;
/** Frames of the shown part that are looked at for the nearest mouth. */
const MOST_SHOWN = 250;
const LEAD_FRAMES = 2 * FPS;
const STRIP_FRAMES = 8;
const STRIPS = 4;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { parts: { type: 'string', default: '1,2,3,4,5' }, seed: { type: 'string', default: '1' } } });
const [path, folder] = positionals;
const parts = values.parts.split(',').map(Number);
if (!path || parts.some((part) => !(part >= 1 && part <= 5))) throw new Error('usage: held-out.ts CLIP [FOLDER] [--parts 1,5] [--seed 1]');
const clip = await openClip(readFileSync(path));
const scale = Math.min(1, MOST_SIDE / Math.max(clip.facts.width, clip.facts.height));
const size: PictureSize = { width: 2 * Math.round((clip.facts.width * scale) / 2), height: 2 * Math.round((clip.facts.height * scale) / 2) };
const pictures: I420Picture[] = [];
for await (const { picture } of clip.frames({ fps: FPS, ...size, frames: MOST_FRAMES })) pictures.push(picture);
const sound = await clip.sound(MEDIA_CLOCK_HZ, MOST_FRAMES / FPS);
if (!sound) throw new Error('the clip has no sound to drive the avatar with');
const hiddenFrames = Math.min(Math.round(pictures.length * HIDDEN_PART), pictures.length - LEAST_SHOWN);
if (hiddenFrames < FPS) throw new Error(`of ${pictures.length} frames no second can be hidden: ${LEAST_SHOWN} are to be shown`);
const meshes = await meshesOf(pictures);
const still = stillShape(meshes.filter((mesh) => mesh !== undefined));

interface Mouth {
  shape: MouthShape;
  crop: Crop;
}

/** What a hidden part was, and what stands for it; a frame without a face has no mouth. */
interface Part {
  first: number;
  rows: Record<'hidden' | 'rendered from the hidden sound' | 'resting mouth, repeated' | 'nearest of those shown, by the hidden points', (Mouth | undefined)[]>;
  rendered: I420Picture[];
  meshes: (FaceMesh | undefined)[];
}

const centre = centreOf(mouthOf(meshes.find((mesh) => mesh !== undefined)!));
const engine = createBuiltinEngine({ inference: ownInference() });
console.log(`${pictures.length} frames of ${size.width}×${size.height}, ${hiddenFrames} hidden at a time`);
const measured: Part[] = [];
for (const part of parts) {
  const first = Math.round(((pictures.length - hiddenFrames) * (part - 1)) / 4);
  try {
    measured.push(await measure(first));
    console.log(`\npart ${part}, frames ${first} to ${first + hiddenFrames - 1}`);
    print(measured.slice(-1));
  } catch (error) {
    console.log(`\npart ${part}, frames ${first} to ${first + hiddenFrames - 1}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
if (measured.length > 1) {
  console.log(`\nall ${measured.length} parts`);
  print(measured);
}
if (folder && measured[0]) await writeStrips(folder, measured[0]);
process.exit(measured.length > 0 ? 0 : 1);

async function measure(first: number): Promise<Part> {
  const isHidden = (_: unknown, i: number): boolean => i >= first && i < first + hiddenFrames;
  const shown = pictures.map((_, i) => i).filter((i) => !isHidden(undefined, i));
  const { bundle } = await engine.prepare(await fileOf(shown));
  const avatar = await engine.load(bundle, size);
  // After silence, as all speech of a session.
  const spoken = new Float32Array((LEAD_FRAMES + hiddenFrames) * FRAME_SAMPLES);
  spoken.set(sound!.subarray(first * FRAME_SAMPLES, (first + hiddenFrames) * FRAME_SAMPLES), LEAD_FRAMES * FRAME_SAMPLES);
  const drawn = (what: Spoken, frames: number) => Array.from(play(avatar, what, { ...size, frames }), ({ picture }) => copyOf(picture));
  const rendered = drawn(heard(spoken), LEAD_FRAMES + hiddenFrames).slice(LEAD_FRAMES);
  const [restPicture] = drawn(silence(1), 1);
  avatar.close();
  const renderedMeshes = await meshesOf(rendered);
  const rest = lookedAt(restPicture!, (await meshesOf([restPicture!]))[0]);
  const every = Math.max(1, Math.ceil(shown.length / MOST_SHOWN));
  const known = shown.filter((_, i) => i % every === 0).flatMap((i) => lookedAt(pictures[i]!, meshes[i]) ?? []);
  if (!rest || known.length === 0) throw new Error('no face at rest, or none in the shown part');
  const nearest = (mouth: Mouth): Mouth => known.reduce((best, other) => (mouthDistance(other.shape, mouth.shape) < mouthDistance(best.shape, mouth.shape) ? other : best));
  const hidden = pictures.slice(first, first + hiddenFrames).map((picture, i) => lookedAt(picture, meshes[first + i]));
  return {
    ...{ first, rendered, meshes: renderedMeshes },
    rows: {
      hidden,
      'rendered from the hidden sound': rendered.map((picture, i) => lookedAt(picture, renderedMeshes[i])),
      'resting mouth, repeated': hidden.map(() => rest),
      'nearest of those shown, by the hidden points': hidden.map((mouth) => mouth && nearest(mouth)),
    },
  };
}

function print(of: readonly Part[]): void {
  console.log(`${''.padEnd(46)} lips' distance: mean   p95 | of their shape: mean   p95 | SSIM of the mouth | opening: p95  with the hidden`);
  for (const name of Object.keys(of[0]!.rows) as (keyof Part['rows'])[]) printRow(name, of);
}

function printRow(name: keyof Part['rows'], of: readonly Part[]): void {
  const both = of.map(({ rows }) => rows[name].flatMap((mouth, i) => (mouth && rows.hidden[i] ? [[mouth, rows.hidden[i]] as const] : [])));
  const pairs = both.flat();
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const places = pairs.map(([a, b]) => mouthDistance(a.shape, b.shape));
  const shapes = pairs.map(([a, b]) => mouthShapeDistance(a.shape, b.shape));
  const gaps = pairs.map(([a]) => mouthGap(a.shape));
  const moves = !name.startsWith('resting');
  // Within each part: between parts the face may have changed.
  const together = both.reduce((sum, part) => sum + part.length * correlation(part.map(([a]) => mouthGap(a.shape)), part.map(([, b]) => mouthGap(b.shape))), 0) / pairs.length;
  const similarity = mean(pairs.map(([a, b]) => cropSsim(a.crop, b.crop)));
  console.log(`${name.padEnd(46)} ${mean(places).toFixed(4).padStart(20)} ${percentile(places, 0.95).toFixed(4)} | ${mean(shapes).toFixed(4).padStart(20)} ${percentile(shapes, 0.95).toFixed(4)} | ${similarity.toFixed(3).padStart(17)} | ${percentile(gaps, 0.95).toFixed(3).padStart(12)}  ${moves ? `r ${together.toFixed(2)}` : '–'}  (${pairs.length} frames)`);
}

function mouthOf(mesh: FaceMesh): MouthShape {
  return mouthShape(mesh, faceSpace(mesh, still));
}

function lookedAt(picture: I420Picture, mesh: FaceMesh | undefined): Mouth | undefined {
  if (!mesh) return undefined;
  const space = faceSpace(mesh, still);
  return { shape: mouthShape(mesh, space), crop: mouthCrop(picture, space, centre) };
}

async function meshesOf(all: readonly I420Picture[]): Promise<(FaceMesh | undefined)[]> {
  const detector = await loadFaceDetector();
  const found: (FaceMesh | undefined)[] = [];
  for (const picture of all) found.push((await detector.detect({ ...size, data: i420ToRgb(picture) }))[0]?.mesh);
  return found;
}

/** Those frames, one after another, as a clip. */
async function fileOf(frames: readonly number[]): Promise<Uint8Array> {
  const place = mkdtempSync(join(tmpdir(), 'held-out-'));
  const file = join(place, 'shown.mp4');
  const writer = createMp4Writer({ path: file, ...size, fps: FPS, crf: 12 });
  for (const i of frames) {
    writer.picture(pictures[i]!);
    writer.sound(sound!.subarray(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES));
  }
  writer.close();
  const bytes = readFileSync(file);
  rmSync(place, { recursive: true });
  return bytes;
}

/** Faces cut alike from both, every second frame. */
async function writeStrips(place: string, part: Part): Promise<void> {
  mkdirSync(place, { recursive: true });
  const random = createRandom(Number(values.seed));
  const length = STRIP_FRAMES * 2;
  const starts = Array.from({ length: STRIPS }, (_, i) => Math.floor(((hiddenFrames - length) * i) / Math.max(1, STRIPS - 1))).filter((start) => start >= 0);
  const strips = starts.flatMap((start) => [
    { kind: 'real', start, pictures: pictures.slice(part.first), meshes: meshes.slice(part.first) },
    { kind: 'rendered', start, pictures: part.rendered, meshes: part.meshes },
  ]);
  for (let i = strips.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [strips[i], strips[j]] = [strips[j]!, strips[i]!];
  }
  const key: Record<string, string> = {};
  for (const [i, strip] of strips.entries()) {
    const cut = faceCut(strip.meshes[strip.start]);
    const tiles = await Promise.all(Array.from({ length: STRIP_FRAMES }, (_, n) => tileOf(strip.pictures[strip.start + n * 2]!, 224, undefined, cut)));
    const name = `strip-${i + 1}.jpg`;
    await writeSheet(join(place, name), 224, [{ tiles }]);
    key[name] = `${strip.kind}, from hidden frame ${strip.start}`;
  }
  writeFileSync(join(place, 'key.json'), `${JSON.stringify(key, null, 2)}\n`);
  console.log(`${strips.length} strips in ${place}`);
}

function faceCut(mesh: FaceMesh | undefined): Cut {
  const most = Math.min(size.width, size.height);
  if (!mesh) return { left: 0, top: 0, side: most };
  const face = meshBounds(mesh);
  const mouth = meshBounds(mesh, contour.outerLipLower);
  const side = Math.min(most, Math.round((face.bottom - face.top) * 1.1));
  const place = (at: number, whole: number): number => Math.max(0, Math.min(whole - side, Math.round(at - side / 2)));
  return { left: place((mouth.left + mouth.right) / 2, size.width), top: place((face.top + face.bottom) / 2, size.height), side };
}
