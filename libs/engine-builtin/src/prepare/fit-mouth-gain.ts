import type { I420Picture } from '@visavis/engine';
import { measureLipGap } from '../measure.ts';
import { applyMouth, MOUTH_PARAM_COUNT, mouthParam } from '../motion/mouth-pose.ts';
import { channel, restPose } from '../motion/pose.ts';
import type { FacePose } from '../motion/pose.ts';
import { i420ToRgb } from '../render/i420-to-rgb.ts';
import { mouthReach } from '../render/mouth-reach.ts';

/** The loudest parts of running speech, as the lip sync network says them. */
const LOUD_MOUTH = { jaw: 0.57, upperLip: 0.33, lowerLip: 0.38 } as const;
/** How much further apart than at rest a speaker's lips then are, in eye distances. */
const WANTED_RISE = 0.13;
const TRIED_GAINS = [0.7, 0.85, 1] as const;
const MIN_GAIN = 0.6;
/** Of some paintings and smiles the mesh sees less than a third of what is drawn: what it asks for there would be a shout. */
const MAX_GAIN = 1.1;

/** A face of which any pose can be drawn. */
interface DrawnFace {
  draw(pose: FacePose): I420Picture;
}

type Mouth = Partial<Record<keyof typeof mouthParam, number>>;

/** How far the lips were drawn apart, in units, and how far the mesh saw them, in eye distances. */
export interface TriedOpening {
  drawn: number;
  seen: number;
}

/**
 * Lips differ: the same drop of the jaw looks like a shout on one picture and like a murmur on another. Draws the face as it speaks
 * loudly, measures what a viewer sees, and returns the factor on the jaw that makes loud speech look alike on all.
 */
export async function fitMouthGain(face: DrawnFace): Promise<number> {
  const rest = await gapOf(face, restPose());
  const tried: TriedOpening[] = [];
  for (const gain of TRIED_GAINS) {
    const pose = poseOf(LOUD_MOUTH, gain);
    const gap = await gapOf(face, pose);
    if (rest === undefined || gap === undefined) return 1;
    tried.push({ drawn: jawPart(pose) + lipsPart(pose), seen: gap - rest });
  }
  return gainFor(tried);
}

/** The mesh jitters: what it sees of the drawn gap is taken from all that was tried. */
export function gainFor(tried: readonly TriedOpening[]): number {
  const share = sum(tried.map(({ drawn, seen }) => drawn * seen)) / sum(tried.map(({ drawn }) => drawn * drawn));
  if (share <= 0) return MAX_GAIN;
  const usual = poseOf(LOUD_MOUTH, 1);
  const gain = (WANTED_RISE / share - lipsPart(usual)) / jawPart(usual);
  return Math.min(Math.max(gain, MIN_GAIN), MAX_GAIN);
}

function poseOf(mouth: Mouth, gain: number): FacePose {
  const params = new Float32Array(MOUTH_PARAM_COUNT);
  for (const [name, value] of Object.entries(mouth)) params[mouthParam[name as keyof typeof mouthParam]] = value;
  const pose = restPose();
  applyMouth(params, 0, gain, pose);
  return pose;
}

function jawPart(pose: FacePose): number {
  return mouthReach.jaw * pose[channel.jaw]!;
}

function lipsPart(pose: FacePose): number {
  return mouthReach.upperLip * pose[channel.upperLip]! + mouthReach.lowerLip * pose[channel.lowerLip]!;
}

async function gapOf(face: DrawnFace, pose: FacePose): Promise<number | undefined> {
  const picture = face.draw(pose);
  return (await measureLipGap({ width: picture.width, height: picture.height, data: i420ToRgb(picture) }))?.gap;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
