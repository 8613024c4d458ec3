import { ENGINE_SAMPLE_RATE_HZ, MEDIA_CLOCK_HZ } from '@visavis/engine';
import { IdleMotion } from './idle-motion.ts';
import { MAX_AHEAD_MS, MouthTrack } from './mouth-track.ts';
import { channel } from './pose.ts';
import type { FacePose } from './pose.ts';
import { HOP_SAMPLES, shape, SHAPE_COUNT, WINDOW_SAMPLES } from './speech-shape.ts';

/*
 * Hot path: no allocation after construction.
 *
 * From sound to poses: what the renderer draws. A better motion source replaces this file and those it uses, nothing else.
 */
const CLOCK_PER_SAMPLE = MEDIA_CLOCK_HZ / ENGINE_SAMPLE_RATE_HZ;
/** Lips move a little before their sound: the shape shown is that of this much later, which also undoes the smoothing's delay. */
const LEAD_MS = 24;
/** The lead, half a window of sound around a step, and the step after the one that is shown. */
export const MOTION_LOOK_AHEAD_MS = LEAD_MS + ((WINDOW_SAMPLES / 2 + HOP_SAMPLES) / ENGINE_SAMPLE_RATE_HZ) * 1000;
/** No lip or jaw goes faster than this, in parts of its way per millisecond: audio that was taken back leaves no jump. */
const MAX_SPEED_PER_MS = 0.009;

const SHAPE_CHANNELS = [
  [shape.jaw, channel.jaw],
  [shape.upperLip, channel.upperLip],
  [shape.lowerLip, channel.lowerLip],
  [shape.press, channel.press],
] as const;

export interface FaceTraits {
  /** Factor on the jaw, for faces that show more or less of it than others. */
  mouthGain: number;
  /** Factor on the head's own motion: a head that is turned in the picture bears less. */
  sway: number;
}

export class MotionSource {
  private readonly track = new MouthTrack();
  private readonly idle: IdleMotion;
  private readonly mouthGain: number;
  private readonly wanted = new Float32Array(SHAPE_COUNT);
  private readonly shown = new Float32Array(SHAPE_COUNT);
  private newestFrame = 0;

  constructor(seed: number, { mouthGain, sway }: FaceTraits = { mouthGain: 1, sway: 1 }) {
    this.mouthGain = mouthGain;
    this.idle = new IdleMotion(seed, sway);
  }

  /** @throws RangeError when the piece doesn't follow the last one, or reaches too far ahead of the frames. */
  push(atSample48k: number, pcm16k: Float32Array): void {
    const start = Math.round(atSample48k / CLOCK_PER_SAMPLE);
    if (start !== this.track.endSample) {
      throw new RangeError(`audio must follow on: expected a piece at ${this.track.endSample * CLOCK_PER_SAMPLE}, got ${atSample48k}`);
    }
    const aheadMs = ((start + pcm16k.length) * CLOCK_PER_SAMPLE - this.newestFrame) / (MEDIA_CLOCK_HZ / 1000);
    if (aheadMs > MAX_AHEAD_MS) throw new RangeError(`audio was pushed ${Math.round(aheadMs)} ms ahead; at most ${MAX_AHEAD_MS} are kept`);
    this.track.push(pcm16k);
  }

  truncate(atSample48k: number): void {
    this.track.truncate(Math.round(atSample48k / CLOCK_PER_SAMPLE));
  }

  /** Writes the pose at a time; times rise from call to call. */
  poseAt(atSample48k: number, pose: FacePose): void {
    const elapsedMs = Math.max(0, (atSample48k - this.newestFrame) / (MEDIA_CLOCK_HZ / 1000));
    this.newestFrame = atSample48k;
    pose.fill(0);
    this.idle.addTo(pose, atSample48k / MEDIA_CLOCK_HZ);
    this.track.shapeAt(atSample48k / CLOCK_PER_SAMPLE + (LEAD_MS * ENGINE_SAMPLE_RATE_HZ) / 1000, this.wanted);
    this.wanted[shape.jaw]! *= this.mouthGain;
    const furthest = MAX_SPEED_PER_MS * Math.max(elapsedMs, 1);
    for (let i = 0; i < SHAPE_COUNT; i++) {
      const way = this.wanted[i]! - this.shown[i]!;
      this.shown[i]! += way > furthest ? furthest : way < -furthest ? -furthest : way;
    }
    for (let i = 0; i < SHAPE_CHANNELS.length; i++) {
      pose[SHAPE_CHANNELS[i]![1]]! += this.shown[SHAPE_CHANNELS[i]![0]]!;
    }
    const wide = this.shown[shape.wide]!;
    pose[channel.spread] = Math.max(wide, 0);
    pose[channel.round] = Math.max(-wide, 0);
    // A speaker's head goes with the stress: it dips a little, and the brows lift.
    const stress = this.shown[shape.emphasis]!;
    pose[channel.pitch]! += 0.022 * stress;
    pose[channel.brow]! += 0.35 * stress;
  }
}
