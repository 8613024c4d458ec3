import { z } from 'zod';
import { utteranceId } from './common.ts';

/** The fifteen of the Oculus and MPEG-4 tables: silence and fourteen groups of phones that look alike. */
export const visemeName = z.enum(['sil', 'PP', 'FF', 'TH', 'DD', 'kk', 'CH', 'SS', 'nn', 'RR', 'aa', 'E', 'ih', 'oh', 'ou']);
export type VisemeName = z.infer<typeof visemeName>;

/** More than a part ever has: it is a sentence or a second of speech. */
const MAX_PER_PART = 4096;

const startMs = z.int().min(0).meta({ description: 'From the first sample of the utterance, as it is heard.' });
const durationMs = z.int().min(0);
export const timedWord = z.object({ text: z.string().min(1).max(1024).meta({ description: 'As it was sent, with the marks that touch it.' }), start_ms: startMs, duration_ms: durationMs });
export type TimedWord = z.infer<typeof timedWord>;
export const timedViseme = z.object({ viseme: visemeName, start_ms: startMs, duration_ms: durationMs });
export type TimedViseme = z.infer<typeof timedViseme>;

/** What is said when, a part of an utterance at a time. */
export const utteranceTimings = z.object({
  utterance_id: utteranceId,
  source: z.enum(['voice', 'network']).meta({ description: 'Who tells: the voice that spoke the text, or the network that listens to the sound and knows no words.' }),
  words: z.array(timedWord).max(MAX_PER_PART),
  visemes: z.array(timedViseme).max(MAX_PER_PART),
});
export type UtteranceTimings = z.infer<typeof utteranceTimings>;

/** What a reader of events may ask for beside what all readers get. */
export const eventInclude = z.enum(['timings']);
export type EventInclude = z.infer<typeof eventInclude>;
