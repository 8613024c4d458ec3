import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMp4Writer } from '@visavis/codec';
import { allocateI420 } from '@visavis/engine';
import type { I420Picture, LoadedAvatar, PictureSize } from '@visavis/engine';
import { FPS, framesOf, FRAME_SAMPLES, heard, play } from './spoken.ts';
import type { Spoken } from './spoken.ts';

const FILM_SIZE = { width: 512, height: 512 };
const PAUSE_S = 0.6;
const END_S = 1.2;
const STEP_SAMPLES = 960;

/** Side by side, one speaks after the other, and the others listen. */
export function writeFilm(path: string, cast: readonly { avatar: LoadedAvatar; said: Spoken }[]): void {
  const starts: number[] = [];
  let frames = Math.round(PAUSE_S * FPS);
  for (const { said } of cast) {
    starts.push(frames);
    frames += framesOf(said) + Math.round(PAUSE_S * FPS);
  }
  frames += Math.round(END_S * FPS);
  const width = FILM_SIZE.width * cast.length;
  const writer = createMp4Writer({ path, width, height: FILM_SIZE.height, fps: FPS, crf: 22 });
  const picture = allocateI420({ width, height: FILM_SIZE.height });
  const sound = new Float32Array(frames * FRAME_SAMPLES);
  const streams = cast.map(({ avatar, said }, i) => {
    const startFrame = starts[i]!;
    sound.set(said.pcm48k, startFrame * FRAME_SAMPLES);
    const endFrame = startFrame + framesOf(said);
    return play(avatar, delayed(said, startFrame), {
      ...FILM_SIZE,
      frames,
      seed: 11 + i,
      before(stream, frame, at) {
        if (frame === 1 && i > 0) stream.act?.(at, { type: 'state', state: 'listening' });
        if (frame === startFrame - 5) stream.act?.(at, { type: 'state', state: 'idle' });
        if (frame === startFrame) stream.act?.(at, { type: 'expression', expression: 'happy', strength: 0.4 });
        if (frame === endFrame + 10) stream.act?.(at, { type: 'state', state: 'listening' });
      },
    });
  });
  for (let frame = 0; frame < frames; frame++) {
    streams.forEach((stream, i) => paste(stream.next().value!.picture, picture, i * FILM_SIZE.width));
    writer.picture(picture);
    writer.sound(sound.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES));
  }
  for (const stream of streams) stream.return(undefined);
  writer.close();
}

/** A clip of an avatar that speaks and then listens: an upload for the engine that shows nobody living. */
export async function speakingClip(avatar: LoadedAvatar, said: Spoken, size: PictureSize): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'speaking-clip-'));
  const path = join(folder, 'clip.mp4');
  const writer = createMp4Writer({ path, ...size, fps: FPS, crf: 14 });
  const frames = framesOf(said) + 4 * FPS;
  for (const { picture, index } of play(avatar, said, { ...size, frames })) {
    writer.picture(picture);
    const sound = new Float32Array(FRAME_SAMPLES);
    sound.set(said.pcm48k.subarray(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES));
    writer.sound(sound);
  }
  writer.close();
  const file = readFileSync(path);
  rmSync(folder, { recursive: true });
  return file;
}

function delayed(said: Spoken, frames: number): Spoken {
  const samples = Math.ceil((frames * FRAME_SAMPLES) / STEP_SAMPLES) * STEP_SAMPLES;
  const pcm48k = new Float32Array(samples + said.pcm48k.length);
  pcm48k.set(said.pcm48k, samples);
  const perStep = said.mouths.length / Math.max(1, Math.floor(said.pcm48k.length / STEP_SAMPLES));
  const mouths = new Float32Array((samples / STEP_SAMPLES) * Math.round(perStep) + said.mouths.length);
  mouths.set(said.mouths, mouths.length - said.mouths.length);
  return { ...heard(pcm48k), mouths };
}

function paste(from: I420Picture, to: I420Picture, left: number): void {
  let fromAt = 0;
  let toAt = 0;
  for (let plane = 0; plane < 3; plane++) {
    const scale = plane === 0 ? 1 : 2;
    const [width, height, stride] = [from.width / scale, from.height / scale, to.width / scale];
    for (let row = 0; row < height; row++) to.data.set(from.data.subarray(fromAt + row * width, fromAt + (row + 1) * width), toAt + row * stride + left / scale);
    fromAt += width * height;
    toAt += stride * height;
  }
}

