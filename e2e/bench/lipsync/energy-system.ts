import { energyMotion } from './energy-motion.ts';
import type { LipSyncSystem } from './system.ts';

export const energySystem: LipSyncSystem = {
  name: 'energy alone',
  note: 'what Visavis moved its mouths with before the network',
  watch: ({ pcm16k }, steps) => energyMotion(pcm16k, steps),
};
