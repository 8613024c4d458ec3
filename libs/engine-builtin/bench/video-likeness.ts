/*
 * How like the person's own mouths an avatar's are: node libs/engine-builtin/bench/video-likeness.ts CLIP [OUT.png]
 * Hides the last fifth of a clip with sound, makes an avatar of the rest, drives it with the hidden part's sound and compares, frame by
 * frame, the drawn mouths with the hidden ones: distance of the lips' points on the head that looks straight ahead, in units (half of the
 * face's height) after the best shift in time, correlation of the openings, and structural similarity of the mouths as they are cut
 * out. Beside it a mouth that rests. With OUT.png a strip: hidden above, drawn below.
 */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { openClip } from '@visavis/codec';
import type { Clip } from '@visavis/codec';
import { allocateI420, ENGINE_SAMPLE_RATE_HZ, MEDIA_CLOCK_HZ } from '@visavis/engine';
import type { I420Picture } from '@visavis/engine';
import { ownInference } from '@visavis/viseme-net';
import { controlPoints, LIP_POINT_COUNT } from '../src/bundle/control-points.ts';
import { loadFaceDetector } from '../src/face/face-detector.ts';
import { createBuiltinEngine } from '../src/index.ts';
import { correlation } from '../src/loudness.ts';
import { CLIP_FPS, surveyClip } from '../src/prepare/video/clip-survey.ts';
import { fitHeadModel } from '../src/prepare/video/head-model.ts';
import type { HeadModel } from '../src/prepare/video/head-model.ts';
import { refineInnerLips } from '../src/prepare/video/inner-lips.ts';
import { loadMeshModel } from '../src/prepare/video/mesh-model.ts';
import { cutMouth, patchFrame } from '../src/prepare/video/mouth-store.ts';
import { innerPairs, trackMouth } from '../src/prepare/video/mouth-track.ts';
import type { MouthTrack } from '../src/prepare/video/mouth-track.ts';
import { prepareVideo } from '../src/prepare/video/prepare-video.ts';
import { trackClip } from '../src/prepare/video/track-clip.ts';

const HIDDEN_PART = 0.2;
const MOST_LAG = 4;
/** What mouths are brought to before they are compared. */
const SIDE = { width: 96, height: 72 };
const [clipPath, outPath] = process.argv.slice(2);
if (!clipPath) throw new Error('usage: video-likeness.ts CLIP [OUT.png]');
const upload = readFileSync(clipPath);
const whole = await openClip(upload);
const total = await countFrames(whole);
const shown = Math.round(total * (1 - HIDDEN_PART));
const identity = { engine: 'builtin', engineVersion: '2' };

const prepared = await prepareVideo(upload, identity, undefined, { inference: ownInference(), endFrame: shown });
const pcm = await whole.sound(ENGINE_SAMPLE_RATE_HZ, 120);
if (!pcm) throw new Error('the clip has no sound');

const hidden = await trackPictures(frameSource(whole, shown, total));
const engine = createBuiltinEngine();
const size = { width: 512, height: 512 };
const avatar = await engine.load(prepared.bundle, size);
const drawn = await trackPictures(speaking(true));
const resting = await trackPictures(speaking(false));

const truth = mouthsOf(hidden);
const patchSize = patchFrame(truth.mouth, truth.mouth.frames.flatMap((frame, f) => (frame ? [f] : [])));
const ours = compare('drawn', mouthsOf(drawn));
compare('resting', mouthsOf(resting));
if (outPath) await writeStrip(outPath, ours);
process.exit(0);

async function countFrames(clip: Clip): Promise<number> {
  let count = 0;
  const wanted = (index: number): boolean => {
    count = index + 1;
    return false;
  };
  for await (const frame of clip.frames({ fps: CLIP_FPS, width: 16, height: 16, wanted })) void frame;
  return count;
}

interface Tracked {
  pictures: I420Picture[];
  meshes: (Float32Array | undefined)[];
  strips: (Uint8Array | undefined)[];
}

