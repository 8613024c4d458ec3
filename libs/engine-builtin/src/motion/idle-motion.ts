import { channel } from './pose.ts';
import type { FacePose } from './pose.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

/*
 * Hot path: no allocation after construction.
 *
 * What a face does when it does nothing: breathe, sway, blink, look about. Repeatable from its seed.
 */
const CLOSE_S = 0.085;
const SHUT_S = 0.04;
const OPEN_S = 0.16;

const sway = {
  yaw: { hz: 0.16, amount: 0.027 },
  pitch: { hz: 0.13, amount: 0.015 },
  roll: { hz: 0.11, amount: 0.008 },
  shiftX: { hz: 0.12, amount: 0.012 },
  shiftY: { hz: 0.15, amount: 0.008 },
} as const;
const SWAY_CHANNELS = Object.keys(sway) as (keyof typeof sway)[];

export class IdleMotion {
  private readonly random: Random;
  private readonly noiseSeed: number;
  private readonly swayScale: number;
  private blinkAt: number;
  private gazeAt = 0;
  private gazeFromX = 0;
  private gazeFromY = 0;
  private gazeToX = 0;
  private gazeToY = 0;

  /** `swayScale` is a factor on the head's motion. */
  constructor(seed: number, swayScale = 1) {
    this.swayScale = swayScale;
    this.random = createRandom(seed);
    this.noiseSeed = Math.floor(this.random() * 1e6);
    this.blinkAt = 0.6 + this.random() * 2.5;
  }

  /** Adds the idle motion at `seconds` to the pose. Times must rise from call to call. */
  addTo(pose: FacePose, seconds: number): void {
    for (let i = 0; i < SWAY_CHANNELS.length; i++) {
      const name = SWAY_CHANNELS[i]!;
      const { hz, amount } = sway[name];
      const seed = this.noiseSeed + i * 131;
      pose[channel[name]]! += this.swayScale * amount * (smoothNoise(seconds * hz, seed) + 0.35 * smoothNoise(seconds * hz * 2.7, seed + 57));
    }
    const breathPhase = 2 * Math.PI * (0.24 * seconds + 0.12 * smoothNoise(seconds * 0.1, this.noiseSeed + 999));
    pose[channel.breath]! += 0.5 - 0.5 * Math.cos(breathPhase);
    const blink = this.blinkValue(seconds);
    pose[channel.blinkLeft]! += blink;
    pose[channel.blinkRight]! += blink;
    this.moveGaze(pose, seconds);
  }

  private blinkValue(seconds: number): number {
    while (seconds > this.blinkAt + CLOSE_S + SHUT_S + OPEN_S) {
      // People blink every 2 to 8 s, now and then twice in a row.
      const pause = this.random() < 0.12 ? 0.12 : 1.6 + Math.min(-Math.log(1 - this.random()) * 2.4, 6);
      this.blinkAt += CLOSE_S + SHUT_S + OPEN_S + pause;
    }
    const t = seconds - this.blinkAt;
    if (t <= 0) return 0;
    if (t < CLOSE_S) return easeInOut(t / CLOSE_S);
    if (t < CLOSE_S + SHUT_S) return 1;
    return 1 - easeInOut((t - CLOSE_S - SHUT_S) / OPEN_S);
  }

  private moveGaze(pose: FacePose, seconds: number): void {
    while (seconds > this.gazeAt) {
      this.gazeFromX = this.gazeToX;
      this.gazeFromY = this.gazeToY;
      // Mostly at the camera, with small looks to the side.
      const away = this.random() < 0.35 ? 0.6 : 0.18;
      this.gazeToX = (this.random() * 2 - 1) * away;
      this.gazeToY = (this.random() * 2 - 1) * away * 0.5;
      this.gazeAt += 0.7 + this.random() * 2.2;
      this.gazeStartedAt = seconds;
    }
    const t = easeInOut(Math.min(1, (seconds - this.gazeStartedAt) / 0.05));
    pose[channel.gazeX]! += this.gazeFromX + (this.gazeToX - this.gazeFromX) * t;
    pose[channel.gazeY]! += this.gazeFromY + (this.gazeToY - this.gazeFromY) * t;
  }

  private gazeStartedAt = 0;
}

function easeInOut(t: number): number {
  return t * t * (3 - 2 * t);
}

/** −1…1, smooth, with one turn per unit of `t` or so. */
function smoothNoise(t: number, seed: number): number {
  const cell = Math.floor(t);
  const f = t - cell;
  const blend = f * f * f * (f * (f * 6 - 15) + 10);
  const before = hash(cell + seed * 7919);
  return before + (hash(cell + 1 + seed * 7919) - before) * blend;
}

function hash(n: number): number {
  let h = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 0x7fffffff - 1;
}
