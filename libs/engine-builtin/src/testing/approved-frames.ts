import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { allocateI420, MEDIA_CLOCK_HZ } from '@visavis/engine';
import { MOUTH_PARAMS, phonemeTable } from '@visavis/viseme-net';
import type { Viseme } from '@visavis/viseme-net';
import { createBuiltinEngine } from '../index.ts';
import { i420ToRgb } from '../render/i420-to-rgb.ts';

/*
 * Fixed pictures, seed and speech, drawn through the engine's public interface: what a change of the engine changes is seen in them. `bench/approve.ts`
 * writes them to testing/approved, `approved.int.spec.ts` compares.
 */
export const APPROVED_AVATARS = ['elias', 'leonardo-mona-lisa'] as const;
export const APPROVED_FOLDER = new URL('../../testing/approved/', import.meta.url);

const SIZE = { width: 384, height: 384 };
const FPS = 25;
const STEP_SAMPLES = 960;
const STEPS_PER_SOUND = 10;
const FADE_STEPS = 4;
/** What is said, from 400 ms on, 200 ms each. */
const SOUNDS: readonly Viseme[] = ['sil', 'sil', 'PP', 'aa', 'FF', 'ih', 'SS', 'oh', 'nn', 'E', 'PP', 'ou', 'sil', 'sil'];
/** At rest, in the middle of an aa, f, s and oh, and smiling at the end. */
const FRAMES = { rest: 4, aa: 18, FF: 23, SS: 33, oh: 38, smile: 68 };
const SMILE_AT_FRAME = 45;

export interface ApprovedFrame {
  /** `<avatar>-<moment>`, the file's name without its ending. */
  name: string;
  width: number;
  height: number;
  rgb: Uint8Array;
}

export async function approvedFramesOf(avatarName: string): Promise<ApprovedFrame[]> {
  const engine = createBuiltinEngine();
  const { bundle } = await engine.prepare(readFileSync(new URL(`../../assets/stock/${avatarName}.jpg`, import.meta.url)));
  const avatar = await engine.load(bundle, SIZE);
  const stream = avatar.open({ ...SIZE, fps: FPS, seed: 7 });
  const params = new Float32Array(MOUTH_PARAMS.length);
  for (let step = 0; step < SOUNDS.length * STEPS_PER_SOUND; step++) {
    mouthAt(step, params);
    stream.shape?.(step * STEP_SAMPLES, params);
  }
  stream.push(0, new Float32Array(16_000 * 4));
  const picture = allocateI420(SIZE);
  const frames: ApprovedFrame[] = [];
  for (let frame = 0; frame <= FRAMES.smile; frame++) {
    const at = (frame * MEDIA_CLOCK_HZ) / FPS;
    if (frame === SMILE_AT_FRAME) stream.act?.(at, { type: 'expression', expression: 'happy', strength: 1 });
    stream.frame(at, picture);
    const moment = Object.entries(FRAMES).find(([, index]) => index === frame)?.[0];
    if (moment !== undefined) frames.push({ name: `${avatarName}-${moment}`, ...SIZE, rgb: i420ToRgb(picture) });
  }
  stream.close();
  avatar.close();
  return frames;
}

/** Each sound's mouth as the network is taught it, going over from one to the next. */
function mouthAt(step: number, params: Float32Array): void {
  const index = Math.floor(step / STEPS_PER_SOUND);
  const into = Math.min(1, (step % STEPS_PER_SOUND) / FADE_STEPS);
  const weight = into * into * (3 - 2 * into);
  const before = phonemeTable.targets[SOUNDS[Math.max(0, index - 1)]!];
  const now = phonemeTable.targets[SOUNDS[index]!];
  MOUTH_PARAMS.forEach((name, i) => (params[i] = before[name] * (1 - weight) + now[name] * weight));
}

export async function readApproved(name: string): Promise<Uint8Array> {
  return sharp(readFileSync(new URL(`${name}.jpg`, APPROVED_FOLDER))).toColourspace('srgb').raw().toBuffer();
}

export function encodeApproved({ rgb, width, height }: ApprovedFrame): Promise<Buffer> {
  return sharp(rgb, { raw: { width, height, channels: 3 } }).jpeg({ quality: 93, chromaSubsampling: '4:4:4', mozjpeg: true }).toBuffer();
}

const BLOCK = 8;

export interface BlockDifference {
  /** In steps of 255, over all blocks of 8×8 pixels and the three colours. */
  mean: number;
  /** Of the block that differs most. */
  max: number;
  /** A grey picture of it, a pixel a block, four times as bright as it is. */
  map: Uint8Array;
}

/** How far the blocks' mean colours lie apart: grain and compression don't count, what moved or changed colour does. */
export function blockDifference(a: Uint8Array, b: Uint8Array, width: number, height: number): BlockDifference {
  const [columns, rows] = [width / BLOCK, height / BLOCK];
  const map = new Uint8Array(columns * rows);
  let sum = 0, max = 0;
  for (let block = 0; block < map.length; block++) {
    const [left, top] = [(block % columns) * BLOCK, Math.floor(block / columns) * BLOCK];
    const difference = [0, 0, 0];
    for (let y = top; y < top + BLOCK; y++) {
      for (let at = (y * width + left) * 3, end = at + BLOCK * 3; at < end; at++) difference[at % 3]! += (a[at]! - b[at]!) / (BLOCK * BLOCK);
    }
    const apart = (Math.abs(difference[0]!) + Math.abs(difference[1]!) + Math.abs(difference[2]!)) / 3;
    sum += apart;
    max = Math.max(max, apart);
    map[block] = Math.min(255, Math.round(apart * 4));
  }
  return { mean: sum / map.length, max, map };
}
