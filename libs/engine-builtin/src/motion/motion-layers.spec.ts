import type { Cue } from '@visavis/engine';
import { InferenceService, mouthOfSegments, MOUTH_PARAMS, visemeSegments, VisemeStream } from '@visavis/viseme-net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { drawn, DRAWN_COUNT, toDrawnPose } from '../render/drawn-pose.ts';
import { photoIdleClips, videoIdleClips } from './idle-clips.ts';
import type { IdleClips } from './idle-clips.ts';
import { MotionSource } from './motion-source.ts';
import { channel, CHANNEL_COUNT, mouthChannels, restPose } from './pose.ts';
import { speechLikeSound } from './speech-like-sound.ts';

const FPS = 25;
const FRAME = 48_000 / FPS;
/** What the session pushes ahead of the frames. */
const AHEAD = 1600;
const TRAITS = { mouthGain: 1, sway: 1 };
const CLIPS = photoIdleClips(TRAITS, FPS);

let inference: InferenceService;
const streams: VisemeStream[] = [];
beforeAll(() => {
  inference = new InferenceService();
});
afterAll(() => inference.close());
afterEach(() => streams.splice(0).forEach((stream) => stream.close()));

function motion(seed = 1, clips: IdleClips = CLIPS): MotionSource {
  const stream = new VisemeStream(inference.connect());
  streams.push(stream);
  return new MotionSource(stream, seed, TRAITS, clips);
}

/** Silence with speech in it, from `startS` for `lengthS`, all within `seconds`. */
function soundWith(startS: number, lengthS: number, seconds: number): Float32Array {
  const pcm = new Float32Array(seconds * 16_000);
  pcm.set(speechLikeSound(lengthS), startS * 16_000);
  return pcm;
}

interface Shown {
  pose: Float32Array;
  idle: boolean;
  /** The idle layer's pose of this frame. */
  clipPose: Float32Array;
}

/** Frame by frame as a session does it, with the sound a little ahead. */
function play(source: MotionSource, pcm: Float32Array, clips = CLIPS, each?: (frame: number) => void): Shown[] {
  let pushed = 0;
  return Array.from({ length: Math.floor((pcm.length - AHEAD) / 640) }, (_, frame) => {
    const until = frame * 640 + AHEAD;
    source.push(pushed * 3, pcm.subarray(pushed, until));
    pushed = until;
    each?.(frame);
    const pose = restPose();
    source.poseAt(frame * FRAME, pose);
    const at = source.idleFrame * CHANNEL_COUNT;
    return { pose, idle: source.idle, clipPose: clips.clips[source.idleClip]!.poses.slice(at, at + CHANNEL_COUNT) };
  });
}

/** How far a pose is from the idle layer's. */
const apart = ({ pose, clipPose }: Shown) => Math.max(...pose.map((value, ch) => Math.abs(value - clipPose[ch]!)));

