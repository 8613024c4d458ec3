import { describe, expect, it } from 'vitest';
import { IdleTrack, photoIdleClips, videoIdleClips } from './idle-clips.ts';
import type { IdleClip, IdleClips } from './idle-clips.ts';
import { channel, CHANNEL_COUNT } from './pose.ts';

const TRAITS = { mouthGain: 1, sway: 1 };
const FPS = 25;
const HEAD = [channel.yaw, channel.pitch, channel.roll, channel.shiftX, channel.shiftY] as const;

function poseOf(clip: IdleClip, frame: number): Float32Array {
  return clip.poses.subarray(frame * CHANNEL_COUNT, (frame + 1) * CHANNEL_COUNT);
}

/** What a session sees, frame by frame. */
function shown(clips: IdleClips, seconds: number, seed = 1): Float32Array[] {
  const track = new IdleTrack(clips, seed);
  return Array.from({ length: seconds * clips.fps }, (_, frame) => {
    track.at(frame);
    return poseOf(clips.clips[track.clip]!, track.frame);
  });
}

/** Frames at which lids begin to be more than half shut. */
function blinkFrames(poses: readonly Float32Array[]): number[] {
  return poses.flatMap((pose, i) => (i > 0 && pose[channel.blinkLeft]! > 0.5 && poses[i - 1]![channel.blinkLeft]! <= 0.5 ? [i] : []));
}

