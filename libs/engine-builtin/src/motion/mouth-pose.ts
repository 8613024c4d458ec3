import { channel } from './pose.ts';
import type { FacePose } from './pose.ts';

/*
 * Hot path: no allocation.
 *
 * From the eight parameters of the lip sync network to what the renderer draws.
 */

/** Where each parameter stands, as the network's contract orders them. */
export const mouthParam = { jaw: 0, round: 1, spread: 2, press: 3, upperLip: 4, lowerLip: 5, teeth: 6, tongue: 7 } as const;
export const MOUTH_PARAM_COUNT = 8;

/**
 * How far the jaw goes: `JAW_AT_FIRST` times a small parameter, and less and less of a larger one. Sounds that follow each other reach
 * about half of a full "ah" (0.85), and there the lips of a speaker are well apart; the full one is loud speech, not a shout.
 */
const JAW_AT_FIRST = 1.2;
const JAW_BEND = 0.42;
/** The jaw of lips that are shut drops only this part of its way: more would show as a long chin, not as a sound. */
const JAW_BEHIND_SHUT_LIPS = 0.4;

/**
 * Writes the mouth to `pose`, from the parameters at `offset`. `mouthGain` is the face's factor on the jaw. Closures win over everything
 * else: pressed lips don't part, and a lip that touches the teeth stays there.
 */
export function applyMouth(params: Float32Array, offset: number, mouthGain: number, pose: FacePose): void {
  const press = unit(params[offset + mouthParam.press]!);
  const teeth = unit(params[offset + mouthParam.teeth]!) * (1 - press);
  const parted = 1 - press;
  const jaw = jawDrop(unit(params[offset + mouthParam.jaw]!)) * mouthGain;
  pose[channel.jaw] = jaw * (parted + (1 - parted) * JAW_BEHIND_SHUT_LIPS);
  pose[channel.round] = unit(params[offset + mouthParam.round]!);
  pose[channel.spread] = unit(params[offset + mouthParam.spread]!);
  pose[channel.press] = press;
  pose[channel.upperLip] = unit(params[offset + mouthParam.upperLip]!) * parted;
  pose[channel.lowerLip] = unit(params[offset + mouthParam.lowerLip]!) * parted * (1 - teeth);
  pose[channel.teeth] = teeth;
  pose[channel.tongue] = unit(params[offset + mouthParam.tongue]!) * parted;
}

function jawDrop(param: number): number {
  return param * (JAW_AT_FIRST - JAW_BEND * param);
}

/** Also keeps out what is no number. */
function unit(value: number): number {
  return value > 0 ? (value < 1 ? value : 1) : 0;
}
