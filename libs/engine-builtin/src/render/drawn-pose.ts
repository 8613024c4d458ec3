import { channel, CHANNEL_COUNT } from '../motion/pose.ts';
import type { FacePose } from '../motion/pose.ts';
import { mouthReach } from './mouth-reach.ts';

/*
 * Hot path: no allocation.
 *
 * A pose as it is drawn. Displacements are added up, but a mouth is more than a sum: the same drop of the jaw parts spread lips in a
 * wide oval, round lips in an O, and pressed lips not at all. So what channels do to each other is worked out here, once a frame, and
 * becomes channels of its own.
 */
export const drawn = {
  /** `jaw` here: the part of the jaw's drop that parts the lips over their whole width. */
  ...channel,
  /** The part that opens an O in their middle. */
  jawRound: CHANNEL_COUNT,
  /** The part that only the chin shows, under lips that stay where they are. */
  jawShut: CHANNEL_COUNT + 1,
  /** How far lips that are parted in the picture come together. */
  meet: CHANNEL_COUNT + 2,
  /** The tongue comes out between the teeth. */
  tongueOut: CHANNEL_COUNT + 3,
  /** Rounded lips stand before the teeth and hide them. */
  teethHidden: CHANNEL_COUNT + 4,
} as const;

export const DRAWN_COUNT = CHANNEL_COUNT + 5;

export type DrawnPose = Float32Array;

/** Lips at the teeth part by this much less: the rest of the contract's "opening". */
const TEETH_CLOSE = 0.8;
/** Of the lips' own motion, fully rounded lips put this part into their O. */
const LIPS_ROUND = 0.8;
/** A smile gives way to a wide open mouth. */
const JAW_MEETS = 0.45;
/** Sounds win over moods: of the pull at the corners of the mouth, lips that are shut, round or at the teeth take these parts away. */
const PRESS_RELAXES = 0.5;
const ROUND_RELAXES = 0.7;
const TEETH_RELAX = 0.4;

export function toDrawnPose(pose: FacePose, out: DrawnPose): void {
  out.set(pose);
  const jaw = pose[channel.jaw]!;
  const press = unit(pose[channel.press]!);
  const round = unit(pose[channel.round]!);
  const teeth = unit(pose[channel.teeth]!);
  const parting = (1 - press) * (1 - TEETH_CLOSE * teeth);
  out[drawn.jaw] = jaw * parting * (1 - round);
  // What raises and lowers round lips opens their O too, not the corners.
  const lipsRound = LIPS_ROUND * round;
  const lips = (mouthReach.upperLip * pose[channel.upperLip]! + mouthReach.lowerLip * pose[channel.lowerLip]!) / mouthReach.jaw;
  out[drawn.upperLip]! *= 1 - lipsRound;
  out[drawn.lowerLip]! *= 1 - lipsRound;
  out[drawn.jawRound] = (jaw * round + lips * lipsRound) * parting;
  out[drawn.jawShut] = jaw * (1 - parting);
  // Rounded lips come together around their O, wherever the picture has them.
  out[drawn.meet] = 1 - (1 - press) * (1 - round) * (1 - round) * (1 - JAW_MEETS * unit(jaw));
  const relaxed = (1 - PRESS_RELAXES * press) * (1 - ROUND_RELAXES * round) * (1 - TEETH_RELAX * teeth);
  out[drawn.smile] = pose[channel.smile]! * relaxed;
  out[drawn.frown] = pose[channel.frown]! * relaxed;
  out[drawn.teethHidden] = round * round * round;
  out[drawn.tongueOut] = unit((pose[channel.tongue]! - 0.6) / 0.4);
}

function unit(value: number): number {
  return value > 0 ? (value < 1 ? value : 1) : 0;
}