describe('idleness', { timeout: 60_000 }, () => {
  it('is the clips, to the bit, for as long as nothing is said', () => {
    for (const seed of [1, 2]) {
      const shown = play(motion(seed), new Float32Array(16_000 * 70));
      expect(shown.every(({ idle }) => idle)).toBe(true);
      for (const { pose, clipPose } of shown) expect(pose).toEqual(clipPose);
    }
  });

  it('ends before the first sound and is back, exactly, within about a second after the last', () => {
    for (const seed of [1, 2, 3]) {
      const shown = play(motion(seed), soundWith(3, 4, 12));
      const first = shown.findIndex(({ idle }) => !idle);
      // Before anything of it shows.
      expect(first).toBeLessThanOrEqual(75);
      expect(first).toBeGreaterThan(70);
      expect(shown.slice(0, first).every(({ pose, clipPose }) => pose.every((value, ch) => value === clipPose[ch]))).toBe(true);
      const back = shown.findLastIndex(({ idle }) => !idle) + 1;
      expect(back).toBeGreaterThan(7 * FPS);
      expect(back).toBeLessThan(8.3 * FPS);
      expect(shown.slice(first, back).some(({ idle }) => idle)).toBe(false);
      for (const { pose, clipPose } of shown.slice(back)) expect(pose).toEqual(clipPose);
    }
  });

  it('comes without a visible switch', () => {
    for (const seed of [1, 2, 3, 4]) {
      const shown = play(motion(seed), soundWith(1, 3.4, 8));
      const back = shown.findLastIndex(({ idle }) => !idle) + 1;
      // The last that is taken away is what nobody sees.
      expect(apart(shown[back - 1]!)).toBeLessThan(0.004);
      for (let i = back - 12; i < back; i++) {
        const [before, now] = [shown[i - 1]!, shown[i]!];
        const changes = now.pose.map((value, ch) => Math.abs(value - now.clipPose[ch]! - (before.pose[ch]! - before.clipPose[ch]!)));
        for (const ch of [channel.yaw, channel.pitch, channel.roll]) expect(changes[ch]).toBeLessThan(0.008);
        changes.forEach((change, ch) => mouthChannels[ch] === 1 && expect(change).toBeLessThan(0.03));
      }
    }
  });

  it('is that of a session in a room with a little noise, too', () => {
    const pcm = Float32Array.from({ length: 16_000 * 6 }, (_, i) => 0.002 * Math.sin(i * i * 0.37));
    const shown = play(motion(), pcm);
    expect(shown.slice(50).filter(({ idle }) => idle).length / (shown.length - 50)).toBeGreaterThan(0.95);
  });

  it('ends with any cue, and comes back when that is over', () => {
    const cues: readonly [Cue, Cue?][] = [
      [{ type: 'gesture', gesture: 'wink' }],
      [{ type: 'emphasis' }],
      [{ type: 'expression', expression: 'sad', strength: 0.6 }, { type: 'expression', expression: 'neutral', strength: 1 }],
      [{ type: 'state', state: 'listening' }, { type: 'state', state: 'idle' }],
      [{ type: 'state', state: 'thinking' }, { type: 'state', state: 'idle' }],
    ];
    for (const [cue, end] of cues) {
      const source = motion();
      source.act(50 * FRAME, cue);
      if (end) source.act(100 * FRAME, end);
      const shown = play(source, new Float32Array(16_000 * 9));
      // It is known from the start that something will come.
      expect(shown.slice(0, 51).some(({ idle }) => idle)).toBe(false);
      for (const frame of shown.slice(0, 50)) expect(apart(frame)).toBe(0);
      if (cue.type !== 'emphasis') expect(Math.max(...shown.slice(50, 80).map(apart))).toBeGreaterThan(0.02);
      const back = shown.findIndex(({ idle }) => idle);
      expect(back).toBeGreaterThan(end ? 100 : 55);
      expect(back).toBeLessThan(end ? 160 : 90);
      for (const frame of shown.slice(back)) expect(apart(frame)).toBe(0);
    }
  });

  it('is not left for cues that are taken back', () => {
    const source = motion();
    source.act(50 * FRAME, { type: 'gesture', gesture: 'nod' });
    source.truncate(20 * FRAME);
    expect(play(source, new Float32Array(16_000 * 5)).every(({ idle }) => idle)).toBe(true);
  });

  it('may be skipped: what comes after is the same as if it had been drawn', () => {
    const pcm = soundWith(6, 2, 10);
    const drawnAll = play(motion(4), pcm).map(({ pose }) => pose);
    const source = motion(4);
    let pushed = 0;
    let skipped = 0;
    drawnAll.forEach((expected, frame) => {
      const until = frame * 640 + AHEAD;
      source.push(pushed * 3, pcm.subarray(pushed, until));
      pushed = until;
      const pose = restPose();
      source.skip(frame * FRAME);
      if (source.idle) {
        skipped++;
        return;
      }
      source.poseAt(frame * FRAME, pose);
      expect(Math.max(...pose.map((value, ch) => Math.abs(value - expected[ch]!)))).toBeLessThan(1e-4);
    });
    expect(skipped).toBeGreaterThan(140);
    expect(skipped).toBeLessThan(drawnAll.length - 50);
  });

  it('of a video goes through its base pictures, also under speech', () => {
    const loop = videoIdleClips(TRAITS, FPS, { frames: 150, fps: 25 });
    const source = motion(1, loop);
    const bases: number[] = [];
    const shown = play(source, soundWith(2, 2, 14), loop, (frame) => frame > 0 && bases.push(source.base));
    bases.forEach((base, frame) => expect(base).toBe(frame % 150));
    expect(apart(shown[70]!)).toBeGreaterThan(0.01);
  });
});

