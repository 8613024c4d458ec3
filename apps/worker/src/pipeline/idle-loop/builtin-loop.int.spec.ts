/** Real: the built-in engine, its lip sync network and the encoder. What sessions rely on where they change between loop and live pictures. */
import { readFile } from 'node:fs/promises';
import { allocateI420, type AvatarStream, type LoadedAvatar } from '@visavis/engine';
import { createBuiltinEngine } from '@visavis/engine-builtin';
import { speechLikeSound } from '@visavis/engine-builtin/measure';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeIdleLoop, isLoopOf } from './encode-idle-loop.ts';
import { IdleLoop } from './idle-loop.ts';

const size = { width: 256, height: 256 };
const FPS = 25;
const FRAME_SAMPLES = 1920;
const PUSH_SAMPLES = 960;
const AHEAD_SAMPLES = 9600;
const SPEECH_SECONDS = 1.5;
/** Of 255, over the whole picture, and at any place: the renderer leaves parts alone that would move by less than a grey level or so. */
const MAX_MEAN_DIFFERENCE = 0.15;
const MAX_DIFFERENCE = 16;

describe('the idle pictures of the built-in engine', () => {
  let avatar: LoadedAvatar;
  beforeAll(async () => {
    const engine = createBuiltinEngine();
    const portrait = await readFile(new URL('../../../../../libs/engine-builtin/assets/stock/vermeer-girl-with-a-pearl-earring.jpg', import.meta.url));
    avatar = await engine.load((await engine.prepare(portrait)).bundle, size);
  }, 300_000);

  /** Draws or skips frame by frame; speech begins after two seconds. */
  function* play(stream: AvatarStream, frames: number, draw: (frame: number, at: number) => void): Generator<number> {
    const speech = speechLikeSound(SPEECH_SECONDS);
    const silence = new Float32Array(PUSH_SAMPLES / 3);
    let heard = 0;
    for (let frame = 0; frame < frames; frame++) {
      const at = frame * FRAME_SAMPLES;
      for (; heard < at + AHEAD_SAMPLES; heard += PUSH_SAMPLES) {
        const from = (heard - 2 * 48_000) / 3;
        stream.push(heard, from >= 0 && from + silence.length <= speech.length ? speech.subarray(from, from + silence.length) : silence);
      }
      draw(frame, at);
      yield frame;
    }
  }

  it('are those of its clips whenever a stream says that it is idle, before speech and after it', () => {
    const stream = avatar.open({ ...size, fps: FPS, seed: 3 });
    const painter = avatar.idlePainter({ ...size, fps: FPS });
    const [live, drawn] = [allocateI420(size), allocateI420(size)];
    const idle: number[] = [];
    for (const frame of play(stream, 200, (_, at) => stream.frame(at, live))) {
      if (!stream.idle) continue;
      idle.push(frame);
      painter.draw(stream.idleClip, stream.idleFrame, drawn);
      let [sum, most] = [0, 0];
      for (let index = 0; index < live.data.length; index++) {
        const difference = Math.abs(live.data[index]! - drawn.data[index]!);
        sum += difference;
        most = Math.max(most, difference);
      }
      expect(sum / live.data.length).toBeLessThan(MAX_MEAN_DIFFERENCE);
      expect(most).toBeLessThan(MAX_DIFFERENCE);
    }
    painter.close();
    stream.close();
    expect(idle.slice(0, 40)).toEqual(Array.from({ length: 40 }, (_, frame) => frame));
    expect(idle.at(-1)).toBe(199);
    expect(idle).not.toContain(75);
  });

  it('go on in the same order for a stream that is skipped', () => {
    const [one, other] = [avatar.open({ ...size, fps: FPS, seed: 4 }), avatar.open({ ...size, fps: FPS, seed: 4 })];
    const picture = allocateI420(size);
    const places: [number, number][][] = [[], []];
    for (const _ of play(one, 40, (__, at) => one.frame(at, picture))) places[0]!.push([one.idleClip, one.idleFrame]);
    for (const _ of play(other, 40, (__, at) => other.skip(at))) places[1]!.push([other.idleClip, other.idleFrame]);
    expect(places[1]).toEqual(places[0]);
    expect(places[0]![0]![1]).toBe(0);
    one.close();
    other.close();
  });

  it('are clips of whole key intervals, and their loop is known again', () => {
    const options = { ...size, fps: FPS, codec: 'h264', maxBitrate: 2_500_000 } as const;
    const lengths = avatar.idleClips(FPS);
    expect(lengths.length).toBeGreaterThan(0);
    lengths.forEach((length) => expect(length % (2 * FPS)).toBe(0));
    // One clip of them: all would take half a minute.
    const first: LoadedAvatar = Object.assign(Object.create(avatar) as LoadedAvatar, { idleClips: () => lengths.slice(0, 1) });
    const loop = new IdleLoop(finish(encodeIdleLoop(first, options))!);
    expect(finish(isLoopOf(loop, first, options))).toBe(true);
  });
});

function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
