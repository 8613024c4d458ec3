import { visemeSegments, type Viseme, type VisemeSegment } from '@visavis/viseme-net/phonemes';
import type { Timings } from './timing.ts';

export interface TimedViseme {
  viseme: Viseme;
  startMs: number;
  durationMs: number;
}

/** The visemes of each phone. */
export function segmentsOf({ phones, alphabet }: Pick<Timings, 'phones' | 'alphabet'>): VisemeSegment[] {
  return visemeSegments(phones.map(({ symbol, startMs, durationMs }) => ({ symbol, startMs, endMs: startMs + durationMs })), alphabet);
}

/** What the phones look like; a viseme that goes on is one. */
export function visemesOf(timings: Pick<Timings, 'phones' | 'alphabet'>): TimedViseme[] {
  const visemes: TimedViseme[] = [];
  for (const { viseme, startMs, endMs } of segmentsOf(timings)) {
    const last = visemes.at(-1);
    if (last?.viseme === viseme) last.durationMs = endMs - last.startMs;
    else visemes.push({ viseme, startMs, durationMs: endMs - startMs });
  }
  return visemes;
}
