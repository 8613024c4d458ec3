import { createOpusDecoder, createVideoDecoder } from '@visavis/codec';
import { allocateI420 } from '@visavis/engine';
import { idrPictureId } from '@visavis/rtp';
import { afterEach, describe, expect, it } from 'vitest';
import { VIDEO_HOLD_MS } from './media-session.ts';
import { drawGradient, GRADIENT_CLIP_SECONDS } from './testing/gradient-avatar.ts';
import { idleLoopOf, openSessionRig, type SessionRig } from './testing/session-rig.ts';
import { handFed, tone } from './testing/speech.ts';

const FPS = 25;
const FRAME_SAMPLES = 1920;
/** Clips of 2 and 4 s take turns; seed 1 begins with the long one. */
const CYCLE = (GRADIENT_CLIP_SECONDS[0] + GRADIENT_CLIP_SECONDS[1]) * FPS;
const LONG = GRADIENT_CLIP_SECONDS[1] * FPS;

let rig: SessionRig;
afterEach(() => rig.session.close());

function placeOf(frame: number): [clip: number, frame: number] {
  const at = frame % CYCLE;
  return at < LONG ? [1, at] : [0, at - LONG];
}

/** Numbers of the pictures whose data came from the loop: they were skipped by the engine. */
function fromLoop(): number[] {
  const drawn = new Set(rig.avatar.frames);
  return rig.video.map(({ mediaSample }) => mediaSample).filter((sample) => !drawn.has(sample)).map((sample) => sample / FRAME_SAMPLES);
}

function keys(): number[] {
  return rig.video.filter(({ key }) => key).map(({ mediaSample }) => mediaSample / FRAME_SAMPLES);
}

