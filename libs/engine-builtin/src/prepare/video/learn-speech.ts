import { MOUTH_PARAMS, mouthAfterSilence, stepOfMs } from '@visavis/viseme-net';
import type { InferenceConnection } from '@visavis/viseme-net';
import { mouthFeaturesOf, MOUTH_FEATURES } from '../../bundle/mouth-features.ts';
import { correlation } from '../../loudness.ts';
import { applyMouth } from '../../motion/mouth-pose.ts';
import { restPose } from '../../motion/pose.ts';
import { DRAWN_COUNT, toDrawnPose } from '../../render/drawn-pose.ts';
import { CLIP_FPS, quantile } from './clip-survey.ts';
import { displacementOfFeatures, learnBasis, pointWeights, unexplained } from './mouth-basis.ts';
import type { MouthBasis } from './mouth-basis.ts';
import { innerPairs } from './mouth-track.ts';
import type { MouthFrame } from './mouth-track.ts';

/*
 * A clip with sound shows what this person's mouth does when the lip sync network hears what it hears in it: how far it opens, and where
 * its points go.
 */

export interface SpeechOfClip {
  basis: MouthBasis;
  /** Factor on the jaw, as of photos. */
  mouthGain: number;
  /** How well opening and sound agree, −1 to 1; undefined without sound. */
  agreement: number | undefined;
  learnt: boolean;
}

/** Pictures and sound of a clip are seldom further apart than this many frames. */
const MOST_LAG = 5;
/** Below this the sound is not this mouth's: dubbed, or somebody else speaks. */
const LEAST_AGREEMENT = 0.4;
/** With less speech than this there is nothing to learn from. */
const FEWEST_FRAMES = 75;
/** Lips of the network that are apart by this much, in units, speak. */
const SPEAKS = 0.015;
const MIN_GAIN = 0.65;
const MAX_GAIN = 1.25;
/** What is learnt must leave this much less unexplained of frames that it didn't see. */
const BETTER = 0.97;
const FOLDS = 5;
/** A fold is made of stretches of this many frames. */
const FOLD_FRAMES = 20;
/** How far lips part in loud speech (the 95th percentile), in units, with a gain of 1: for clips without sound. */
const USUAL_OPENING = 0.15;

export function learnSpeech(pcm16k: Float32Array | undefined, inference: InferenceConnection | undefined, frames: readonly (MouthFrame | undefined)[], prior: MouthBasis): SpeechOfClip {
  const seenGaps = frames.flatMap((frame) => (frame ? [frame.gap] : []));
  const usual: SpeechOfClip = { basis: prior, mouthGain: clampGain(quantile(seenGaps, 0.95) / USUAL_OPENING), agreement: undefined, learnt: false };
  if (!pcm16k || !inference) return usual;
  const params = mouthAfterSilence(pcm16k, inference).params;
  const first = heardFeatures(params, frames.length, 1);
  const lag = bestLag(first.map((features) => openingOf(prior, features)), frames);
  if (lag.agreement < LEAST_AGREEMENT) return { ...usual, agreement: lag.agreement };
  const pairs = frames.flatMap((frame, f) => (frame && first[f + lag.frames] ? [{ f, frame }] : []));
  const wanted = pairs.map(({ f }) => openingOf(prior, first[f + lag.frames]!));
  const speaking = pairs.filter((_, i) => wanted[i]! > SPEAKS);
  if (speaking.length < FEWEST_FRAMES) return { ...usual, agreement: lag.agreement };
  const mouthGain = clampGain(quantile(pairs.map(({ frame }) => frame.gap), 0.93) / quantile(wanted, 0.93));
  const heard = heardFeatures(params, frames.length, mouthGain);
  const rows = pairs.map(({ f }) => heard[f + lag.frames]!);
  const seen = pairs.map(({ frame }) => frame.displacement);
  const better = explainsBetter(prior, rows, seen);
  return { basis: better ? learnBasis(prior, rows, seen) : prior, mouthGain, agreement: lag.agreement, learnt: better };
}

/** What the renderer would be asked for at each frame of the clip. */
function heardFeatures(params: Float32Array, count: number, mouthGain: number): Float32Array[] {
  const pose = restPose();
  const drawn = new Float32Array(DRAWN_COUNT);
  return Array.from({ length: count }, (_, f) => {
    const features = new Float32Array(MOUTH_FEATURES);
    const step = Math.round(stepOfMs((f * 1000) / CLIP_FPS));
    if ((step + 1) * MOUTH_PARAMS.length > params.length || step < 0) return features;
    pose.fill(0);
    applyMouth(params, step * MOUTH_PARAMS.length, mouthGain, pose);
    toDrawnPose(pose, drawn);
    mouthFeaturesOf(drawn, features);
    return features;
  });
}

/** Mean distance between the inner edges. */
function openingOf(basis: MouthBasis, features: Float32Array): number {
  const moved = displacementOfFeatures(basis, features);
  return Math.max(0, innerPairs.reduce((sum, [upper, lower]) => sum + moved[lower * 2 + 1]! - moved[upper * 2 + 1]!, 0) / innerPairs.length);
}

function bestLag(wanted: readonly number[], frames: readonly (MouthFrame | undefined)[]): { frames: number; agreement: number } {
  let best = { frames: 0, agreement: -1 };
  for (let lag = -MOST_LAG; lag <= MOST_LAG; lag++) {
    const pairs = frames.flatMap((frame, f) => (frame && wanted[f + lag] !== undefined ? [[wanted[f + lag]!, frame.gap] as const] : []));
    const agreement = pairs.length > FEWEST_FRAMES ? correlation(pairs.map(([a]) => a), pairs.map(([, b]) => b)) : -1;
    if (agreement > best.agreement) best = { frames: lag, agreement };
  }
  return best;
}

/** Learns from most of the clip and looks at the rest, in turns. */
function explainsBetter(prior: MouthBasis, rows: readonly Float32Array[], seen: readonly Float64Array[]): boolean {
  const weights = pointWeights();
  let before = 0;
  let after = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const hidden = (i: number): boolean => Math.floor(i / FOLD_FRAMES) % FOLDS === fold;
    const pick = <T>(list: readonly T[], held: boolean): T[] => list.filter((_, i) => hidden(i) === held);
    const learnt = learnBasis(prior, pick(rows, false), pick(seen, false));
    before += unexplained(prior, weights, pick(rows, true), pick(seen, true));
    after += unexplained(learnt, weights, pick(rows, true), pick(seen, true));
  }
  return after < BETTER * before;
}

function clampGain(gain: number): number {
  return Number.isFinite(gain) ? Math.min(MAX_GAIN, Math.max(MIN_GAIN, gain)) : 1;
}

