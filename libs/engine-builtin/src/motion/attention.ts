import type { AttentionState } from '@visavis/engine';
import { ChannelFilter } from './channel-filter.ts';
import { GazeHold } from './gaze-hold.ts';
import type { GestureMotion } from './gestures.ts';
import { channel } from './pose.ts';
import type { FacePose } from './pose.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

/*
 * Hot path: no allocation after construction.
 *
 * What shows that an avatar listens or thinks. A listener leans in, keeps the eyes on who speaks and nods a little now and then; whoever
 * thinks looks up and aside, and somewhere else after a while.
 */
const CHANGE_S = 0.7;
const LISTENING = { lean: 0.022, pitch: 0.006, roll: 0.016, brow: 0.14, smile: 0.1, eyesWide: 0.1 } as const;
const THINKING = { yaw: 0.024, pitch: -0.012, roll: 0.02, brow: 0.16, browInner: 0.2, squint: 0.12 } as const;
const FIRST_NOD_S = 1.4;
const LISTENER_NODS = 0.4;
/** A thinker's eyes stay at least this long. */
const EYES_STAY_S = 1.1;

export class AttentionMotion {
  readonly gaze = new GazeHold();
  private readonly filter = new ChannelFilter(CHANGE_S);
  private readonly gestures: GestureMotion;
  private readonly random: Random;
  private state: AttentionState = 'idle';
  private side = 1;
  private nextS = 0;

  constructor(seed: number, gestures: GestureMotion) {
    this.random = createRandom(seed ^ 0xa77e);
    this.gestures = gestures;
  }

  get atRest(): boolean {
    return this.state === 'idle' && this.filter.atRest && this.gaze.atRest;
  }

  get value(): FacePose {
    return this.filter.value;
  }

  show(state: AttentionState, nowS: number): void {
    if (state === this.state) return;
    this.state = state;
    this.side = this.random() < 0.5 ? -1 : 1;
    this.filter.target.fill(0);
    if (state === 'idle') this.gaze.release();
    else if (state === 'listening') this.listen(nowS);
    else this.think(nowS);
  }

  advance(nowS: number, elapsedS: number): void {
    if (this.state !== 'idle' && nowS >= this.nextS) {
      if (this.state === 'listening') this.nod(nowS);
      else this.lookElsewhere(nowS);
    }
    this.filter.advance(elapsedS);
    this.gaze.advance(elapsedS);
  }

  private listen(nowS: number): void {
    this.hold(LISTENING);
    this.gaze.lookAt(0, 0);
    this.nextS = nowS + FIRST_NOD_S + 2 * this.random();
  }

  private nod(nowS: number): void {
    this.gestures.start('nod', nowS, LISTENER_NODS * (0.7 + 0.6 * this.random()));
    this.nextS = nowS + 2.6 + 4 * this.random();
  }

  private think(nowS: number): void {
    this.hold(THINKING);
    this.gaze.lookAt(this.side, -1);
    this.nextS = nowS + EYES_STAY_S + 1.4 * this.random();
  }

  /** Mostly up, to the same side; seldom straight ahead or to the other. */
  private lookElsewhere(nowS: number): void {
    const other = this.random() < 0.2 ? -1 : 1;
    const x = other * this.side * (this.random() < 0.6 ? 1 : 0.5);
    this.gaze.lookAt(x, this.random() < 0.75 ? -1 : 0);
    this.nextS = nowS + EYES_STAY_S + 1.6 * this.random();
  }

  private hold(posture: Partial<Record<keyof typeof channel, number>>): void {
    for (const name in posture) {
      const at = channel[name as keyof typeof channel];
      const sided = at === channel.yaw || at === channel.roll;
      this.filter.target[at] = posture[name as keyof typeof channel]! * (sided ? this.side : 1);
    }
  }
}
