import { energySystem } from './energy-system.ts';
import { headAudioSystem } from './headaudio-system.ts';
import { networkSystem } from './network-system.ts';
import type { LipSyncSystem } from './system.ts';
import { wawaSystem } from './wawa-system.ts';

export const ours = networkSystem;
/** All that are compared; the first is ours. */
export const systems: readonly LipSyncSystem[] = [ours, energySystem, headAudioSystem, wawaSystem];
