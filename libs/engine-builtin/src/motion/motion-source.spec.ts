import { InferenceService, MOUTH_PARAMS, mouthOfSegments, param, visemeSegments, VisemeStream } from '@visavis/viseme-net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loudnessPerFrame, percentile } from '../loudness.ts';
import { motionLookAheadMs, MotionSource } from './motion-source.ts';
import { channel, CHANNEL_COUNT, restPose } from './pose.ts';
import { speechLikeSound } from './speech-like-sound.ts';

const FRAME = 48_000 / 25;
const MOUTH = [channel.jaw, channel.spread, channel.round, channel.upperLip, channel.lowerLip, channel.press, channel.teeth, channel.tongue];
/** The network's promise, for what is the same but for how it was computed. */
const SAME = 1e-4;

let inference: InferenceService;
const streams: VisemeStream[] = [];
beforeAll(() => {
  inference = new InferenceService();
});
afterAll(() => inference.close());
afterEach(() => streams.splice(0).forEach((stream) => stream.close()));

function motion(seed: number): MotionSource {
  const stream = new VisemeStream(inference.connect());
  streams.push(stream);
  return new MotionSource(stream, seed);
}

function poses(source: MotionSource, frames: number, first = 0): Float32Array[] {
  return Array.from({ length: frames }, (_, i) => {
    const pose = restPose();
    source.poseAt((first + i) * FRAME, pose);
    return pose;
  });
}

