import { easeGently } from './easing.ts';
import { channel } from './pose.ts';
import type { FacePose } from './pose.ts';
import type { Random } from './random.ts';

/*
 * Hot path: no allocation after construction.
 *
 * The small movements that go with stressed syllables: the head dips, faster down than up, a little to one side, and with the strong
 * ones the brows rise. Those that overlap add up.
 */
const PLACES = 5;
const DIP_S = 0.58;
const LOWEST_AT = 0.4;
const BROW_S = 0.72;
const HIGHEST_AT = 0.36;
const BROWS_FROM = 0.62;
/** Brows that go up with every stress plead. */
const BROWS_AFTER_S = 1.7;

export class SpeechBeats {
  private readonly random: Random;
  private readonly startsS = new Float64Array(PLACES).fill(-Infinity);
  private readonly strengths = new Float64Array(PLACES);
  private readonly sides = new Float64Array(PLACES);
  private readonly brows = new Float64Array(PLACES);
  private next = 0;
  private browsS = -Infinity;

  constructor(random: Random) {
    this.random = random;
  }

  /** @param strength 0…1, or more where a word is emphasised. */
  start(atS: number, strength: number): void {
    const { random, next } = this;
    this.startsS[next] = atS;
    // No two alike, and some stresses are left to the voice.
    this.strengths[next] = (0.45 + 0.55 * strength) * (0.7 + 0.5 * random());
    this.sides[next] = (2 * random() - 1) * strength;
    const brows = strength > 1 || (strength > BROWS_FROM && atS - this.browsS > BROWS_AFTER_S && random() < 0.75);
    this.brows[next] = brows ? Math.min(strength, 1) * (0.6 + 0.4 * random()) : 0;
    if (brows) this.browsS = atS;
    this.next = (next + 1) % PLACES;
  }

  addTo(pose: FacePose, nowS: number): void {
    for (let i = 0; i < PLACES; i++) {
      const since = nowS - this.startsS[i]!;
      if (since < 0 || since >= BROW_S) continue;
      const dip = there(since / DIP_S, LOWEST_AT) * this.strengths[i]!;
      pose[channel.pitch]! += 0.026 * dip;
      pose[channel.shiftY]! += 0.005 * dip;
      pose[channel.yaw]! += 0.01 * dip * this.sides[i]!;
      pose[channel.roll]! -= 0.009 * dip * this.sides[i]!;
      pose[channel.brow]! += 0.42 * there(since / BROW_S, HIGHEST_AT) * this.brows[i]!;
    }
  }

  stop(): void {
    this.startsS.fill(-Infinity);
  }
}

/** There and back: furthest at `turn`. */
function there(t: number, turn: number): number {
  return easeGently(t / turn) - easeGently((t - turn) / (1 - turn));
}
