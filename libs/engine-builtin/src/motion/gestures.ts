import type { Gesture } from '@visavis/engine';
import { easeGently, easeInOut } from './easing.ts';
import { channel, CHANNEL_COUNT } from './pose.ts';
import type { FacePose } from './pose.ts';

/*
 * Hot path: no allocation after construction.
 *
 * Short movements that mean something. Each is a curve that begins and ends at rest without speed; different ones at the same time add
 * up, and the same one again waits until it is done.
 */
interface Curve {
  seconds: number;
  /** Adds the gesture at `t` of 0 to 1 to the pose, `amount` times as large as usual. */
  addTo(pose: FacePose, t: number, amount: number): void;
}

/** From rest to rest, once. */
function swell(t: number): number {
  if (t <= 0 || t >= 1) return 0;
  const half = Math.sin(Math.PI * t);
  return half * half;
}

/** There, held, and back. */
function held(t: number, there: number, back: number): number {
  return easeGently(t / there) - easeGently((t - back) / (1 - back));
}

const curves: Record<Gesture, Curve> = {
  nod: {
    seconds: 1,
    addTo(pose, t, amount) {
      // Down twice, the second time less.
      const both = swell(t / 0.56) + 0.5 * swell((t - 0.48) / 0.52);
      pose[channel.pitch]! += amount * 0.075 * both;
      pose[channel.shiftY]! += amount * 0.018 * both;
    },
  },
  shake: {
    seconds: 1.2,
    addTo(pose, t, amount) {
      const turn = Math.sin(4 * Math.PI * t) * swell(t) ** 0.75;
      pose[channel.yaw]! += amount * 0.09 * turn;
      pose[channel.roll]! += amount * 0.006 * turn;
    },
  },
  brow_raise: {
    seconds: 0.8,
    addTo(pose, t, amount) {
      const up = held(t, 0.3, 0.5);
      pose[channel.brow]! += amount * 0.9 * up;
      pose[channel.eyesWide]! += amount * 0.35 * up;
    },
  },
  wink: {
    seconds: 0.7,
    addTo(pose, t, amount) {
      const shut = easeInOut((t - 0.08) / 0.2) - easeInOut((t - 0.48) / 0.34);
      const face = held(t, 0.3, 0.5);
      pose[channel.blinkRight] = Math.max(pose[channel.blinkRight]!, Math.min(1, amount) * shut);
      pose[channel.smile]! += amount * 0.35 * face;
      pose[channel.squint]! += amount * 0.35 * face;
      pose[channel.roll]! += amount * 0.014 * face;
    },
  },
  tilt: {
    seconds: 1.2,
    addTo(pose, t, amount) {
      const over = held(t, 0.42, 0.52);
      pose[channel.roll]! += amount * 0.075 * over;
      pose[channel.shiftX]! += amount * 0.012 * over;
    },
  },
};

const PLACES = 6;

export class GestureMotion {
  /** What the running gestures add up to, lids included. */
  readonly value: FacePose = new Float32Array(CHANNEL_COUNT);
  private readonly running: (Curve | undefined)[] = Array.from({ length: PLACES }, () => undefined);
  private readonly startsS = new Float64Array(PLACES);
  private readonly amounts = new Float64Array(PLACES);
  private count = 0;

  get atRest(): boolean {
    return this.count === 0;
  }

  /** Whoever asks for more than can be waited for gets what fits. */
  start(gesture: Gesture, atS: number, amount = 1): void {
    const curve = curves[gesture];
    let startS = atS;
    for (let i = 0; i < this.count; i++) if (this.running[i] === curve) startS = Math.max(startS, this.startsS[i]! + curve.seconds);
    if (this.count === PLACES) return;
    this.running[this.count] = curve;
    this.startsS[this.count] = startS;
    this.amounts[this.count] = amount;
    this.count++;
  }

  moveTo(nowS: number): void {
    this.value.fill(0);
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const curve = this.running[i]!;
      const t = (nowS - this.startsS[i]!) / curve.seconds;
      if (t >= 1) continue;
      if (t > 0) curve.addTo(this.value, t, this.amounts[i]!);
      this.running[kept] = curve;
      this.startsS[kept] = this.startsS[i]!;
      this.amounts[kept] = this.amounts[i]!;
      kept++;
    }
    for (let i = kept; i < this.count; i++) this.running[i] = undefined;
    this.count = kept;
  }
}
