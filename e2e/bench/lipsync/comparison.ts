import { clipFigures, MOUTH_STEP_MS, sumOfFigures, type ClipFigures, type LipSyncFigures } from '@visavis/viseme-net';
import { CLEAN, conditions, soundsWithoutSpeech } from './conditions.ts';
import { MOST_ADVANCE_STEPS, MOST_DELAY_STEPS, watched, withSoundDelayed, type WatchedMotion } from './shown-motion.ts';
import type { LipSyncSystem } from './system.ts';
import { heardSound, type SpokenClip } from './test-set.ts';

/** A system, with its sound at once or held back for it. */
export interface Contestant {
  system: LipSyncSystem;
  /** How long the sound waits for the mouth. */
  soundDelayMs: number;
  figures: Record<string, LipSyncFigures>;
  byVoice: Record<string, LipSyncFigures>;
  /** Part of the frames with an open mouth, by the sound that nobody says anything in; and all of them together. */
  openInNoise: Record<string, number>;
  openInAllNoise: number;
}

/**
 * Every system on every clip in every condition. Each is judged as it is, and where another constant delay of the sound suits it
 * better on the clean clips, with that one too: whoever uses it could set it.
 */
export async function compare(systems: readonly LipSyncSystem[], clips: readonly SpokenClip[], onProgress: (what: string) => void): Promise<Contestant[]> {
  const noises = soundsWithoutSpeech();
  const contestants: Contestant[] = [];
  for (const system of systems) {
    const motions: Record<string, WatchedMotion[]> = {};
    for (const { name, heard } of conditions) {
      onProgress(`${system.name}, ${name}`);
      motions[name] = [];
      for (const [i, clip] of clips.entries()) motions[name].push(await watched(system, heardSound(heard(clip, clips, i), clip.segments)));
    }
    onProgress(`${system.name}, sounds without speech`);
    const inNoise: WatchedMotion[] = [];
    for (const { pcm48k } of noises) inNoise.push(await watched(system, heardSound(pcm48k)));

    const judged = (delay: number) => (name: string): ClipFigures[] => clips.map(({ voice, segments }, i) => clipFigures(voice, segments, withSoundDelayed(motions[name]![i]!, delay)));
    const best = bestDelay((delay) => sumOfFigures(judged(delay)(CLEAN.name)).correlation ?? 0);
    for (const delay of best === 0 ? [0] : [0, best]) {
      const of = judged(delay);
      const open = inNoise.map((motion) => clipFigures('', [], withSoundDelayed(motion, delay)));
      contestants.push({
        system,
        soundDelayMs: delay * MOUTH_STEP_MS,
        figures: Object.fromEntries(conditions.map(({ name }) => [name, sumOfFigures(of(name))])),
        byVoice: Object.fromEntries([...new Set(clips.map(({ voice }) => voice))].map((voice) => [voice, sumOfFigures(of(CLEAN.name).filter((clip) => clip.voice === voice))])),
        openInNoise: Object.fromEntries(open.map((figures, i) => [noises[i]!.name, sumOfFigures([figures]).silentOpening ?? 0])),
        openInAllNoise: sumOfFigures(open).silentOpening ?? 0,
      });
    }
  }
  return contestants;
}

function bestDelay(correlationAt: (steps: number) => number): number {
  let best = 0;
  for (let steps = -MOST_ADVANCE_STEPS; steps <= MOST_DELAY_STEPS; steps++) if (correlationAt(steps) > correlationAt(best)) best = steps;
  return best;
}
