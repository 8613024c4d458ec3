import type { Row } from '../row.ts';
import { compare } from './comparison.ts';
import { speakerTable } from './speaker-video.ts';
import { ours, rivals, systems } from './systems.ts';
import { readTestSet } from './test-set.ts';
import { comparisonTables, label, verdicts } from './verdict.ts';

const testSet = new URL('./test-set/', import.meta.url);

/** How good the mouth is on voices that training never heard, beside other systems that get the same sound. */
export const lipSyncRow: Row = {
  ids: ['lipsync'],
  alone: true,
  async measure({ clips: videos, say }) {
    const clips = await readTestSet(testSet);
    const contestants = await compare(systems, clips, say);
    const mine = contestants.find(({ system, soundDelayMs }) => system === ours && soundDelayMs === 0)!;
    const tables = comparisonTables(contestants, clips.length, new Set(clips.map(({ voice }) => voice)).size);
    for (const video of videos) {
      say(video);
      tables.push(await speakerTable(video, [ours, ...rivals]));
    }
    const details = {
      clips: clips.length,
      systems: contestants.map((contestant) => ({
        name: label(contestant),
        note: contestant.system.note,
        sound_delay_ms: contestant.soundDelayMs,
        figures: contestant.figures,
        by_voice: contestant.byVoice,
        open_in_noise: contestant.openInNoise,
      })),
    };
    const [first, ...rest] = verdicts(mine, contestants.filter(({ system }) => rivals.includes(system)), details);
    return [{ ...first!, tables }, ...rest];
  },
};
