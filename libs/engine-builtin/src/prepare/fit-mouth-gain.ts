import { allocateI420 } from '@visavis/engine';
import type { LoadedFace } from '../loaded-face.ts';
import { measureLipGap } from '../measure.ts';
import { channel, restPose } from '../motion/pose.ts';
import { i420ToRgb } from '../render/i420-to-rgb.ts';

/** Speech goes this far with the jaw in its loudest parts. */
const LOUD_JAW = 0.65;
const TRIED_JAWS = [0.45, 0.7] as const;
/** By how much the lips should then be further apart than at rest, in eye distances, as the mesh sees it: it sees less than is drawn. */
const WANTED_RISE = 0.09;
const MIN_GAIN = 0.6;
/** The mesh sees least of a smile that opens further: what it asks for there would be a shout. */
const MAX_GAIN = 1.1;
const SIZE = { width: 512, height: 512 } as const;

/**
 * Lips differ: the same drop of the jaw looks like a shout on one picture and like a murmur on another. Draws the face with its mouth
 * open, measures what a viewer sees, and returns the factor on the jaw that makes loud speech look alike on all.
 */
export async function fitMouthGain(face: LoadedFace): Promise<number> {
  const rest = await gapAt(face, 0);
  if (rest === undefined) return 1;
  let before = { jaw: 0, rise: 0 };
  for (const jaw of TRIED_JAWS) {
    const gap = await gapAt(face, jaw);
    if (gap === undefined) return 1;
    const rise = gap - rest;
    if (rise >= WANTED_RISE) {
      const part = (WANTED_RISE - before.rise) / (rise - before.rise);
      return clampGain((before.jaw + (jaw - before.jaw) * part) / LOUD_JAW);
    }
    before = { jaw, rise };
  }
  return MAX_GAIN;
}

async function gapAt(face: LoadedFace, jaw: number): Promise<number | undefined> {
  const picture = allocateI420(SIZE);
  const pose = restPose();
  pose[channel.jaw] = jaw;
  pose[channel.upperLip] = 0.3 * jaw;
  pose[channel.lowerLip] = 0.3 * jaw;
  face.rendererFor(SIZE).render(pose, picture);
  return (await measureLipGap({ ...SIZE, data: i420ToRgb(picture) }))?.gap;
}

function clampGain(gain: number): number {
  return Math.min(Math.max(gain, MIN_GAIN), MAX_GAIN);
}
