import { ENGINE_SAMPLE_RATE_HZ, MEDIA_CLOCK_HZ } from '@visavis/engine';
import { LOOK_AHEAD_MS, MOUTH_PARAMS, STEP_MS, stepOfMs, VISEMES } from '@visavis/viseme-net';
import type { VisemeStream } from '@visavis/viseme-net';
import type { FaceTraits } from './face-traits.ts';
import { IdleMotion } from './idle-motion.ts';
import { KnownMouth } from './known-mouth.ts';
import { MouthDynamics } from './mouth-dynamics.ts';
import { applyMouth } from './mouth-pose.ts';
import { channel } from './pose.ts';
import type { FacePose } from './pose.ts';
import { VoiceStress } from './voice-stress.ts';

/*
 * Hot path: no allocation after construction.
 *
 * From sound to poses: what the renderer draws. The lip sync network says the mouth's shape every 20 ms; here it becomes that of a
 * frame's time, within what a mouth can do. Where the mouth is known from the times of phones, that is shown instead. A better motion source replaces this file and those it uses, nothing else.
 */
const CLOCK_PER_SAMPLE = MEDIA_CLOCK_HZ / ENGINE_SAMPLE_RATE_HZ;
const CLOCK_PER_MS = MEDIA_CLOCK_HZ / 1000;
/** Audio may be pushed this far ahead of the newest frame. */
export const MAX_AHEAD_MS = 30_000;
/** Where nothing more is known, because sound was taken back or an answer is late, the mouth keeps its shape this long, and then closes. */
const HOLD_MS = 40;
const CLOSING_MS = 60;
const SILENT = VISEMES.indexOf('sil');

export type { FaceTraits } from './face-traits.ts';

/** Frames whose times are not all steps of the network lie between two of them, and must wait for the later one. */
export function motionLookAheadMs(fps: number): number {
  return Number.isInteger(1000 / fps / STEP_MS) ? LOOK_AHEAD_MS : LOOK_AHEAD_MS + STEP_MS;
}

export class MotionSource {
  private readonly sound: VisemeStream;
  private readonly idle: IdleMotion;
  private readonly mouthGain: number;
  private readonly wanted = new Float32Array(MOUTH_PARAMS.length);
  private readonly known = new KnownMouth();
  private readonly mouth = new MouthDynamics();
  private readonly stress = new VoiceStress();
  private stressSteps = 0;
  private newestFrame = 0;

  /** @param sound is closed by its maker. */
  constructor(sound: VisemeStream, seed: number, { mouthGain, sway }: FaceTraits = { mouthGain: 1, sway: 1 }) {
    this.sound = sound;
    this.mouthGain = mouthGain;
    this.idle = new IdleMotion(seed, sway);
  }

  /** @throws RangeError when the piece doesn't follow the last one, or reaches too far ahead of the frames. */
  push(atSample48k: number, pcm16k: Float32Array): void {
    const start = Math.round(atSample48k / CLOCK_PER_SAMPLE);
    if (start !== this.sound.endSample) {
      throw new RangeError(`audio must follow on: expected a piece at ${this.sound.endSample * CLOCK_PER_SAMPLE}, got ${atSample48k}`);
    }
    const aheadMs = ((start + pcm16k.length) * CLOCK_PER_SAMPLE - this.newestFrame) / CLOCK_PER_MS;
    if (aheadMs > MAX_AHEAD_MS) throw new RangeError(`audio was pushed ${Math.round(aheadMs)} ms ahead; at most ${MAX_AHEAD_MS} are kept`);
    this.sound.push(pcm16k);
  }

  /** The mouth at a multiple of 20 ms is known. */
  shape(atSample48k: number, params: Float32Array): void {
    this.known.set(Math.round(stepOfMs(atSample48k / CLOCK_PER_MS)), params);
  }

  truncate(atSample48k: number): void {
    this.sound.truncate(Math.round(atSample48k / CLOCK_PER_SAMPLE));
    this.known.truncate(stepOfMs(atSample48k / CLOCK_PER_MS));
  }

  /** Writes the pose at a time; times rise from call to call. */
  poseAt(atSample48k: number, pose: FacePose): void {
    const elapsedMs = Math.max(0, (atSample48k - this.newestFrame) / CLOCK_PER_MS);
    this.newestFrame = atSample48k;
    pose.fill(0);
    this.idle.addTo(pose, atSample48k / MEDIA_CLOCK_HZ);
    const step = stepOfMs(atSample48k / CLOCK_PER_MS);
    this.shapeAt(step);
    this.known.show(step, this.wanted);
    this.mouth.follow(this.wanted, elapsedMs);
    applyMouth(this.mouth.shown, 0, this.mouthGain, pose);
    // A speaker's head goes with the stress: it dips a little, and the brows lift.
    this.followStress(Math.floor(step));
    pose[channel.pitch]! += 0.022 * this.stress.value;
    pose[channel.brow]! += 0.35 * this.stress.value;
  }

  /** What the newest pose's mouth was made of: the network's eight parameters. */
  get shownMouth(): Float32Array {
    return this.mouth.shown;
  }

  /** Index of the viseme at a time, or −1 where it is not known. */
  visemeAt(atSample48k: number): number {
    return this.sound.visemeAt(Math.round(stepOfMs(atSample48k / CLOCK_PER_MS)));
  }

  /** Frames that were drawn before the network had answered for them. */
  get guessedFrames(): number {
    return this.sound.lateAnswers;
  }

  /** The shape that the network wants, at a place between steps. */
  private shapeAt(place: number): void {
    const { params } = this.sound;
    const step = Math.floor(place);
    const part = place - step;
    if (this.sound.need(Math.ceil(place))) {
      const before = this.sound.paramsOffset(step);
      const after = this.sound.paramsOffset(step + 1);
      for (let i = 0; i < MOUTH_PARAMS.length; i++) this.wanted[i] = part === 0 ? params[before + i]! : params[before + i]! * (1 - part) + params[after + i]! * part;
      return;
    }
    const last = this.sound.knownSteps - 1;
    const sinceMs = (place - last) * STEP_MS - HOLD_MS;
    const kept = last < 0 ? 0 : sinceMs > 0 ? Math.exp(-sinceMs / CLOSING_MS) : 1;
    const at = this.sound.paramsOffset(Math.max(last, 0));
    for (let i = 0; i < MOUTH_PARAMS.length; i++) this.wanted[i] = kept * params[at + i]!;
  }

  private followStress(step: number): void {
    const until = Math.min(step + 1, this.sound.knownSteps);
    for (; this.stressSteps < until; this.stressSteps++) {
      this.stress.step(this.sound.loudnessAt(this.stressSteps), this.sound.visemeAt(this.stressSteps) !== SILENT);
    }
    // Nothing is said while nothing is heard.
    for (; this.stressSteps <= step && step >= this.sound.heardSteps; this.stressSteps++) this.stress.step(0, false);
  }
}
