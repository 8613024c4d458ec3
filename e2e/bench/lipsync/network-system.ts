import { HEARD_SAMPLES, MOUTH_PARAMS, mouthAfterSilence, STEP_DELAY_MS, STEP_MS, STEP_SAMPLES, VISEMES } from '@visavis/viseme-net';
import type { LipSyncSystem } from './system.ts';

/** Step k speaks about so many steps before its own number. */
const BEHIND = STEP_DELAY_MS / STEP_MS;

export const networkSystem: LipSyncSystem = {
  name: 'Visavis',
  note: 'the network, from sound alone, with the 75 ms that it looks ahead',
  watch({ pcm16k }, steps) {
    const heard = new Float32Array((steps + BEHIND - 1) * STEP_SAMPLES + HEARD_SAMPLES);
    heard.set(pcm16k.subarray(0, heard.length));
    const { params, visemes } = mouthAfterSilence(heard);
    return {
      params: params.slice(BEHIND * MOUTH_PARAMS.length, (BEHIND + steps) * MOUTH_PARAMS.length),
      visemes: Array.from(visemes.subarray(BEHIND, BEHIND + steps), (index) => VISEMES[index]!),
    };
  },
};