describe('layers together', { timeout: 60_000 }, () => {
  it('mark the ends of sentences with blinks, beside those of the idle layer, one at a time', () => {
    let more = 0;
    for (const seed of [1, 2, 3]) {
      const shown = play(motion(seed), soundWith(0.5, 18, 20));
      const lids = shown.map(({ pose }) => pose[channel.blinkLeft]!);
      const idleLids = shown.map(({ clipPose }) => clipPose[channel.blinkLeft]!);
      const count = (values: number[]) => values.filter((value, i) => i > 0 && value > 0.5 && values[i - 1]! <= 0.5).length;
      more += count(lids) - count(idleLids);
      lids.forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(idleLids[i]!);
        expect(value).toBeLessThanOrEqual(1);
      });
      // Each blink opens again before the next begins.
      const open = lids.map((value, i) => (value === 0 ? i : -1)).filter((i) => i >= 0);
      open.slice(1).forEach((frame, i) => expect(frame - open[i]!).toBeLessThan(11));
    }
    expect(more).toBeGreaterThan(3);
  });

  it('let lips close for p, b and m whatever the mood is', () => {
    const segments = visemeSegments('pau p aa m iy b ao pau'.split(' ').map((symbol, i) => ({ symbol, startMs: i * 130, endMs: i * 130 + 130 })), 'arpabet');
    const mouth = mouthOfSegments(segments, 8 * 130);
    const steps = mouth.length / MOUTH_PARAMS.length;
    for (const expression of ['happy', 'surprised', 'angry'] as const) {
      const source = motion();
      source.act(0, { type: 'expression', expression, strength: 1 });
      for (let step = 0; step < steps; step++) source.shape(96_000 + step * 960, mouth.subarray(step * MOUTH_PARAMS.length, (step + 1) * MOUTH_PARAMS.length));
      const shown = play(source, soundWith(2, 1, 4));
      const closures = segments.filter(({ viseme }) => viseme === 'PP').map(({ startMs, endMs }) => {
        const frames = shown.slice(Math.round((2 + startMs / 1000) * FPS), Math.round((2 + endMs / 1000) * FPS));
        return frames.reduce((most, { pose }) => (pose[channel.press]! > most[channel.press]! ? pose : most), frames[0]!.pose);
      });
      expect(closures).toHaveLength(3);
      for (const pose of closures) {
        const out = new Float32Array(DRAWN_COUNT);
        toDrawnPose(pose, out);
        expect(pose[channel.press]).toBeGreaterThan(0.9);
        expect(out[drawn.jaw]! + out[drawn.jawRound]!).toBeLessThan(0.05);
        expect(out[drawn.smile]).toBeLessThan(0.6);
      }
    }
  });

  it('leave the mouth to speech, and show a mood\'s own only while it is at rest', () => {
    const jaws = ([undefined, 'surprised'] as const).map((expression) => {
      const source = motion();
      if (expression) source.act(0, { type: 'expression', expression, strength: 1 });
      return play(source, soundWith(2, 2, 6)).map(({ pose }) => pose[channel.jaw]!);
    });
    const [plain, surprised] = jaws as [number[], number[]];
    expect(surprised[45]! - plain[45]!).toBeGreaterThan(0.1);
    for (let frame = 58; frame < 90; frame++) expect(surprised[frame]).toBeCloseTo(plain[frame]!, 5);
    expect(surprised[130]! - plain[130]!).toBeGreaterThan(0.1);
    surprised.slice(1).forEach((jaw, i) => expect(Math.abs(jaw - surprised[i]! - (plain[i + 1]! - plain[i]!))).toBeLessThan(0.14));
  });

  it('stay within bounds when everything comes at once', () => {
    const source = motion();
    const cues: Cue[] = [
      { type: 'expression', expression: 'surprised', strength: 1 }, { type: 'gesture', gesture: 'brow_raise' }, { type: 'gesture', gesture: 'wink' }, { type: 'emphasis' },
      { type: 'gesture', gesture: 'nod' }, { type: 'gesture', gesture: 'shake' }, { type: 'gesture', gesture: 'tilt' }, { type: 'state', state: 'thinking' },
    ];
    for (const cue of cues) source.act(30 * FRAME, cue);
    for (const { pose } of play(source, soundWith(1, 4, 6))) {
      for (const name of ['brow', 'smile', 'blinkLeft', 'blinkRight', 'eyesWide', 'jaw', 'squint', 'press'] as const) {
        expect(pose[channel[name]], name).toBeGreaterThanOrEqual(0);
        expect(pose[channel[name]], name).toBeLessThanOrEqual(1);
      }
      for (const [name, most] of [['yaw', 0.2], ['pitch', 0.15], ['roll', 0.15], ['lean', 0.06], ['gazeX', 1], ['gazeY', 1]] as const) expect(Math.abs(pose[channel[name]]!), name).toBeLessThanOrEqual(most);
    }
  });

  it('repeat themselves from the seed, cues and all', () => {
    const act = (source: MotionSource) => {
      source.act(20 * FRAME, { type: 'state', state: 'thinking' });
      source.act(60 * FRAME, { type: 'expression', expression: 'happy', strength: 0.7 });
      source.act(80 * FRAME, { type: 'gesture', gesture: 'nod' });
      return play(source, soundWith(1, 4, 7)).map(({ pose }) => pose);
    };
    const [a, b] = [act(motion(3)), act(motion(3))];
    a.forEach((pose, i) => pose.forEach((value, ch) => expect(Math.abs(value - b[i]![ch]!)).toBeLessThan(1e-4)));
    expect(act(motion(4))).not.toEqual(a);
  });

  it('make no objects from frame to frame', () => {
    const source = motion();
    const pose = restPose();
    const silence = new Float32Array(640);
    const listening: Cue = { type: 'state', state: 'listening' };
    let frame = 0;
    const draw = (frames: number) => {
      for (let i = 0; i < frames; i++, frame++) {
        source.push(frame * FRAME, silence);
        source.poseAt(frame * FRAME, pose);
      }
    };
    source.act(0, listening);
    draw(20_000);
    // Whatever else runs here may allocate or be cleared away: the smallest of several is that of the frames. Numbers that V8 boxes on
    // their way from function to function are some 60 bytes; one array or view more would be seen.
    const grown = Array.from({ length: 8 }, () => {
      const before = process.memoryUsage().heapUsed;
      draw(2000);
      return Math.abs(process.memoryUsage().heapUsed - before) / 2000;
    });
    expect(Math.min(...grown)).toBeLessThan(100);
  });
});
