import { describe, expect, it } from 'vitest';
import { correlation, loudnessPerFrame, percentile } from '../loudness.ts';
import { MOTION_LOOK_AHEAD_MS, MotionSource } from './motion-source.ts';
import { channel, CHANNEL_COUNT, restPose } from './pose.ts';
import { speechLikeSound } from './speech-like-sound.ts';

const FRAME = 48_000 / 25;
const MOUTH = [channel.jaw, channel.spread, channel.round, channel.upperLip, channel.lowerLip, channel.press];

function poses(source: MotionSource, frames: number, first = 0): Float32Array[] {
  return Array.from({ length: frames }, (_, i) => {
    const pose = restPose();
    source.poseAt((first + i) * FRAME, pose);
    return pose;
  });
}

function jaws(all: Float32Array[]): number[] {
  return all.map((pose) => pose[channel.jaw]!);
}

describe('motion from sound', () => {
  it('keeps the mouth shut in silence and in faint noise', () => {
    const noise = Float32Array.from({ length: 16_000 * 4 }, (_, i) => 0.0015 * Math.sin(i * i * 0.37));
    for (const pcm of [new Float32Array(16_000 * 4), noise]) {
      const source = new MotionSource(1);
      source.push(0, pcm);
      for (const pose of poses(source, 90)) for (const ch of MOUTH) expect(Math.abs(pose[ch]!)).toBeLessThan(0.01);
    }
  });

  it('opens the jaw with the loudness of speech, whatever its level', () => {
    for (const level of [1, 0.2]) {
      const pcm = speechLikeSound(8).map((value) => value * level);
      const source = new MotionSource(1);
      source.push(0, pcm);
      const opening = jaws(poses(source, 190));
      // The first second is left out: a voice's level is only known once it was heard.
      expect(correlation(opening.slice(25), loudnessPerFrame(pcm, 16_000, 25, 190).slice(25))).toBeGreaterThan(0.7);
      expect(percentile(opening, 0.95)).toBeGreaterThan(0.4);
      expect(percentile(opening, 0.05)).toBeLessThan(0.05);
      expect(Math.max(...opening)).toBeLessThan(1);
    }
  });

  it('gives the same motion however the sound is cut into pieces', () => {
    const pcm = speechLikeSound(3);
    const whole = new MotionSource(3);
    whole.push(0, pcm);
    const expected = poses(whole, 70);
    for (const piece of [1, 77, 320, 4001]) {
      const source = new MotionSource(3);
      for (let at = 0; at < pcm.length; at += piece) source.push(at * 3, pcm.subarray(at, at + piece));
      expect(poses(source, 70)).toEqual(expected);
    }
  });

  it('needs no more sound ahead than it says', () => {
    const pcm = speechLikeSound(3);
    const whole = new MotionSource(3);
    whole.push(0, pcm);
    const expected = poses(whole, 60);
    const live = new MotionSource(3);
    const ahead = Math.ceil(MOTION_LOOK_AHEAD_MS * 16);
    let pushed = 0;
    const got = Array.from({ length: 60 }, (_, i) => {
      const until = i * 640 + ahead;
      live.push(pushed * 3, pcm.subarray(pushed, until));
      pushed = until;
      const pose = restPose();
      live.poseAt(i * FRAME, pose);
      return pose;
    });
    expect(got).toEqual(expected);
  });

  it('closes smoothly when sound is taken back, and within 300 ms', () => {
    const source = new MotionSource(5);
    source.push(0, speechLikeSound(6));
    const before = poses(source, 60);
    source.truncate(60 * FRAME);
    const after = poses(source, 30, 60);
    const opening = jaws([...before, ...after]);
    for (let i = 61; i < 90; i++) expect(Math.abs(opening[i]! - opening[i - 1]!)).toBeLessThan(0.37);
    for (let i = 68; i < 90; i++) expect(opening[i]).toBeLessThan(0.02);
  });

  it('goes on after an interruption as if the taken-back sound had never come', () => {
    const first = speechLikeSound(2);
    const second = speechLikeSound(5).subarray(16_000 * 2);
    const cut = 16_000 + 123;
    const interrupted = new MotionSource(5);
    interrupted.push(0, first);
    interrupted.truncate(cut * 3);
    interrupted.push(cut * 3, second);
    const straight = new MotionSource(5);
    straight.push(0, first.subarray(0, cut));
    straight.push(cut * 3, second);
    expect(poses(interrupted, 90)).toEqual(poses(straight, 90));
  });

  it('refuses sound that leaves a hole, or is too far ahead', () => {
    const source = new MotionSource(5);
    source.push(0, new Float32Array(160));
    expect(() => source.push(960, new Float32Array(160))).toThrow(RangeError);
    expect(() => source.push(480, new Float32Array(16_000 * 31))).toThrow(/ahead/);
  });
});

describe('idle motion', () => {
  it('never freezes, stays small, and blinks at a human rate', () => {
    const source = new MotionSource(42);
    const all = poses(source, 25 * 60);
    for (let i = 25; i < all.length; i++) expect(all[i]).not.toEqual(all[i - 1]);
    expect(Math.max(...all.map((pose) => Math.abs(pose[channel.yaw]!)))).toBeLessThan(0.06);
    const blinks = all.filter((pose, i) => pose[channel.blinkLeft]! > 0.5 && (all[i - 1]?.[channel.blinkLeft] ?? 0) <= 0.5).length;
    expect(blinks).toBeGreaterThanOrEqual(8);
    expect(blinks).toBeLessThanOrEqual(35);
  });

  it('repeats itself from its seed and differs between seeds', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => poses(new MotionSource(seed), 50));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(a![0]).toHaveLength(CHANNEL_COUNT);
  });
});
