import { energySystem } from './energy-system.ts';
import { headAudioSystem } from './headaudio-system.ts';
import { networkSystem } from './network-system.ts';
import { phonesSystem } from './phones-system.ts';
import type { LipSyncSystem } from './system.ts';
import { wawaSystem } from './wawa-system.ts';

export const ours = networkSystem;
/** All that are compared; the first is ours. */
export const systems: readonly LipSyncSystem[] = [ours, phonesSystem, energySystem, headAudioSystem, wawaSystem];
/** Those whose figures ours are measured by: not the one that knows the truth. */
export const rivals = systems.filter((system) => system !== ours && system !== phonesSystem);
