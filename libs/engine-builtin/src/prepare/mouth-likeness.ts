import { featureChannels, featureWays, MOUTH_FEATURES } from '../bundle/mouth-features.ts';
import { applyMouth } from '../motion/mouth-pose.ts';
import { restPose } from '../motion/pose.ts';
import { DRAWN_COUNT, toDrawnPose } from '../render/drawn-pose.ts';

export const LIKENESS_VALUES = MOUTH_FEATURES;

const pose = restPose();
const drawnPose = new Float32Array(DRAWN_COUNT);

/** Where a mouth, given as the network's parameters, lies in the space in which distance is unlikeness. */
export function mouthPlace(params: Float32Array, mouthGain = 1): Float64Array {
  applyMouth(params, 0, mouthGain, pose);
  toDrawnPose(pose, drawnPose);
  return Float64Array.from(featureChannels, (channel, i) => drawnPose[channel]! * featureWays[i]!);
}

export function unlikeness(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += (one[i]! - other[i]!) ** 2;
  return Math.sqrt(sum);
}