/** Decodes all that was sent in one decoder and gives how much brighter each picture is than its picture of the idle clips, at the same place of the picture. */
function lifts(codec: 'h264' | 'vp8' = 'h264'): number[] {
  const decoder = createVideoDecoder(codec);
  const expected = allocateI420({ width: 64, height: 64 });
  const result = rig.video.map(({ data, mediaSample }) => {
    const { data: seen } = decoder.decode(data)!;
    drawGradient(expected, ...placeOf(mediaSample / FRAME_SAMPLES), 0);
    let sum = 0;
    for (let index = 0; index < 64 * 64; index++) sum += seen[index]! - expected.data[index]!;
    return sum / (64 * 64);
  });
  decoder.close();
  return result;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

describe('an idle session', () => {
  it.each(['h264', 'vp8'] as const)('%s: sends the loop from its next key frame on; one decoder sees no border', async (codec) => {
    rig = openSessionRig({ codec });
    await rig.time.advance(500);
    rig.session.useIdleLoop(idleLoopOf(rig.avatar, { width: 64, height: 64, fps: FPS, codec, maxBitrate: 2_500_000 }));
    await rig.time.advance(8500);
    expect(rig.video.length).toBe(225);
    expect(fromLoop()).toEqual(range(50, 225));
    expect(rig.avatar.skips.map((sample) => sample / FRAME_SAMPLES)).toEqual(range(50, 225));
    expect(keys()).toEqual([0, 50, 100, 150, 200]);
    expect(rig.session.stats).toMatchObject({ framesSent: 225, framesFromLoop: 175, loopSwitches: 1, framesDropped: 0, framesLate: 0, keyFrames: 5 });
    lifts(codec).forEach((lift) => expect(Math.abs(lift)).toBeLessThan(3));
  });

  it('begins with the loop also where the machine was busy at its start', async () => {
    rig = openSessionRig({ looped: true });
    rig.time.stall(200);
    await rig.time.advance(1000);
    expect(fromLoop()).toEqual(range(0, rig.video.length));
    expect(rig.avatar.frames).toEqual([]);
    expect(rig.video.length).toBeGreaterThan(28);
  });

  it('does the same at 30 frames a second', async () => {
    rig = openSessionRig({ looped: true, fps: 30 });
    await rig.time.advance(5030);
    expect(rig.session.stats).toMatchObject({ framesSent: 151, framesFromLoop: 151, keyFrames: 3 });
    expect(rig.video.filter(({ key }) => key).map(({ mediaSample }) => mediaSample)).toEqual([0, 96_000, 192_000]);
  });

  it('draws until its loop is there', async () => {
    rig = openSessionRig();
    await rig.time.advance(3000);
    expect(fromLoop()).toEqual([]);
    expect(keys()).toEqual([0]);
  });

  it('gives its encoder back to others', async () => {
    rig = openSessionRig();
    await rig.time.advance(500);
    rig.session.useIdleLoop(idleLoopOf(rig.avatar, { width: 64, height: 64, fps: FPS, codec: 'h264', maxBitrate: 2_500_000 }));
    expect(rig.encoders.spareCount).toBe(0);
    await rig.time.advance(2000);
    expect(rig.encoders.spareCount).toBe(1);
  });

  it('begins with the loop where it is there, and opens no encoder', async () => {
    rig = openSessionRig({ looped: true });
    await rig.time.advance(1000);
    expect(fromLoop()).toEqual(range(0, 25));
    expect(rig.events.map(({ type }) => type)).toEqual(['sending']);
    rig.session.close();
    expect([rig.avatar.frames.length, rig.avatar.closed, rig.encoders.spareCount]).toEqual([0, 1, 0]);
  });

  it('leaves no picture of the loop out, however late it is: the next one builds on it', async () => {
    rig = openSessionRig({ looped: true });
    await rig.time.advance(3000);
    rig.time.stall(300);
    await rig.time.advance(1000);
    expect(rig.video.map(({ mediaSample }) => mediaSample)).toEqual(rig.video.map((_, index) => index * FRAME_SAMPLES));
    expect(rig.session.stats.framesDropped).toBe(0);
    expect(rig.session.stats.framesLate).toBeGreaterThan(3);
    lifts().forEach((lift) => expect(Math.abs(lift)).toBeLessThan(3));
  });

  it('goes on with the loop after a long sleep', async () => {
    rig = openSessionRig({ looped: true });
    await rig.time.advance(3000);
    rig.time.stall(60_000);
    await rig.time.advance(3000);
    expect(rig.session.stats.clockSlips).toBe(1);
    lifts().forEach((lift) => expect(Math.abs(lift)).toBeLessThan(3));
  });
});

describe('speech', () => {
  it('is live from its first picture on, which is a key frame, and the loop comes back at a key frame when all is over', async () => {
    rig = openSessionRig({ looped: true });
    await rig.time.advance(3010);
    rig.session.speak({ utteranceId: 'a', source: tone(1000) });
    await rig.time.advance(5000);
    const pushed = rig.avatar.pushes.find(({ level }) => level > 0.1)!.atSample48k;
    const first = Math.ceil((pushed - 60 * 48) / FRAME_SAMPLES);
    // 200 ms after its end the gradient is at rest again, and the next key frame of the loop is that of second 6.
    expect(fromLoop()).toEqual([...range(0, first), ...range(150, rig.video.length)]);
    expect(keys()).toEqual([0, 50, first, 150]);
    const bright = lifts().map((lift) => lift > 30);
    const last = (pushed + 48_000 + 9600) / FRAME_SAMPLES;
    bright.forEach((isBright, frame) => expect(isBright).toBe(frame >= first && frame < last));
    expect(rig.session.stats.loopSwitches).toBe(2);
  });

  it('begins without a click after silence from the cache', async () => {
    rig = openSessionRig({ looped: true });
    await rig.time.advance(4010);
    rig.session.speak({ utteranceId: 'a', source: tone(400) });
    await rig.time.advance(1000);
    const decoder = createOpusDecoder();
    const heard = rig.audio.flatMap(({ data }) => [...decoder.decode(data)]);
    decoder.close();
    const loud = heard.findIndex((value) => value !== 0);
    expect(loud).toBeGreaterThan(4000 * 48);
    // The tone itself moves by 0.033 from sample to sample, and begins at 0.05.
    for (let index = loud; index < heard.length; index++) expect(Math.abs(heard[index]! - heard[index - 1]!)).toBeLessThan(0.06);
  });

  it('that is late keeps the loop until it comes, and none between two sentences', async () => {
    rig = openSessionRig({ looped: true });
    const { source, give, finish } = handFed();
    await rig.time.advance(2500);
    rig.session.speak({ utteranceId: 'a', source });
    await rig.time.advance(500);
    expect(rig.session.stats.framesFromLoop).toBe(rig.video.length);
    give(200);
    await rig.time.advance(3000);
    // It may go on any moment: the loop would be left again at once.
    expect(rig.session.stats.loopSwitches).toBe(1);
    finish();
    await rig.time.advance(4000);
    expect(rig.session.stats.loopSwitches).toBe(2);
  });

  it('that is interrupted as it enters leaves the engine in step', async () => {
    for (const afterMs of [5, 15, 25, 35, 45, 65]) {
      rig = openSessionRig({ looped: true });
      await rig.time.advance(3010);
      rig.session.speak({ utteranceId: 'a', source: tone(2000) });
      await rig.time.advance(afterMs);
      rig.session.interrupt();
      await rig.time.advance(4000);
      expect(rig.events.filter(({ type }) => type === 'failed')).toEqual([]);
      expect(rig.events.filter(({ type }) => type === 'utterance.ended')).toMatchObject([{ interrupted: true }]);
      expect(rig.session.stats.framesFromLoop).toBeGreaterThan(50);
      lifts();
      rig.session.close();
    }
  });
});

describe('a viewer who needs a key frame during the loop', () => {
  it('gets one of the current picture at once, and live pictures until the loop has one', async () => {
    rig = openSessionRig({ looped: true });
    await rig.time.advance(3010);
    const asked = rig.video.length;
    rig.session.requestKeyFrame();
    await rig.time.advance(3100);
    expect(keys()).toEqual([0, 50, asked, 100, 150]);
    expect(fromLoop()).toEqual([...range(0, asked), ...range(100, rig.video.length)]);
    expect(rig.events.filter(({ type }) => type === 'failed')).toEqual([]);
    lifts().forEach((lift) => expect(Math.abs(lift)).toBeLessThan(3));
    // Who comes in there can decode from there.
    const decoder = createVideoDecoder('h264');
    rig.video.slice(asked).forEach(({ data }) => expect(decoder.decode(data)).toBeDefined());
    decoder.close();
  });

  it('waits for the key frame of the loop where that is as good as at once', async () => {
    rig = openSessionRig({ looped: true });
    await rig.time.advance(100 * 40 - 30);
    expect(rig.video.length).toBe(99);
    rig.session.requestKeyFrame();
    await rig.time.advance(1000);
    expect(keys()).toEqual([0, 50, 100]);
    expect(fromLoop()).toEqual(range(0, rig.video.length));
  });
});

describe('key frames that follow each other', () => {
  it('have different numbers, whoever made them', async () => {
    let pairs = 0;
    // The loop's key frames are pictures 100 and 150; sound that enters just then makes the next one live.
    for (const atMs of [4000, 6000]) {
      for (const afterMs of [5, 15, 25]) {
        rig = openSessionRig({ looped: true });
        await rig.time.advance(atMs + VIDEO_HOLD_MS + afterMs);
        rig.session.speak({ utteranceId: 'a', source: tone(200) });
        await rig.time.advance(400);
        const ids = rig.video.map(({ data }) => idrPictureId(data));
        ids.forEach((id, index) => {
          if (index === 0 || id < 0 || ids[index - 1]! < 0) return;
          pairs++;
          expect(id).not.toBe(ids[index - 1]);
        });
        rig.session.close();
      }
    }
    expect(pairs).toBeGreaterThanOrEqual(2);
  });
});

describe('a cue', () => {
  it('ends the loop at the next picture, and the loop comes back after it', async () => {
    rig = openSessionRig({ looped: true });
    await rig.time.advance(3010);
    const asked = rig.video.length;
    rig.session.act({ type: 'gesture', gesture: 'nod' });
    await rig.time.advance(3000);
    expect(fromLoop()).toEqual([...range(0, asked), ...range(100, rig.video.length)]);
    expect(rig.avatar.acts).toEqual([{ atSample48k: 151 * 960 - 1, cue: { type: 'gesture', gesture: 'nod' } }]);
    expect(lifts()[asked]).toBeGreaterThan(30);
  });

  it('that lasts keeps the session live', async () => {
    rig = openSessionRig({ looped: true });
    await rig.time.advance(3010);
    rig.session.act({ type: 'expression', expression: 'happy', strength: 1 });
    await rig.time.advance(4000);
    const live = fromLoop().length;
    rig.session.act({ type: 'expression', expression: 'neutral', strength: 0 });
    await rig.time.advance(3000);
    expect(live).toBe(75);
    expect(fromLoop().length).toBeGreaterThan(live);
  });
});
