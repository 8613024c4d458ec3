import { applyMouth } from '../motion/mouth-pose.ts';
import { restPose } from '../motion/pose.ts';
import { drawn, DRAWN_COUNT, toDrawnPose } from '../render/drawn-pose.ts';

/**
 * How unlike two mouths look: each part of a drawn mouth, times about how far its whole way moves edges in the picture, in units of
 * the face. What only shows between the lips, teeth and tongue, counts about as much as what it covers.
 */
const VISIBLE_WAY: readonly (readonly [part: number, units: number])[] = [
  [drawn.jaw, 0.26],
  [drawn.jawRound, 0.26],
  [drawn.jawShut, 0.12],
  [drawn.upperLip, 0.07],
  [drawn.lowerLip, 0.08],
  [drawn.press, 0.1],
  [drawn.round, 0.16],
  [drawn.spread, 0.09],
  [drawn.teeth, 0.12],
  [drawn.tongue, 0.06],
  [drawn.tongueOut, 0.05],
  [drawn.meet, 0.05],
];

export const LIKENESS_VALUES = VISIBLE_WAY.length;

const pose = restPose();
const drawnPose = new Float32Array(DRAWN_COUNT);

/** Where a mouth, given as the network's parameters, lies in the space in which distance is unlikeness. */
export function mouthPlace(params: Float32Array, mouthGain = 1): Float64Array {
  applyMouth(params, 0, mouthGain, pose);
  toDrawnPose(pose, drawnPose);
  return Float64Array.from(VISIBLE_WAY, ([part, units]) => drawnPose[part]! * units);
}

export function unlikeness(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += (one[i]! - other[i]!) ** 2;
  return Math.sqrt(sum);
}
