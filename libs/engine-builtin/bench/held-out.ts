/*
 * How near a video avatar comes to the person: node libs/engine-builtin/bench/held-out.ts CLIP [FOLDER] [--hide last|first] [--seed 1]
 *
 * The last (or first) fifth of the clip is hidden. The avatar is prepared from the rest and hears the hidden part's sound; its mouth is compared with the hidden
 * one frame by frame: the distance of the lips' points in distances between the eyes, after the faces were laid over one another, and after the mouths
 * were (their shape alone), the similarity (SSIM) of the mouths' pictures, how far the lips part, and whether they do when the hidden ones do. Beside it: the avatar's resting mouth all the time, and
 * for each hidden frame the nearest mouth of all that were shown, chosen with the hidden points (no engine that repeats what it saw can do better).
 * With a FOLDER, strips of eight frames for looking with fresh eyes, real and rendered without a word, in an order drawn by the seed, and what
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
const STRIP_FRAMES = 8;
const STRIPS = 4;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { hide: { type: 'string', default: 'last' }, seed: { type: 'string', default: '1' } } });
const [path, folder] = positionals;
if (!path || (values.hide !== 'last' && values.hide !== 'first')) throw new Error('usage: held-out.ts CLIP [FOLDER] [--hide last|first] [--seed 1]');
const clip = await openClip(readFileSync(path));
const scale = Math.min(1, MOST_SIDE / Math.max(clip.facts.width, clip.facts.height));
const size: PictureSize = { width: 2 * Math.round((clip.facts.width * scale) / 2), height: 2 * Math.round((clip.facts.height * scale) / 2) };
const pictures: I420Picture[] = [];
for await (const { picture } of clip.frames({ fps: FPS, ...size, frames: MOST_FRAMES })) pictures.push(picture);
const sound = await clip.sound(MEDIA_CLOCK_HZ, MOST_FRAMES / FPS);
if (!sound) throw new Error('the clip has no sound to drive the avatar with');
const shownFrames = Math.max(Math.floor(pictures.length * (1 - HIDDEN_PART)), Math.min(LEAST_SHOWN, pictures.length - FPS));
const firstShown = values.hide === 'first' ? pictures.length - shownFrames : 0;
const firstHidden = values.hide === 'first' ? 0 : shownFrames;
const clipOfShown = pictures.slice(firstShown, firstShown + shownFrames);
const hiddenPictures = pictures.slice(firstHidden, firstHidden + pictures.length - shownFrames);
const soundOf = (firstFrame: number, frames: number): Float32Array => sound.slice(firstFrame * FRAME_SAMPLES, (firstFrame + frames) * FRAME_SAMPLES);

const engine = createBuiltinEngine({ inference: ownInference() });
console.log(`${pictures.length} frames of ${size.width}×${size.height}, the ${values.hide} ${hiddenPictures.length} hidden`);
const { bundle } = await engine.prepare(await fileOf(clipOfShown, soundOf(firstShown, shownFrames)));
const avatar = await engine.load(bundle, size);
const renderedPictures = rendered(heard(soundOf(firstHidden, hiddenPictures.length)), hiddenPictures.length);
const restPicture = rendered(silence(1), 1)[0]!;
avatar.close();

const shownEvery = Math.max(1, Math.ceil(shownFrames / MOST_SHOWN));
const shownPictures = clipOfShown.filter((_, i) => i % shownEvery === 0);
const meshes = {
  hidden: await meshesOf(hiddenPictures),
  rendered: await meshesOf(renderedPictures),
  rest: await meshesOf([restPicture]),
  shown: await meshesOf(shownPictures),
};
const still = stillShape([...meshes.hidden, ...meshes.shown].filter((mesh) => mesh !== undefined));

interface Mouth {
  shape: MouthShape;
  crop: Crop;
}

const centre = centreOf(mouthOf(meshes.shown.find((mesh) => mesh !== undefined)!));
const hidden = hiddenPictures.map((picture, i) => lookedAt(picture, meshes.hidden[i]));
const render = renderedPictures.map((picture, i) => lookedAt(picture, meshes.rendered[i]));
const rest = lookedAt(restPicture, meshes.rest[0]);
const shown = shownPictures.map((picture, i) => lookedAt(picture, meshes.shown[i])).filter((mouth) => mouth !== undefined);
if (!rest || shown.length === 0) throw new Error('no face at rest, or none in the shown part');

console.log(`\n${''.padEnd(46)} lips' distance: mean   p95 | of their shape: mean   p95 | SSIM of the mouth | opening: p95  with the hidden`);
printRow('hidden', hidden);
printRow('rendered from the hidden sound', render);
printRow('resting mouth, repeated', hidden.map(() => rest));
printRow(`nearest of ${shown.length} shown, by the hidden points`, hidden.map((mouth) => mouth && nearest(mouth)));
if (folder) await writeStrips(folder);
process.exit(0);

function printRow(name: string, mouths: readonly (Mouth | undefined)[]): void {
  const pairs = mouths.flatMap((mouth, i) => (mouth && hidden[i] ? [[mouth, hidden[i]] as const] : []));
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const places = pairs.map(([a, b]) => mouthDistance(a.shape, b.shape));
  const shapes = pairs.map(([a, b]) => mouthShapeDistance(a.shape, b.shape));
  const gaps = pairs.map(([a]) => mouthGap(a.shape));
  const moves = gaps.some((gap) => gap !== gaps[0]);
  const together = correlation(gaps, pairs.map(([, b]) => mouthGap(b.shape)));
  const similarity = mean(pairs.map(([a, b]) => cropSsim(a.crop, b.crop)));
  console.log(`${name.padEnd(46)} ${mean(places).toFixed(4).padStart(20)} ${percentile(places, 0.95).toFixed(4)} | ${mean(shapes).toFixed(4).padStart(20)} ${percentile(shapes, 0.95).toFixed(4)} | ${similarity.toFixed(3).padStart(17)} | ${percentile(gaps, 0.95).toFixed(3).padStart(12)}  ${moves ? `r ${together.toFixed(2)}` : '–'}  (${pairs.length} frames)`);
}

function nearest(mouth: Mouth): Mouth {
  return shown.reduce((best, other) => (mouthDistance(other.shape, mouth.shape) < mouthDistance(best.shape, mouth.shape) ? other : best));
}

function mouthOf(mesh: FaceMesh): MouthShape {
  return mouthShape(mesh, faceSpace(mesh, still));
}

function lookedAt(picture: I420Picture, mesh: FaceMesh | undefined): Mouth | undefined {
  if (!mesh) return undefined;
  const space = faceSpace(mesh, still);
  return { shape: mouthShape(mesh, space), crop: mouthCrop(picture, space, centre) };
}

function rendered(said: Spoken, frames: number): I420Picture[] {
  return Array.from(play(avatar, said, { ...size, frames }), ({ picture }) => copyOf(picture));
}

async function meshesOf(all: readonly I420Picture[]): Promise<(FaceMesh | undefined)[]> {
  const detector = await loadFaceDetector();
  const found: (FaceMesh | undefined)[] = [];
  for (const picture of all) found.push((await detector.detect({ ...size, data: i420ToRgb(picture) }))[0]?.mesh);
  return found;
}

async function fileOf(all: readonly I420Picture[], pcm48k: Float32Array): Promise<Uint8Array> {
  const place = mkdtempSync(join(tmpdir(), 'held-out-'));
  const file = join(place, 'shown.mp4');
  const writer = createMp4Writer({ path: file, ...size, fps: FPS, crf: 12 });
  all.forEach((picture, i) => {
    writer.picture(picture);
    writer.sound(pcm48k.subarray(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES));
  });
  writer.close();
  const bytes = readFileSync(file);
  rmSync(place, { recursive: true });
  return bytes;
}

/** Faces cut alike from both, every second frame. */
async function writeStrips(place: string): Promise<void> {
  mkdirSync(place, { recursive: true });
  const random = createRandom(Number(values.seed));
  const length = STRIP_FRAMES * 2;
  const starts = Array.from({ length: STRIPS }, (_, i) => Math.floor(((hiddenPictures.length - length) * i) / Math.max(1, STRIPS - 1))).filter((start) => start >= 0);
  const strips = starts.flatMap((start) => [
    { kind: 'real', start, pictures: hiddenPictures, meshes: meshes.hidden },
    { kind: 'rendered', start, pictures: renderedPictures, meshes: meshes.rendered },
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
