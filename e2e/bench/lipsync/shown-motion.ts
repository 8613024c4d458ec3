import { MOUTH_PARAMS, MOUTH_STEP_MS, type MouthMotion } from '@visavis/viseme-net';
import type { HeardSound, LipSyncSystem } from './system.ts';

const PARAMS = MOUTH_PARAMS.length;
/** Sound can be held back by so many steps to wait for a mouth that is late, or the mouth to wait for the sound. */
export const MOST_DELAY_STEPS = 15;
export const MOST_ADVANCE_STEPS = 5;

/** A system's mouth for a sound, and for the time after it. */
export interface WatchedMotion {
  motion: MouthMotion;
  steps: number;
}

export async function watched(system: LipSyncSystem, sound: HeardSound): Promise<WatchedMotion> {
  const steps = Math.floor((sound.pcm48k.length / 48) / MOUTH_STEP_MS);
  return { motion: await system.watch(sound, steps + MOST_DELAY_STEPS), steps };
}

/** The mouth as seen when the sound is held back by so many steps. */
export function withSoundDelayed({ motion, steps }: WatchedMotion, by: number): MouthMotion {
  const params = new Float32Array(steps * PARAMS);
  const from = Math.max(0, by);
  params.set(motion.params.subarray(from * PARAMS, (from + steps + Math.min(0, by)) * PARAMS), Math.max(0, -by) * PARAMS);
  const visemes = motion.visemes && Array.from({ length: steps }, (_, step) => motion.visemes![step + by] ?? 'sil');
  return visemes ? { params, visemes } : { params };
}