describe('idle clips of a photo', () => {
  it.each([25, 30, 50, 24])('are a handful of 4 to 8 s, in whole distances of key frames, at %i frames a second', (fps) => {
    const { clips } = photoIdleClips(TRAITS, fps);
    expect(clips.length).toBeGreaterThanOrEqual(5);
    expect(clips.length).toBeLessThanOrEqual(8);
    for (const { frames, poses, bases } of clips) {
      expect(frames % (2 * fps)).toBe(0);
      expect(frames / fps).toBeGreaterThanOrEqual(4);
      expect(frames / fps).toBeLessThanOrEqual(8);
      expect(poses.length).toBe(frames * CHANNEL_COUNT);
      expect(bases).toEqual(new Uint16Array(frames));
    }
  });

  it('are the same for the same avatar, and others for another', () => {
    expect(photoIdleClips(TRAITS, FPS)).toEqual(photoIdleClips(TRAITS, FPS));
    expect(photoIdleClips({ ...TRAITS, idleSeed: 7 }, FPS)).not.toEqual(photoIdleClips(TRAITS, FPS));
  });

  it('begin and end at rest without speed, so that any may follow any', () => {
    for (const idleSeed of [1, 2, 3]) {
      for (const clip of photoIdleClips({ ...TRAITS, idleSeed }, FPS).clips) {
        expect(Array.from(poseOf(clip, 0)).every((value) => value === 0)).toBe(true);
        for (const frame of [1, clip.frames - 1]) {
          const pose = poseOf(clip, frame);
          for (const ch of HEAD) expect(Math.abs(pose[ch]!)).toBeLessThan(1e-4);
          expect(pose[channel.breath]).toBeLessThan(0.005);
          for (const ch of [channel.blinkLeft, channel.gazeX, channel.gazeY, channel.smile]) expect(pose[ch]).toBe(0);
        }
      }
    }
  });

  it('blink 15 to 20 times a minute over ten minutes, at intervals that vary as people\'s do, both eyes and quite shut', () => {
    for (const idleSeed of [1, 2, 3, 4, 5]) {
      const poses = shown(photoIdleClips({ ...TRAITS, idleSeed }, FPS), 600, idleSeed);
      const blinks = blinkFrames(poses);
      expect(blinks.length / 10).toBeGreaterThanOrEqual(15);
      expect(blinks.length / 10).toBeLessThanOrEqual(20);
      const intervals = blinks.slice(1).map((frame, i) => (frame - blinks[i]!) / FPS);
      const mean = intervals.reduce((sum, s) => sum + s, 0) / intervals.length;
      const deviation = Math.sqrt(intervals.reduce((sum, s) => sum + (s - mean) ** 2, 0) / intervals.length);
      expect(deviation / mean).toBeGreaterThan(0.35);
      expect(Math.max(...intervals)).toBeLessThan(13);
      for (const frame of blinks) expect(Math.max(...poses.slice(frame, frame + 4).map((pose) => pose[channel.blinkLeft]!))).toBeGreaterThan(0.98);
      for (const pose of poses) expect(pose[channel.blinkLeft]).toBe(pose[channel.blinkRight]);
    }
  });

  it('close lids faster than they open them', () => {
    const { clips } = photoIdleClips(TRAITS, 100);
    const lids = Array.from({ length: clips[0]!.frames }, (_, frame) => poseOf(clips[0]!, frame)[channel.blinkLeft]!);
    const start = lids.findIndex((value) => value > 0);
    const shut = lids.findIndex((value) => value === 1);
    const opens = lids.findIndex((value, i) => i > shut && value < 1);
    const open = lids.findIndex((value, i) => i > opens && value === 0);
    expect(shut - start).toBeLessThanOrEqual(10);
    expect(open - opens).toBeGreaterThanOrEqual(18);
  });

  it('look at the viewer most of the time, aside now and then, and rest only where the store has eyes', () => {
    const poses = shown(photoIdleClips(TRAITS, FPS), 300);
    const at = (frame: number) => `${poses[frame]![channel.gazeX]} ${poses[frame]![channel.gazeY]}`;
    let contact = 0;
    let between = 0;
    for (let i = 1; i + 1 < poses.length; i++) {
      if (at(i) === '0 0') contact++;
      const { [channel.gazeX]: x, [channel.gazeY]: y } = poses[i]!;
      if (![-1, -0.5, 0, 0.5, 1].includes(x!) || ![-1, 0, 1].includes(y!)) {
        between++;
        // On the way, for two frames at most.
        expect(at(i) === at(i + 1) && at(i) === at(i - 1)).toBe(false);
      }
    }
    expect(contact / poses.length).toBeGreaterThan(0.7);
    expect(contact / poses.length).toBeLessThan(0.95);
    expect(between / poses.length).toBeLessThan(0.05);
  });

  it('never stand still for long, stay small and move smoothly', () => {
    const poses = shown(photoIdleClips(TRAITS, FPS), 300);
    for (const [ch, most] of [[channel.yaw, 0.06], [channel.pitch, 0.03], [channel.roll, 0.035], [channel.shiftX, 0.045]] as const) {
      const values = poses.map((pose) => pose[ch]!);
      expect(Math.max(...values.map(Math.abs))).toBeLessThan(most);
      const speeds = values.slice(1).map((value, i) => value - values[i]!);
      expect(Math.max(...speeds.map(Math.abs))).toBeLessThan(0.005);
      expect(Math.max(...speeds.slice(1).map((speed, i) => Math.abs(speed - speeds[i]!)))).toBeLessThan(0.0016);
    }
    let still = 0;
    for (let i = 1; i < poses.length; i++) {
      const furthest = Math.max(...poses[i]!.map((value, ch) => Math.abs(value - poses[i - 1]![ch]!)));
      still = furthest < 1e-4 ? still + 1 : 0;
      // A held breath between two clips.
      expect(still).toBeLessThan(FPS);
    }
  });

  it('breathe 10 to 18 times a minute', () => {
    const poses = shown(photoIdleClips(TRAITS, FPS), 300);
    const breaths = poses.filter((pose, i) => i > 0 && pose[channel.breath]! > 0.5 && poses[i - 1]![channel.breath]! <= 0.5).length / 5;
    expect(breaths).toBeGreaterThan(10);
    expect(breaths).toBeLessThan(18);
  });

  it('move a turned head less, and its lids as much', () => {
    const [free, turned] = [1, 0.35].map((sway) => shown(photoIdleClips({ mouthGain: 1, sway }, FPS), 60));
    const most = (poses: Float32Array[], ch: number) => Math.max(...poses.map((pose) => Math.abs(pose[ch]!)));
    expect(most(turned!, channel.yaw)).toBeCloseTo(0.35 * most(free!, channel.yaw), 4);
    expect(blinkFrames(turned!)).toEqual(blinkFrames(free!));
  });
});

