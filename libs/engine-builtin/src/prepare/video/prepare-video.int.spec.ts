import { beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { createVideoDecoder } from '@visavis/codec';
import { allocateI420, PrepareError } from '@visavis/engine';
import type { I420Picture, PreparedAvatar } from '@visavis/engine';
import { unpackAvatar } from '../../bundle/avatar-bundle.ts';
import type { AvatarBundle } from '../../bundle/avatar-bundle.ts';
import { CONTROL_POINT_COUNT, controlPoints } from '../../bundle/control-points.ts';
import { mouthFeature, MOUTH_FEATURES } from '../../bundle/mouth-features.ts';
import { LANDMARK_COUNT } from '../../face/landmarks.ts';
import { createBuiltinEngine } from '../../index.ts';
import { prepareVideo } from './prepare-video.ts';
import { clipFile, talkingClip } from './testing/talking-clip.ts';
import type { TalkingClip } from './testing/talking-clip.ts';

/** Real: FFmpeg, the face networks, this engine, which draws the clips: paintings that speak. */
const identity = { engine: 'builtin', engineVersion: '2' };
let clip: TalkingClip;
let prepared: PreparedAvatar;
let avatar: AvatarBundle;
const SPEAK_S = 6;
const LISTEN_S = 4;
const steps: { fraction: number; step: string }[] = [];

beforeAll(async () => {
  clip = await talkingClip({ speakS: SPEAK_S, listenS: LISTEN_S, size: { width: 400, height: 400 } });
  prepared = await prepareVideo(clipFile(clip), identity, (progress) => steps.push(progress));
  avatar = unpackAvatar(prepared.bundle, identity);
}, 240_000);

async function failure(upload: Uint8Array): Promise<string> {
  try {
    await prepareVideo(upload, identity);
  } catch (error) {
    expect(error).toBeInstanceOf(PrepareError);
    expect((error as PrepareError).message).toMatch(/Please/);
    return (error as PrepareError).code;
  }
  return 'prepared';
}

function basePictures(): I420Picture[] {
  const decoder = createVideoDecoder('h264');
  const pictures = avatar.base.coded.map((unit) => decoder.decode(unit)!);
  decoder.close();
  return pictures;
}

function difference(a: I420Picture, b: I420Picture): number {
  let sum = 0;
  const luma = a.width * a.height;
  for (let i = 0; i < luma; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / luma;
}

const feature = (patch: number, name: keyof typeof mouthFeature): number => avatar.mouths.features[patch * MOUTH_FEATURES + mouthFeature[name]]!;

/** A copy whose pictures are drawn over. */
function drawnOver(pictures: readonly I420Picture[], draw: (picture: I420Picture, index: number) => void): I420Picture[] {
  return pictures.map((picture, index) => {
    const copy = { ...picture, data: picture.data.slice() };
    draw(copy, index);
    return copy;
  });
}

describe('prepareVideo', () => {
  it('reports its steps, what it measured, and shows a preview', async () => {
    expect(steps.map(({ fraction }) => fraction)).toEqual(steps.map(({ fraction }) => fraction).sort((a, b) => a - b));
    expect(new Set(steps.map(({ step }) => step)).size).toBeGreaterThan(4);
    expect(prepared.report).toMatchObject({ format: 'h264', clip_seconds: SPEAK_S + LISTEN_S });
    expect(prepared.report).not.toHaveProperty('warnings');
    expect(JSON.parse(JSON.stringify(prepared.report))).toEqual(prepared.report);
    const preview = await sharp(prepared.previewJpeg).metadata();
    expect([preview.format, preview.width, preview.height]).toEqual(['jpeg', 512, 512]);
  });

  it('makes a loop whose end goes over into its beginning', () => {
    const pictures = basePictures();
    expect(pictures.length).toBe(avatar.base.frames);
    expect(pictures.length).toBeGreaterThanOrEqual(50);
    const changes = pictures.map((picture, i) => difference(picture, pictures[(i + pictures.length - 1) % pictures.length]!));
    const usual = changes.slice(1).sort((a, b) => a - b);
    expect(changes[0]).toBeLessThanOrEqual(usual[Math.floor(usual.length * 0.98)]! + 0.5);
    const { meshes } = avatar.base;
    for (const index of [1, 33, 263, 152]) {
      const last = (avatar.base.frames - 1) * LANDMARK_COUNT * 3;
      expect(Math.hypot(meshes[index * 3]! - meshes[last + index * 3]!, meshes[index * 3 + 1]! - meshes[last + index * 3 + 1]!)).toBeLessThan(2);
    }
  });

  it('rests with closed lips in every picture of the loop', () => {
    const point = (frame: number, index: number) => {
      const at = (frame * CONTROL_POINT_COUNT + controlPoints.indexOf(index)) * 2;
      return [avatar.base.restPoints[at]!, avatar.base.restPoints[at + 1]!] as const;
    };
    for (let frame = 0; frame < avatar.base.frames; frame++) {
      const [upper, lower] = [point(frame, 13), point(frame, 14)];
      expect(Math.hypot(upper[0] - lower[0], upper[1] - lower[1])).toBeLessThan(0.5);
    }
  });

  it('keeps many mouths of many shapes, closed ones among them', async () => {
    const { mouths } = avatar;
    expect(mouths.count).toBeGreaterThanOrEqual(60);
    expect(mouths.count).toBeLessThanOrEqual(150);
    const patches = Array.from({ length: mouths.count }, (_, i) => i);
    const opening = patches.map((i) => feature(i, 'jaw') + feature(i, 'jawRound'));
    expect(Math.max(...opening)).toBeGreaterThan(0.25);
    const closed = patches.filter((i) => feature(i, 'press') === 1);
    expect(closed.length).toBeGreaterThanOrEqual(4);
    for (const i of closed) expect(opening[i]).toBe(0);
    expect(Math.max(...patches.map((i) => feature(i, 'round')))).toBeGreaterThan(0.12);
    const mosaic = await sharp(mouths.mosaic).metadata();
    const mask = await sharp(mouths.mask).metadata();
    expect([mosaic.width, mosaic.height]).toEqual([mask.width, mask.height]);
    expect(mosaic.width).toBe(mouths.columns * mouths.width);
  });

  it('has masks that end before their patches do', async () => {
    const { mouths } = avatar;
    const { data, info } = await sharp(mouths.mask).raw().toBuffer({ resolveWithObject: true });
    const at = (patch: number, x: number, y: number): number => data[((Math.floor(patch / mouths.columns) * mouths.height + y) * info.width + (patch % mouths.columns) * mouths.width + x) * info.channels]!;
    for (let patch = 0; patch < mouths.count; patch++) {
      for (let x = 0; x < mouths.width; x++) for (const y of [0, 1, mouths.height - 2, mouths.height - 1]) expect(at(patch, x, y)).toBe(0);
      const lip = (patch * CONTROL_POINT_COUNT + controlPoints.indexOf(17)) * 2;
      expect(at(patch, Math.round(mouths.points[lip]!), Math.round(mouths.points[lip + 1]!) - 2)).toBeGreaterThan(200);
    }
  });

  it('makes a bundle that the engine draws', async () => {
    const engine = createBuiltinEngine();
    const loaded = await engine.load(prepared.bundle, { width: 320, height: 320 });
    const stream = loaded.open({ width: 320, height: 320, fps: 25, seed: 1 });
    const picture = allocateI420({ width: 320, height: 320 });
    stream.frame(0, picture);
    expect(picture.data.some((value) => value > 60)).toBe(true);
    stream.close();
    loaded.close();
  });

  it('uses what is good of a clip with a cut and a hand before the mouth, and says so', async () => {
    const { pictures, pcm48k } = clip;
    const [x, y] = [0, 1].map((axis) => Math.round(avatar.base.meshes[13 * 3 + axis]!)) as [number, number];
    const spoilt = drawnOver(pictures, (picture, index) => {
      // The other scene is the picture's mirror image in another light.
      if (index >= 190) mirror(picture);
      if (index >= 30 && index <= 75) cover(picture, x, y);
    });
    const { report } = await prepareVideo(clipFile({ pictures: spoilt, pcm48k }), identity);
    expect(report.warnings).toMatch(/behind a cut/);
    expect(report.warnings).toMatch(/before the mouth/);
    expect(report.used_seconds).toBeGreaterThan(3);
    expect(report.used_seconds).toBeLessThan((190 - 45) / 25);
  }, 240_000);
});

describe('prepareVideo of a clip in which nobody speaks', () => {
  it('draws the mouths, and says so', async () => {
    const listening = clip.pictures.slice((SPEAK_S + 1) * 25);
    const silent = await prepareVideo(clipFile({ pictures: [...listening, ...listening.toReversed()], pcm48k: new Float32Array(48_000) }), identity);
    expect(silent.report).toMatchObject({ mouths_drawn: true });
    expect(silent.report.warnings).toMatch(/nobody speaks/);
    const { jawIn, base, mouths } = unpackAvatar(silent.bundle, identity);
    expect(jawIn).toBe('mouths');
    expect(base.frames).toBeGreaterThan(50);
    expect(mouths.count).toBeGreaterThan(20);
  }, 240_000);
});

describe('prepareVideo refuses', () => {
  it('what is no video, and a damaged one', async () => {
    expect(await failure(Buffer.from('This is only text.\n'.repeat(50)))).toBe('unreadable_clip');
    expect(await failure(clipFile(clip).subarray(0, 60))).toBe('unreadable_clip');
  });

  it('a clip that is too short', async () => {
    expect(await failure(clipFile({ pictures: clip.pictures.slice(0, 75), pcm48k: clip.pcm48k.subarray(0, 144_000) }))).toBe('clip_too_short');
  });

  it('a clip without a face', async () => {
    const stripes = drawnOver(clip.pictures.slice(0, 150), ({ width, height, data }, index) => {
      data.fill(128);
      for (let y = 0; y < height; y++) data.fill(60 + ((y * 3 + index) % 100), y * width, (y + 1) * width);
    });
    expect(await failure(clipFile({ pictures: stripes, pcm48k: clip.pcm48k }))).toBe('no_face');
  });

  it('two people', async () => {
    const two = clip.pictures.slice(0, 150).map((picture) => besideItself(picture));
    expect(await failure(clipFile({ pictures: two, pcm48k: clip.pcm48k }))).toBe('several_faces');
  });
});

function mirror({ width, height, data }: I420Picture): void {
  for (let y = 0; y < height; y++) data.subarray(y * width, (y + 1) * width).reverse();
  const chroma = width * height;
  for (let y = 0; y < height; y++) data.subarray(chroma + (y * width) / 2, chroma + ((y + 1) * width) / 2).reverse();
  for (let i = 0; i < chroma; i++) data[i] = data[i]! * 0.8;
}

/** Something of the size of a hand and of the colour of skin. */
function cover({ width, height, data }: I420Picture, x: number, y: number): void {
  for (let row = -48; row < 48; row++) {
    for (let column = -46; column < 46; column++) {
      if ((row / 48) ** 2 + (column / 46) ** 2 > 1) continue;
      data[(y + row) * width + x + column] = 150 + 12 * Math.sin(row / 5);
      const c = ((y + row) >> 1) * (width >> 1) + ((x + column) >> 1);
      data[width * height + c] = 112;
      data[width * height * 1.25 + c] = 146;
    }
  }
}

function besideItself({ width, height, data }: I420Picture): I420Picture {
  const twice = allocateI420({ width: width * 2, height });
  let from = 0;
  let to = 0;
  for (let plane = 0; plane < 3; plane++) {
    const w = plane === 0 ? width : width / 2;
    const h = plane === 0 ? height : height / 2;
    for (let row = 0; row < h; row++, from += w, to += 2 * w) {
      twice.data.set(data.subarray(from, from + w), to);
      twice.data.set(data.subarray(from, from + w), to + w);
    }
  }
  return twice;
}
