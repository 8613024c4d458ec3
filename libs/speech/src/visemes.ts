import { visemeSegments, type Viseme } from '@visavis/viseme-net/phonemes';
import type { Timings } from './timing.ts';

export interface TimedViseme {
  viseme: Viseme;
  startMs: number;
  durationMs: number;
}

/** What the phones look like; a viseme that goes on is one. */
export function visemesOf({ phones, alphabet }: Pick<Timings, 'phones' | 'alphabet'>): TimedViseme[] {
  const visemes: TimedViseme[] = [];
  const segments = visemeSegments(phones.map(({ symbol, startMs, durationMs }) => ({ symbol, startMs, endMs: startMs + durationMs })), alphabet);
  for (const { viseme, startMs, endMs } of segments) {
    const last = visemes.at(-1);
    if (last?.viseme === viseme) last.durationMs = endMs - last.startMs;
    else visemes.push({ viseme, startMs, durationMs: endMs - startMs });
  }
  return visemes;
}
