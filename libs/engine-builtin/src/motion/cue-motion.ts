import type { Cue } from '@visavis/engine';
import { AttentionMotion } from './attention.ts';
import { CueSchedule } from './cue-schedule.ts';
import { ExpressionMotion } from './expressions.ts';
import { GestureMotion } from './gestures.ts';
import { channel, CHANNEL_COUNT, mouthChannels } from './pose.ts';
import type { FacePose } from './pose.ts';

/*
 * Hot path: no allocation after construction.
 *
 * What an avatar was told to do beside speaking: mood, gestures, attention, each when its time has come.
 */
export class CueMotion {
  private readonly schedule = new CueSchedule();
  private readonly expression = new ExpressionMotion();
  private readonly gestures = new GestureMotion();
  private readonly attention: AttentionMotion;

  constructor(seed: number) {
    this.attention = new AttentionMotion(seed, this.gestures);
  }

  /** Whether nothing of it shows, and nothing is to come. */
  get atRest(): boolean {
    return this.schedule.isEmpty && this.gestures.atRest && this.expression.atRest && this.attention.atRest;
  }

  /** @throws RangeError when too many wait for their time. */
  add(at: number, cue: Cue): void {
    this.schedule.add(at, cue);
  }

  truncate(at: number): void {
    this.schedule.truncate(at);
  }

  /** Begins what is due at `at`, the media time of `nowS`. Returns whether a word is emphasised. */
  begin(at: number, nowS: number): boolean {
    let emphasised = false;
    for (let cue = this.schedule.takeDue(at); cue; cue = this.schedule.takeDue(at)) {
      if (cue.type === 'emphasis') emphasised = true;
      else if (cue.type === 'expression') this.expression.show(cue.expression, cue.strength);
      else if (cue.type === 'gesture') this.gestures.start(cue.gesture, nowS);
      else this.attention.show(cue.state, nowS);
    }
    return emphasised;
  }

  advance(nowS: number, elapsedS: number): void {
    this.expression.advance(elapsedS);
    this.attention.advance(nowS, elapsedS);
    this.gestures.moveTo(nowS);
  }

  /** @param mouthFree 0 while the mouth speaks, 1 when it is at rest. */
  addTo(pose: FacePose, mouthFree: number, mouthGain: number, sway: number): void {
    const mood = this.expression.value;
    const attention = this.attention.value;
    const gesture = this.gestures.value;
    for (let i = 0; i < CHANNEL_COUNT; i++) {
      if (i === channel.blinkLeft || i === channel.blinkRight) pose[i] = Math.max(pose[i]!, mood[i]!, gesture[i]!);
      else if (i === channel.yaw || i === channel.roll) pose[i]! += sway * (mood[i]! + attention[i]! + gesture[i]!);
      else if (mouthChannels[i] === 1) pose[i]! += mouthFree * (i === channel.jaw ? mouthGain : 1) * mood[i]!;
      else pose[i]! += mood[i]! + attention[i]! + gesture[i]!;
    }
    const { gaze } = this.attention;
    pose[channel.gazeX]! += gaze.weight * (gaze.x - pose[channel.gazeX]!);
    pose[channel.gazeY]! += gaze.weight * (gaze.y - pose[channel.gazeY]!);
  }
}
