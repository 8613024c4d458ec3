import { applyMouth, MOUTH_PARAM_COUNT } from '../motion/mouth-pose.ts';
import { restPose } from '../motion/pose.ts';
import type { FacePose } from '../motion/pose.ts';
import samples from './mouth-samples.json' with { type: 'json' };

/**
 * The mouths that the store of a photo holds: all mouths of speech lie near one of them, in what shows (`mouth-likeness.ts`). Each is the
 * lip sync network's eight parameters, in its order; the first is rest, exactly. `bench/choose-mouth-samples.ts` chose them.
 */
export const MOUTH_SAMPLES: readonly Float32Array[] = samples.map((params) => {
  if (params.length !== MOUTH_PARAM_COUNT) throw new Error('mouth-samples.json was made for another network');
  return Float32Array.from(params);
});

/** The same as poses of the face whose jaw goes `mouthGain` times as far. */
export function mouthSamplePoses(mouthGain: number): FacePose[] {
  return MOUTH_SAMPLES.map((params) => {
    const pose = restPose();
    applyMouth(params, 0, mouthGain, pose);
    return pose;
  });
}