/** Frames of a clip as if they were one of their own. */
function frameSource(clip: Clip, from: number, to: number): Clip {
  return {
    facts: { ...clip.facts, durationS: (to - from) / CLIP_FPS },
    async *frames(options) {
      const end = Math.min(to, from + (options.frames ?? Infinity));
      for await (const { index, picture } of clip.frames({ ...options, frames: end, wanted: (i) => i >= from && (options.wanted?.(i - from) ?? true) })) yield { index: index - from, picture };
    },
    sound: () => Promise.resolve(undefined),
  };
}

/** What the avatar says to the hidden sound, as a clip. */
function speaking(aloud: boolean): Clip {
  const count = total - shown;
  const start = Math.round((shown * ENGINE_SAMPLE_RATE_HZ) / CLIP_FPS);
  return {
    facts: { container: 'mov', codec: 'drawn', ...size, durationS: count / CLIP_FPS, fps: CLIP_FPS, hasSound: false },
    async *frames({ frames = count, wanted }) {
      const stream = avatar.open({ ...size, fps: CLIP_FPS, seed: 5 });
      const sound = aloud ? pcm!.slice(start) : new Float32Array(pcm!.length - start);
      const padded = new Float32Array(sound.length + ENGINE_SAMPLE_RATE_HZ);
      padded.set(sound);
      stream.push(0, padded);
      for (let index = 0; index < Math.min(frames, count); index++) {
        const picture = allocateI420(size);
        stream.frame((index * MEDIA_CLOCK_HZ) / CLIP_FPS, picture);
        if (wanted?.(index) ?? true) yield { index, picture };
      }
      stream.close();
    },
    sound: () => Promise.resolve(undefined),
  };
}

async function trackPictures(clip: Clip): Promise<Tracked> {
  const survey = await surveyClip(clip, await loadFaceDetector(), Infinity, () => undefined, 0);
  const frames = await trackClip(clip, survey, await loadMeshModel(), Infinity, () => undefined);
  const pictures: I420Picture[] = [];
  for await (const { picture } of clip.frames({ fps: CLIP_FPS, ...survey.base, crop: survey.crop })) pictures.push(picture);
  const strips = frames.map(({ strip }) => strip);
  return { pictures, meshes: refineInnerLips(frames.map(({ mesh }) => mesh), strips), strips };
}

interface Mouths extends Tracked {
  head: HeadModel;
  mouth: MouthTrack;
}

function mouthsOf(tracked: Tracked): Mouths {
  const head = fitHeadModel(tracked.meshes);
  return { ...tracked, head, mouth: trackMouth(tracked.meshes, head, tracked.strips) };
}

/** Lips relative to the middle between the corners, in units: what the head and another rest do is left out. */
function shapeOf({ mouth }: Mouths, f: number): Float64Array | undefined {
  const frame = mouth.frames[f];
  if (!frame) return undefined;
  const { unitPx } = mouth.face;
  const lips = controlPoints.slice(0, LIP_POINT_COUNT).flatMap((_, p) => [frame.onHead[p * 3]! / unitPx, frame.onHead[p * 3 + 1]! / unitPx]);
  const middle = [0, 1].map((axis) => (lips[axis]! + lips[20 + axis]!) / 2);
  return Float64Array.from(lips, (value, k) => value - middle[k % 2]!);
}

function openingOf({ mouth }: Mouths, f: number): number {
  const frame = mouth.frames[f];
  return frame ? innerPairs.reduce((sum, [u, l]) => sum + Math.hypot(frame.onHead[u * 3]! - frame.onHead[l * 3]!, frame.onHead[u * 3 + 1]! - frame.onHead[l * 3 + 1]!), 0) / innerPairs.length / mouth.face.unitPx : 0;
}

function compare(name: string, other: Mouths): { other: Mouths; lag: number } {
  let best = { lag: 0, distance: Infinity };
  for (let lag = -MOST_LAG; lag <= MOST_LAG; lag++) {
    const distances = pairs(other, lag).map(([f, g]) => distanceOf(shapeOf(truth, f)!, shapeOf(other, g)!));
    const distance = mean(distances);
    if (distance < best.distance) best = { lag, distance };
  }
  const both = pairs(other, best.lag);
  const agreement = correlation(both.map(([f]) => openingOf(truth, f)), both.map(([, g]) => openingOf(other, g)));
  const likeness = mean(both.map(([f, g]) => similarity(patchOf(truth, f), patchOf(other, g))));
  console.log(`${name.padEnd(8)} lips ${best.distance.toFixed(4)} units off, ${both.length} frames, ${best.lag * 40} ms late; openings r ${agreement.toFixed(2)}; mouths SSIM ${likeness.toFixed(3)}`);
  return { other, lag: best.lag };
}