describe('idle clips of a video', () => {
  const follows = (loop: { frames: number; jumps?: readonly { from: number; to: number }[] }, from: number, to: number) =>
    to === (from + 1) % loop.frames || loop.jumps?.some((jump) => jump.from === from && jump.to === to) === true;

  it('are the loop itself where it is whole distances of key frames', () => {
    const { clips } = videoIdleClips(TRAITS, FPS, { frames: 250, fps: 25 });
    expect(clips).toHaveLength(1);
    expect(clips[0]!.bases).toEqual(Uint16Array.from({ length: 250 }, (_, i) => i));
    expect(clips[0]!.poses.every((value) => value === 0)).toBe(true);
  });

  it('find other ways by jumps, each from the first picture and back to it', () => {
    const loop = { frames: 330, fps: 25, jumps: [{ from: 100, to: 160 }, { from: 200, to: 130 }, { from: 280, to: 60 }, { from: 120, to: 300 }, { from: 249, to: 0 }] };
    const { clips } = videoIdleClips(TRAITS, FPS, loop);
    expect(clips.length).toBeGreaterThan(2);
    for (const { frames, bases } of clips) {
      expect(frames % 50).toBe(0);
      expect(bases[0]).toBe(0);
      // Now and then a picture is left out between two.
      const skipped = (from: number, to: number) => Array.from({ length: loop.frames }, (_, between) => between).some((between) => follows(loop, from, between) && follows(loop, between, to));
      const ways = Array.from(bases, (picture, i) => [picture, i + 1 < frames ? bases[i + 1]! : 0] as const);
      const uneven = ways.filter(([from, to]) => !follows(loop, from, to));
      expect(uneven.every(([from, to]) => skipped(from, to))).toBe(true);
      expect(uneven.length / frames).toBeLessThan(0.035);
    }
    expect(new Set(clips.map(({ bases }) => bases.join())).size).toBe(clips.length);
    expect(new Set(clips.flatMap(({ bases }) => [...bases])).size).toBeGreaterThan(300);
    expect(videoIdleClips(TRAITS, FPS, loop)).toEqual({ fps: FPS, clips });
  });

  it('leave out a picture now and then where the loop fits in no other way', () => {
    for (const frames of [187, 30, 61, 413]) {
      const { clips } = videoIdleClips(TRAITS, FPS, { frames, fps: 25 });
      const { bases } = clips[0]!;
      expect(bases.length % 50).toBe(0);
      const steps = Array.from(bases, (picture, i) => ((i + 1 < bases.length ? bases[i + 1]! : 0) - picture + frames) % frames);
      expect(steps.every((step) => step === 1 || step === 2)).toBe(true);
      expect(steps.filter((step) => step === 2).length / steps.length).toBeLessThan(0.06);
    }
  });

  it.each([50, 30, 24])('keep the pace of the film at %i frames a second', (fps) => {
    const { clips } = videoIdleClips(TRAITS, fps, { frames: 250, fps: 25 });
    expect(clips[0]!.frames).toBe(10 * fps);
    clips[0]!.bases.forEach((picture, frame) => expect(picture).toBe(Math.floor((frame * 25) / fps + 1e-9)));
  });

  it('refuse a jump to nowhere', () => {
    expect(() => videoIdleClips(TRAITS, FPS, { frames: 100, fps: 25, jumps: [{ from: 3, to: 100 }] })).toThrow(RangeError);
  });
});

describe('the order of idle clips', () => {
  const clips = (count: number): IdleClips => ({ fps: FPS, clips: Array.from({ length: count }, (_, i) => ({ frames: 100 + 50 * (i % 3), poses: new Float32Array(), bases: new Uint16Array() })) });
  function order(count: number, seed: number, rounds = 12): number[] {
    const track = new IdleTrack(clips(count), seed);
    const seen: number[] = [];
    for (let frame = 0; seen.length < rounds * count; frame++) if (track.at(frame).frame === 0) seen.push(track.clip);
    return seen;
  }

  it('plays every clip to its end, and none twice in a row', () => {
    for (const count of [1, 2, 3, 8]) {
      const track = new IdleTrack(clips(count), 3);
      let [clip, frame] = [track.at(0).clip, 0];
      for (let i = 1; i < 20_000; i++) {
        track.at(i);
        if (track.frame === 0) {
          expect(frame).toBe(99 + 50 * (clip % 3));
          if (count > 1) expect(track.clip).not.toBe(clip);
        } else expect([track.clip, track.frame]).toEqual([clip, frame + 1]);
        [clip, frame] = [track.clip, track.frame];
      }
    }
  });

  it('shows all before one comes again, and that not soon', () => {
    for (let seed = 0; seed < 20; seed++) {
      const seen = order(8, seed);
      for (let i = 0; i < seen.length; i += 8) expect(new Set(seen.slice(i, i + 8)).size).toBe(8);
      seen.forEach((clip, i) => expect(seen.slice(i + 1, i + 4)).not.toContain(clip));
    }
  });

  it('differs between seeds and repeats itself from one', () => {
    expect(order(8, 5)).toEqual(order(8, 5));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => order(8, seed, 3).join())).size).toBeGreaterThan(15);
    expect(new Set(Array.from({ length: 40 }, (_, seed) => order(8, seed, 1)[0])).size).toBe(8);
  });

  it('is the same when frames are left out, or asked for again', () => {
    const [whole, gaps] = [new IdleTrack(clips(5), 9), new IdleTrack(clips(5), 9)];
    for (const frame of [0, 1, 77, 900, 5000, 4999, 12, 13_000]) {
      gaps.at(frame);
      for (let i = Math.max(0, frame - 3); i <= frame; i++) whole.at(i);
      expect([gaps.clip, gaps.frame]).toEqual([whole.clip, whole.frame]);
    }
  });
});
