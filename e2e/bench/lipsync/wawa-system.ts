import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';
import { MOUTH_PARAMS, MOUTH_STEP_MS, VISEMES, type Viseme } from '@visavis/viseme-net';
import { OfflineAnalyser } from './analyser.ts';
import type { LipSyncSystem } from './system.ts';
import { addWeighted, visemeOfMorphTarget } from './viseme-weights.ts';

const RATE_HZ = 48_000;
const FRAME_MS = 1000 / 60;

/** What the library's `Lipsync` shows of itself. */
interface Lipsync {
  viseme: string;
  state: string;
  processAudio(): void;
}

const script = new vm.Script(readFileSync(createRequire(import.meta.url).resolve('wawa-lipsync'), 'utf8'), { filename: 'wawa-lipsync' });

/**
 * wawa-lipsync in a page's surroundings, as far as it looks at them: an AudioContext, and a clock that follows the sound. Its visemes
 * are switches; they are eased from frame to frame as its own example does it.
 */
export const wawaSystem: LipSyncSystem = {
  name: 'wawa-lipsync 0.0.2',
  note: 'its defaults, at 60 frames a second, visemes eased as in its example',
  watch({ pcm48k }, steps) {
    const analyser = new OfflineAnalyser(pcm48k);
    let nowMs = 0;
    const lipsync = openLipsync(analyser, () => nowMs);
    const weights = Object.fromEntries(VISEMES.map((viseme) => [viseme, 0])) as Record<Viseme, number>;
    const params = new Float32Array(steps * MOUTH_PARAMS.length);
    const visemes: Viseme[] = [];
    let frame = 0;
    for (let step = 0; step < steps; step++) {
      for (; frame * FRAME_MS <= step * MOUTH_STEP_MS; frame++) {
        nowMs = frame * FRAME_MS;
        analyser.playedSamples = (nowMs * RATE_HZ) / 1000;
        lipsync.processAudio();
        const [shown, isVowel] = [visemeOfMorphTarget(lipsync.viseme), lipsync.state === 'vowel'];
        for (const viseme of VISEMES) {
          const [target, speed] = viseme === shown ? [1, isVowel ? 0.2 : 0.4] : [0, isVowel ? 0.1 : 0.2];
          weights[viseme] += (target - weights[viseme]) * speed;
        }
      }
      addWeighted(weights, params, step);
      visemes.push(visemeOfMorphTarget(lipsync.viseme));
    }
    return { params, visemes };
  },
};

function openLipsync(analyser: OfflineAnalyser, now: () => number): Lipsync {
  class AudioContext {
    readonly sampleRate = RATE_HZ;
    createAnalyser(): OfflineAnalyser {
      return analyser;
    }
  }
  const exports: { Lipsync?: new () => Lipsync } = {};
  script.runInContext(vm.createContext({ exports, module: { exports }, window: { AudioContext }, performance: { now } }));
  if (!exports.Lipsync) throw new Error('wawa-lipsync exports no Lipsync');
  return new exports.Lipsync();
}
