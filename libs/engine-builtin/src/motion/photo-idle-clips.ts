import { BLINK_S, blinkAt, blinkInterval } from './blink.ts';
import { easeGently, smoothNoise } from './easing.ts';
import type { FaceTraits } from './face-traits.ts';
import { gazeAt, planLooks } from './gaze-plan.ts';
import type { Look } from './gaze-plan.ts';
import { keyFrameDistance } from './idle-clips.ts';
import type { IdleClip, IdleClips } from './idle-clips.ts';
import { channel, CHANNEL_COUNT } from './pose.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

/** About a minute together. */
const CLIP_SECONDS = [8, 8, 4, 8, 8, 6, 8, 8] as const;
const FEWEST_BLINKS_A_MINUTE = 15.5;
const MOST_BLINKS_A_MINUTE = 19.5;
/** Lids are open this long at both ends of a clip. */
const BLINK_FREE_S = 0.12;
/** Heads come from rest and go back to it in this time. */
const SETTLE_S = 1.3;

const sway = {
  yaw: { hz: 0.2, amount: 0.026 },
  pitch: { hz: 0.17, amount: 0.015 },
  roll: { hz: 0.15, amount: 0.009 },
  shiftX: { hz: 0.16, amount: 0.011 },
  shiftY: { hz: 0.19, amount: 0.007 },
} as const;
const SWAY_CHANNELS = Object.keys(sway) as (keyof typeof sway)[];

/** A weight that is put from one side to the other and back, or a thought that crosses the face. */
interface Passing {
  startS: number;
  endS: number;
  easeS: number;
  amounts: readonly { channel: number; amount: number }[];
}

interface ClipPlan {
  seconds: number;
  noiseSeed: number;
  /** Where breaths begin; the last one is the clip's end. */
  breathsS: readonly number[];
  blinksS: readonly number[];
  looks: readonly Look[];
  passings: readonly Passing[];
}

/** The idle clips of a face that is one picture: the same for the same traits. */
export function photoIdleClips(traits: FaceTraits, fps: number): IdleClips {
  const random = createRandom((traits.idleSeed ?? 1) ^ 0x5eed);
  const blinks = planBlinks(random);
  const clips = CLIP_SECONDS.map((seconds, i): IdleClip => {
    const plan = planClip(seconds, blinks[i]!, random);
    const frames = (seconds / 2) * keyFrameDistance(fps);
    const poses = new Float32Array(frames * CHANNEL_COUNT);
    for (let frame = 0; frame < frames; frame++) {
      writePose(plan, traits.sway, (frame * seconds) / frames, poses.subarray(frame * CHANNEL_COUNT, (frame + 1) * CHANNEL_COUNT));
    }
    return { frames, poses, bases: new Uint16Array(frames) };
  });
  return { fps, clips };
}

function planClip(seconds: number, blinksS: readonly number[], random: Random): ClipPlan {
  const noiseSeed = Math.floor(random() * 1e6);
  const looks = planLooks(seconds, random);
  const passings: Passing[] = [];
  if (seconds >= 6 && random() < 0.6) passings.push(postureShift(seconds, random));
  if (seconds >= 6 && random() < 0.35) passings.push(faintSmile(seconds, random));
  // A far look takes the head along, later and less.
  for (const { startS, endS, x } of looks) {
    if (Math.abs(x) === 1) passings.push({ startS: startS + 0.06, endS: endS + 0.1, easeS: 0.45, amounts: [{ channel: channel.yaw, amount: 0.016 * x }] });
  }
  return { seconds, noiseSeed, breathsS: planBreaths(seconds, random), blinksS, looks, passings };
}

function postureShift(seconds: number, random: Random): Passing {
  const startS = 0.8 + random() * (seconds - 5.2);
  const side = random() < 0.5 ? -1 : 1;
  return {
    startS,
    endS: Math.min(startS + 2 + random() * 1.5, seconds - 1.7),
    easeS: 1.2 + 0.3 * random(),
    amounts: [
      { channel: channel.shiftX, amount: side * (0.012 + 0.01 * random()) },
      { channel: channel.roll, amount: side * (0.008 + 0.008 * random()) },
      { channel: channel.shiftY, amount: 0.005 * random() },
    ],
  };
}

