import { MotionSource, restPose } from '@visavis/engine-builtin/measure';
import { mouthOfSegments, MOUTH_PARAMS, MOUTH_STEP_MS, ownInference, STEP_SAMPLES, VisemeStream } from '@visavis/viseme-net';
import type { LipSyncSystem } from './system.ts';

const CLOCK_PER_STEP = MOUTH_STEP_MS * 48;
/** Sound beyond the last step that the network looks into. */
const AHEAD_STEPS = 5;
/** After two seconds of silence, as in a session. */
const LEAD_STEPS = 100;

/** What the product shows of its own voices: its motion source, which gets the sound and the phones' mouth and shows a frame every step. */
export const phonesSystem: LipSyncSystem = {
  name: 'Visavis with phone times',
  note: 'as it moves to its own voices; the truth is made from the same times, so its figures only say how faithfully it keeps them',
  watch({ pcm16k, segments }, steps) {
    const stream = new VisemeStream(ownInference());
    try {
      const motion = new MotionSource(stream, 1);
      const mouth = segments.length === 0 ? new Float32Array(0) : mouthOfSegments(segments, (pcm16k.length / 16_000) * 1000);
      const params = new Float32Array(steps * MOUTH_PARAMS.length);
      const pose = restPose();
      const at = (step: number): number => (LEAD_STEPS + step) * CLOCK_PER_STEP;
      for (let step = -LEAD_STEPS; step < steps + AHEAD_STEPS; step++) {
        const known = step < 0 ? mouth.subarray(0, 0) : mouth.subarray(step * MOUTH_PARAMS.length, (step + 1) * MOUTH_PARAMS.length);
        if (known.length > 0) motion.shape(at(step), known);
        const heard = new Float32Array(STEP_SAMPLES);
        if (step >= 0) heard.set(pcm16k.subarray(step * STEP_SAMPLES, (step + 1) * STEP_SAMPLES));
        motion.push(at(step), heard);
        const shown = step - AHEAD_STEPS;
        if (shown < 0) continue;
        motion.poseAt(at(shown), pose);
        params.set(motion.shownMouth, shown * MOUTH_PARAMS.length);
      }
      return { params };
    } finally {
      stream.close();
    }
  },
};
