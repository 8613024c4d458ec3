import { clipFigures, MOUTH_STEP_MS, sumOfFigures, type LipSyncFigures } from '@visavis/viseme-net';
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
  // Sounds outermost: making one costs as much as a system that hears it.
  const watching = systems.map(() => ({ spoken: Object.fromEntries(conditions.map(({ name }) => [name, [] as WatchedMotion[]])), inNoise: [] as WatchedMotion[] }));
  for (const { name, heard } of conditions) {
    onProgress(name);
    for (const [i, clip] of clips.entries()) {
      const sound = heardSound(heard(clip, clips, i), clip.segments);
      for (const [s, system] of systems.entries()) watching[s]!.spoken[name]!.push(await watched(system, sound));
    }
  }
  onProgress('sounds without speech');
  for (const { pcm48k } of noises) {
    const sound = heardSound(pcm48k);
    for (const [s, system] of systems.entries()) watching[s]!.inNoise.push(await watched(system, sound));
  }
  return systems.flatMap((system, s) => {
    const { spoken, inNoise } = watching[s]!;
    const judged = (name: string, delay: number) => clips.map(({ voice, segments }, i) => clipFigures(voice, segments, withSoundDelayed(spoken[name]![i]!, delay)));
    const best = bestDelay((delay) => sumOfFigures(judged(CLEAN.name, delay)).correlation ?? 0);
    return (best === 0 ? [0] : [0, best]).map((delay): Contestant => {
      const clean = judged(CLEAN.name, delay);
      const open = inNoise.map((motion) => clipFigures('', [], withSoundDelayed(motion, delay)));
      const ofVoice = (voice: string) => sumOfFigures(clean.filter((clip) => clip.voice === voice));
      return {
        system,
        soundDelayMs: delay * MOUTH_STEP_MS,
        figures: Object.fromEntries(conditions.map(({ name }) => [name, sumOfFigures(judged(name, delay))])),
        byVoice: Object.fromEntries(clean.map(({ voice }) => [voice, ofVoice(voice)])),
        openInNoise: Object.fromEntries(open.map((figures, i) => [noises[i]!.name, sumOfFigures([figures]).silentOpening ?? 0])),
        openInAllNoise: sumOfFigures(open).silentOpening ?? 0,
      };
    });
  });
}

function bestDelay(correlationAt: (steps: number) => number): number {
  let best = 0;
  for (let steps = -MOST_ADVANCE_STEPS; steps <= MOST_DELAY_STEPS; steps++) if (correlationAt(steps) > correlationAt(best)) best = steps;
  return best;
}