function faintSmile(seconds: number, random: Random): Passing {
  const startS = 0.6 + random() * (seconds - 4.6);
  const amount = 0.1 + 0.08 * random();
  return {
    startS,
    endS: startS + 1.4 + random(),
    easeS: 0.9,
    amounts: [{ channel: channel.smile, amount }, { channel: channel.squint, amount: 0.8 * amount }, { channel: channel.brow, amount: 0.4 * amount }],
  };
}

/** Breaths of about four seconds, none like the last, that end with the clip. */
function planBreaths(seconds: number, random: Random): number[] {
  const count = Math.max(1, Math.round(seconds / 4));
  return Array.from({ length: count + 1 }, (_, i) => {
    const even = (seconds * i) / count;
    return i === 0 || i === count ? even : even + 0.6 * (random() - 0.5);
  });
}

/** When each clip's blinks begin. Drawn over all clips on end, until they are as many as people have. */
function planBlinks(random: Random): number[][] {
  const seconds = CLIP_SECONDS.reduce((sum, length) => sum + length, 0);
  for (;;) {
    const clips: number[][] = CLIP_SECONDS.map(() => []);
    let count = 0;
    let last = 0;
    for (let at = 0.5 + 2 * random(); at < seconds; at += blinkInterval(random)) {
      const { clip, startS } = clipAt(at);
      const within = Math.min(Math.max(at - startS, BLINK_FREE_S), CLIP_SECONDS[clip]! - BLINK_FREE_S - BLINK_S);
      const start = startS + within;
      if (count > 0 && start < last + BLINK_S + 0.05) continue;
      clips[clip]!.push(within);
      last = start;
      count++;
    }
    const aMinute = (60 * count) / seconds;
    // No clip without a blink: two of those would be a stare.
    if (aMinute >= FEWEST_BLINKS_A_MINUTE && aMinute <= MOST_BLINKS_A_MINUTE && clips.every((clip) => clip.length > 0)) return clips;
  }
}

function clipAt(seconds: number): { clip: number; startS: number } {
  let startS = 0;
  let clip = 0;
  while (clip < CLIP_SECONDS.length - 1 && seconds >= startS + CLIP_SECONDS[clip]!) startS += CLIP_SECONDS[clip++]!;
  return { clip, startS };
}

function writePose(plan: ClipPlan, swayScale: number, seconds: number, pose: Float32Array): void {
  const settled = easeGently(Math.min(seconds, plan.seconds - seconds) / SETTLE_S);
  SWAY_CHANNELS.forEach((name, i) => {
    const { hz, amount } = sway[name];
    const seed = plan.noiseSeed + i * 131;
    // Zero added: rest is 0, never −0.
    pose[channel[name]] = 0 + swayScale * amount * settled * (smoothNoise(seconds * hz, seed) + 0.3 * smoothNoise(seconds * hz * 2.7, seed + 57));
  });
  for (const { startS, endS, easeS, amounts } of plan.passings) {
    const here = easeGently((seconds - startS) / easeS) - easeGently((seconds - endS) / easeS);
    for (const { channel: at, amount } of amounts) pose[at]! += amount * here * (at === channel.yaw || at === channel.roll ? swayScale : 1);
  }
  pose[channel.breath] = breathAt(plan.breathsS, seconds);
  const lids = plan.blinksS.reduce((shut, start) => Math.max(shut, seconds > start ? blinkAt(seconds - start) : 0), 0);
  pose[channel.blinkLeft] = lids;
  pose[channel.blinkRight] = lids;
  const gaze = gazeAt(plan.looks, seconds);
  pose[channel.gazeX] = gaze.x;
  pose[channel.gazeY] = gaze.y;
}

/** In faster than out, and a rest before the next one. */
function breathAt(startsS: readonly number[], seconds: number): number {
  let i = 0;
  while (i + 2 < startsS.length && seconds >= startsS[i + 1]!) i++;
  const part = (seconds - startsS[i]!) / (startsS[i + 1]! - startsS[i]!);
  return easeInOutBreath(part);
}

const INHALED = 0.4;
const EXHALED = 0.9;

function easeInOutBreath(part: number): number {
  return part < INHALED ? easeGently(part / INHALED) : 1 - easeGently((part - INHALED) / (EXHALED - INHALED));
}
