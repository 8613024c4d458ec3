import { drawn } from '../render/drawn-pose.ts';
import type { DrawnPose } from '../render/drawn-pose.ts';

/*
 * Hot path: no allocation.
 *
 * Which mouth a patch of the store shows, and which one a frame wants: the part of a drawn pose that belongs to the mouth.
 */
const FEATURES = [drawn.jaw, drawn.jawRound, drawn.jawShut, drawn.upperLip, drawn.lowerLip, drawn.press, drawn.round, drawn.spread, drawn.teeth, drawn.tongueOut, drawn.meet, drawn.tongue] as const;

/** Names of the features, in the bundle's order. */
export const mouthFeature = { jaw: 0, jawRound: 1, jawShut: 2, upperLip: 3, lowerLip: 4, press: 5, round: 6, spread: 7, teeth: 8, tongueOut: 9, meet: 10, tongue: 11 } as const;
export const MOUTH_FEATURES = FEATURES.length;

/** About how far each feature at 1 moves edges in the picture, in units: what tells mouths apart. What only shows between the lips counts as much as what it covers. */
export const featureWays: readonly number[] = [0.26, 0.26, 0.12, 0.07, 0.08, 0.1, 0.16, 0.09, 0.12, 0.05, 0.05, 0.06];

/** The drawn channel of each feature. */
export const featureChannels: readonly number[] = FEATURES;

export function mouthFeaturesOf(pose: DrawnPose, out: Float32Array): void {
  for (let i = 0; i < MOUTH_FEATURES; i++) out[i] = pose[FEATURES[i]!]!;
}