function expectSame(got: Float32Array[], expected: Float32Array[]): void {
  expect(got.length).toBe(expected.length);
  const furthest = got.map((pose, frame) => Math.max(...pose.map((value, ch) => Math.abs(value - expected[frame]![ch]!))));
  expect(Math.max(...furthest)).toBeLessThan(SAME);
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function jaws(all: Float32Array[]): number[] {
  return all.map((pose) => pose[channel.jaw]!);
}

describe('motion from sound', { timeout: 60_000 }, () => {
  it('keeps the mouth shut in silence and in noise', () => {
    const noise = (level: number) => Float32Array.from({ length: 16_000 * 4 }, (_, i) => level * Math.sin(i * i * 0.37));
    for (const pcm of [new Float32Array(16_000 * 4), noise(0.0015), noise(0.05)]) {
      const source = motion(1);
      source.push(0, pcm);
      for (const pose of poses(source, 90)) for (const ch of MOUTH) expect(Math.abs(pose[ch]!)).toBeLessThan(0.08);
    }
  });

  it('opens the jaw with the syllables of speech, whatever its level', () => {
    for (const level of [1, 0.2]) {
      const pcm = speechLikeSound(8).map((value) => value * level);
      const source = motion(1);
      source.push(0, pcm);
      const opening = jaws(poses(source, 190));
      // Openness is not loudness; but the middle of a syllable is open, and that of a pause is not.
      const loudness = loudnessPerFrame(pcm, 16_000, 25, 190);
      const loud = opening.filter((_, i) => loudness[i]! > 0.12 * level);
      const pauses = opening.filter((_, i) => Math.max(...loudness.slice(Math.max(0, i - 2), i + 3)) < 0.02 * level);
      expect(pauses.length).toBeGreaterThan(5);
      expect(mean(loud)).toBeGreaterThan(0.15);
      expect(mean(pauses)).toBeLessThan(0.5 * mean(loud));
      expect(percentile(opening, 0.95)).toBeGreaterThan(0.25);
      expect(Math.max(...opening)).toBeLessThan(1);
    }
  });

  it('gives the same motion however the sound is cut into pieces', () => {
    const pcm = speechLikeSound(3);
    const whole = motion(3);
    whole.push(0, pcm);
    const expected = poses(whole, 70);
    for (const piece of [1, 77, 320, 4001]) {
      const source = motion(3);
      for (let at = 0; at < pcm.length; at += piece) source.push(at * 3, pcm.subarray(at, at + piece));
      expectSame(poses(source, 70), expected);
    }
  });

  it('gives the same motion alone and beside others that are heard in the same calls', () => {
    const pcm = speechLikeSound(3);
    const others = [0.3, 0.7, 1.1, 1.9].map((level) => pcm.map((value, i) => level * value + 0.1 * Math.sin(i * level)));
    const alone = motion(3);
    alone.push(0, pcm);
    const expected = poses(alone, 70);
    const before = inference.counts;
    const among = motion(3);
    const sources = [...others.map((sound) => ({ source: motion(9), sound })), { source: among, sound: pcm }];
    const got: Float32Array[] = [];
    let pushed = 0;
    for (let frame = 0; frame < 70; frame++) {
      const until = Math.min(pcm.length, frame * 640 + 75 * 16);
      for (const { source, sound } of sources) source.push(pushed * 3, sound.subarray(pushed, until));
      pushed = until;
      for (const { source } of sources) {
        const pose = restPose();
        source.poseAt(frame * FRAME, pose);
        if (source === among) got.push(pose);
      }
    }
    expectSame(got, expected);
    const { runs, steps } = inference.counts;
    // Two steps a frame for each of five.
    expect(steps - before.steps).toBeGreaterThan(5 * 140);
    expect(runs - before.runs).toBeLessThan((steps - before.steps) / 4);
  });

  it.each([25, 50, 30, 24])('needs no more sound ahead than it says, at %i frames a second', (fps) => {
    const pcm = speechLikeSound(3);
    const frames = 2.4 * fps;
    const frame = 48_000 / fps;
    const poseOf = (source: MotionSource, at: number): Float32Array => {
      const pose = restPose();
      source.poseAt(at, pose);
      return pose;
    };
    const whole = motion(3);
    whole.push(0, pcm);
    const expected = Array.from({ length: frames }, (_, i) => poseOf(whole, i * frame));
    const live = motion(3);
    let pushed = 0;
    const got = Array.from({ length: frames }, (_, i) => {
      const until = Math.ceil((i * 16_000) / fps + motionLookAheadMs(fps) * 16);
      live.push(pushed * 3, pcm.subarray(pushed, until));
      pushed = until;
      return poseOf(live, i * frame);
    });
    expectSame(got, expected);
    expect(motionLookAheadMs(fps)).toBe(fps % 25 === 0 ? 75 : 95);
  });

  it('closes smoothly when sound is taken back, and within 300 ms', () => {
    const source = motion(5);
    source.push(0, speechLikeSound(6));
    const before = poses(source, 60);
    source.truncate(60 * FRAME);
    const after = poses(source, 30, 60);
    const opening = jaws([...before, ...after]);
    for (let i = 60; i < 90; i++) expect(Math.abs(opening[i]! - opening[i - 1]!)).toBeLessThan(0.37);
    for (let i = 68; i < 90; i++) for (const ch of MOUTH) expect(after[i - 60]![ch]).toBeLessThan(0.02);
  });

  it('goes on after an interruption as if the taken-back sound had never come', () => {
    const first = speechLikeSound(2);
    const second = speechLikeSound(5).subarray(16_000 * 2);
    const cut = 16_000 + 123;
    const interrupted = motion(5);
    interrupted.push(0, first);
    interrupted.truncate(cut * 3);
    interrupted.push(cut * 3, second);
    const straight = motion(5);
    straight.push(0, first.subarray(0, cut));
    straight.push(cut * 3, second);
    expectSame(poses(interrupted, 90), poses(straight, 90));
  });

  it('refuses sound that leaves a hole, or is too far ahead', () => {
    const source = motion(5);
    source.push(0, new Float32Array(160));
    expect(() => source.push(960, new Float32Array(160))).toThrow(RangeError);
    expect(() => source.push(480, new Float32Array(16_000 * 31))).toThrow(/ahead/);
  });
});

describe('motion from the times of phones', { timeout: 60_000 }, () => {
  const segments = visemeSegments(
    'pau p aa1 p ow1 pau v iy1 m ao1 pau'.split(' ').map((symbol, i) => ({ symbol, startMs: i * 130, endMs: i * 130 + 130 })),
    'arpabet',
  );
  const mouth = mouthOfSegments(segments, 11 * 130);
  const steps = mouth.length / MOUTH_PARAMS.length;
  /** Mouths every 20 ms from a second on, with the sound that starts there. */
  function shape(source: MotionSource, count = steps): void {
    for (let step = 0; step < count; step++) source.shape(48_000 + step * 960, mouth.subarray(step * MOUTH_PARAMS.length, (step + 1) * MOUTH_PARAMS.length));
  }
  function mouths(source: MotionSource, fps: number, frames: number): Float32Array[] {
    return Array.from({ length: frames }, (_, i) => {
      source.poseAt((i * 48_000) / fps, restPose());
      return source.shownMouth.slice();
    });
  }

  it('shows them, whatever the network hears', () => {
    for (const pcm of [new Float32Array(16_000 * 4), speechLikeSound(4)]) {
      const source = motion(1);
      shape(source);
      source.push(0, pcm);
      const shown = mouths(source, 50, 190).slice(50, 50 + steps);
      // As far as lips get there: most of the way they keep up.
      const furthest = shown.map((params, step) => Math.max(...params.map((value, i) => Math.abs(value - mouth[step * MOUTH_PARAMS.length + i]!))));
      expect(percentile(furthest, 0.5)).toBeLessThan(0.01);
      expect(percentile(furthest, 0.95)).toBeLessThan(0.2);
    }
  });

  it.each([25, 30])('shuts the lips for each p and m, and puts them to the teeth for v, at %i frames a second', (fps) => {
    const source = motion(1);
    shape(source);
    source.push(0, speechLikeSound(4));
    const shown = mouths(source, fps, 3.5 * fps);
    const atSegment = (viseme: string, name: 'press' | 'teeth') =>
      segments.filter((segment) => segment.viseme === viseme).map(({ startMs, endMs }) => {
        const [first, end] = [startMs, endMs].map((ms) => Math.round(((1000 + ms) * fps) / 1000));
        return Math.max(...shown.slice(first, end).map((params) => params[param[name]]!));
      });
    const closures = [...atSegment('PP', 'press'), ...atSegment('FF', 'teeth')];
    expect(closures.length).toBe(4);
    expect(Math.min(...closures)).toBeGreaterThan(0.95);
  });

  it('is the network\'s own again before and after them, to the bit', () => {
    const pcm = speechLikeSound(4);
    const [without, known] = [motion(1), motion(1)];
    without.push(0, pcm);
    shape(known);
    known.push(0, pcm);
    const [expected, got] = [mouths(without, 25, 95), mouths(known, 25, 95)];
    const outside = (frame: number) => frame * 40 <= 1000 - 60 || frame * 40 >= 1000 + steps * 20 + 300;
    got.forEach((params, frame) => {
      if (outside(frame)) expect(params).toEqual(expected[frame]);
    });
    expect(got).not.toEqual(expected);
  });

  it('closes smoothly when they are taken back, and within 300 ms', () => {
    const source = motion(1);
    shape(source);
    source.push(0, new Float32Array(16_000 * 4));
    const before = mouths(source, 25, 34);
    source.truncate(34 * FRAME);
    source.push(34 * FRAME, new Float32Array(16_000 * 2));
    const shown = [...before, ...Array.from({ length: 30 }, (_, i) => {
      source.poseAt((34 + i) * FRAME, restPose());
      return source.shownMouth.slice();
    })];
    expect(before[33]![param.jaw]).toBeGreaterThan(0.4);
    for (let i = 34; i < shown.length; i++) expect(shown[i - 1]![param.jaw]! - shown[i]![param.jaw]!).toBeLessThan(0.37);
    for (const params of shown.slice(34 + 7)) expect(Math.max(...params)).toBeLessThan(0.02);
  });
});

describe('idle motion', () => {
  it('never freezes, stays small, and blinks at a human rate', () => {
    const source = motion(42);
    const all = poses(source, 25 * 60);
    for (let i = 25; i < all.length; i++) expect(all[i]).not.toEqual(all[i - 1]);
    expect(Math.max(...all.map((pose) => Math.abs(pose[channel.yaw]!)))).toBeLessThan(0.06);
    const blinks = all.filter((pose, i) => pose[channel.blinkLeft]! > 0.5 && (all[i - 1]?.[channel.blinkLeft] ?? 0) <= 0.5).length;
    expect(blinks).toBeGreaterThanOrEqual(8);
    expect(blinks).toBeLessThanOrEqual(35);
  });

  it('repeats itself from its seed and differs between seeds', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => poses(motion(seed), 25 * 30));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(a![0]).toHaveLength(CHANNEL_COUNT);
  });
});
