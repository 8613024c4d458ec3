import { ownInference } from './inference/inference-service.ts';
import { MOUTH_PARAMS } from './phonemes.ts';
import { STEP_SAMPLES, stepsHeard } from './steps.ts';
import { VisemeStream } from './viseme-stream.ts';

export interface MouthOfSound {
  /** Step k speaks about media time 20 k − 40 ms. */
  steps: number;
  /** MOUTH_PARAMS.length values a step. */
  params: Float32Array;
  /** Indices into VISEMES. */
  visemes: Uint8Array;
}

/** Enough for the state of a rested stream: see README. */
const LEAD_STEPS = 80;

/** All that the network says of a whole sound (mono, 16 kHz): for figures and tools, not for the live path. It stands still meanwhile. */
export function mouthOfSound(pcm16k: Float32Array, connection = ownInference()): MouthOfSound {
  const steps = stepsHeard(pcm16k.length);
  const params = new Float32Array(steps * MOUTH_PARAMS.length);
  const visemes = new Uint8Array(steps);
  const stream = new VisemeStream(connection);
  try {
    const piece = 64 * STEP_SAMPLES;
    for (let step = 0; step < steps; step++) {
      while (stepsHeard(stream.endSample) <= step) stream.push(pcm16k.subarray(stream.endSample, stream.endSample + piece));
      if (!stream.need(step)) throw new Error('the lip sync network does not answer');
      const from = stream.paramsOffset(step);
      params.set(stream.params.subarray(from, from + MOUTH_PARAMS.length), step * MOUTH_PARAMS.length);
      visemes[step] = stream.visemeAt(step);
    }
  } finally {
    stream.close();
  }
  return { steps, params, visemes };
}

/**
 * The same of a sound that begins after silence, as all do in a session. A network that has heard nothing at all takes a voice that is there from
 * the very first sample for the noise of the room: for seconds no mouth opens.
 */
export function mouthAfterSilence(pcm16k: Float32Array, connection = ownInference()): MouthOfSound {
  const heard = new Float32Array(LEAD_STEPS * STEP_SAMPLES + pcm16k.length);
  heard.set(pcm16k, LEAD_STEPS * STEP_SAMPLES);
  const { steps, params, visemes } = mouthOfSound(heard, connection);
  const own = stepsHeard(pcm16k.length);
  return { steps: own, params: params.slice((steps - own) * MOUTH_PARAMS.length), visemes: visemes.slice(steps - own) };
}