function pairs(other: Mouths, lag: number): [number, number][] {
  return truth.mouth.frames.flatMap((frame, f): [number, number][] => (frame && other.mouth.frames[f + lag] ? [[f, f + lag]] : []));
}

function distanceOf(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k += 2) sum += Math.hypot(a[k]! - b[k]!, a[k + 1]! - b[k + 1]!);
  return sum / (a.length / 2);
}

/** The mouth cut out upright, of the size that it has in the clip. */
function patchOf({ pictures, head, mouth }: Mouths, f: number): { rgb: Uint8Array; width: number; height: number } {
  const size = patchFrame(mouth, mouth.frames.flatMap((frame, i) => (frame ? [i] : [])));
  const same = { ...size, width: Math.round((patchSize.width * mouth.face.unitPx) / truth.mouth.face.unitPx), height: Math.round((patchSize.height * mouth.face.unitPx) / truth.mouth.face.unitPx) };
  return { rgb: cutMouth(pictures[f]!, head.poses[f]!, mouth.frames[f]!.onHead, same, mouth.face).rgb, width: same.width, height: same.height };
}

/** Structural similarity of luma over windows of 8×8, both brought to one size and one mean. */
function similarity(a: { rgb: Uint8Array; width: number; height: number }, b: { rgb: Uint8Array; width: number; height: number }): number {
  const [x, y] = [lumaOf(a), lumaOf(b)];
  const shift = mean(Array.from(x)) - mean(Array.from(y));
  let sum = 0;
  let count = 0;
  for (let top = 0; top + 8 <= SIDE.height; top += 4) {
    for (let left = 0; left + 8 <= SIDE.width; left += 4, count++) {
      let mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
      for (let r = 0; r < 8; r++) {
        for (let c = 0; c < 8; c++) {
          const [p, q] = [x[(top + r) * SIDE.width + left + c]!, y[(top + r) * SIDE.width + left + c]! + shift];
          mx += p / 64;
          my += q / 64;
          xx += (p * p) / 64;
          yy += (q * q) / 64;
          xy += (p * q) / 64;
        }
      }
      sum += ((2 * mx * my + 6.5) * (2 * (xy - mx * my) + 58.5)) / ((mx * mx + my * my + 6.5) * (xx - mx * mx + yy - my * my + 58.5));
    }
  }
  return sum / count;
}

function lumaOf({ rgb, width, height }: { rgb: Uint8Array; width: number; height: number }): Float64Array {
  const out = new Float64Array(SIDE.width * SIDE.height);
  for (let v = 0; v < SIDE.height; v++) {
    for (let u = 0; u < SIDE.width; u++) {
      const at = (Math.floor(((v + 0.5) * height) / SIDE.height) * width + Math.floor(((u + 0.5) * width) / SIDE.width)) * 3;
      out[v * SIDE.width + u] = 0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!;
    }
  }
  return out;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

async function writeStrip(path: string, { other, lag }: { other: Mouths; lag: number }): Promise<void> {
  const both = pairs(other, lag).slice(0, 60);
  const [width, height, columns] = [144, 108, 15];
  const rows = Math.ceil(both.length / columns);
  const input = async ({ rgb, width: w, height: h }: { rgb: Uint8Array; width: number; height: number }): Promise<Buffer> => sharp(rgb, { raw: { width: w, height: h, channels: 3 } }).resize(width, height, { fit: 'fill' }).png().toBuffer();
  const tiles = (await Promise.all(both.map(async ([f, g], i) => {
    const left = (i % columns) * width;
    const top = Math.floor(i / columns) * (2 * height + 8);
    return [{ input: await input(patchOf(truth, f)), left, top }, { input: await input(patchOf(other, g)), left, top: top + height }];
  }))).flat();
  await sharp({ create: { width: width * columns, height: rows * (2 * height + 8), channels: 3, background: '#000' } }).composite(tiles).png().toFile(path);
}
