import { visemeName, type TimedViseme, type TimedWord } from '@visavis/contracts';

// Twenty minutes of speech have some 20,000 visemes: names of fields would be most of what is stored.
export type StoredWord = [text: string, startMs: number, durationMs: number];

/** PostgreSQL keeps neither half a character nor a zero in JSON. */
export function encodeWords(words: readonly TimedWord[]): StoredWord[] {
  return words.map(({ text, start_ms, duration_ms }) => [text.toWellFormed().replaceAll('\0', '\ufffd'), start_ms, duration_ms]);
}

export function decodeWords(stored: readonly StoredWord[]): TimedWord[] {
  return stored.map(([text, start_ms, duration_ms]) => ({ text, start_ms, duration_ms }));
}

/** `PP:120+80 aa:200+95` */
export function encodeVisemes(visemes: readonly TimedViseme[]): string {
  return visemes.map(({ viseme, start_ms, duration_ms }) => `${viseme}:${start_ms}+${duration_ms}`).join(' ');
}

export function decodeVisemes(stored: string): TimedViseme[] {
  return [...stored.matchAll(/(\w+):(\d+)\+(\d+)/g)].map(([, viseme, start, duration]) => ({ viseme: visemeName.parse(viseme), start_ms: Number(start), duration_ms: Number(duration) }));
}

/** What of a part begins where others end: a worker that goes on with a sentence tells of its beginning again. */
export function withoutKnown<T extends { words: TimedWord[]; visemes: TimedViseme[] }>(part: T, knownUntilMs: number): T {
  const isNew = ({ start_ms, duration_ms }: { start_ms: number; duration_ms: number }): boolean => start_ms + duration_ms / 2 >= knownUntilMs;
  return { ...part, words: part.words.filter(isNew), visemes: part.visemes.filter(isNew) };
}

/** From the first beginning to the last end; null when there is nothing. */
export function spanOf({ words, visemes }: { words: readonly TimedWord[]; visemes: readonly TimedViseme[] }): { startMs: number; endMs: number } | null {
  const all = [...words, ...visemes];
  if (all.length === 0) return null;
  return { startMs: Math.min(...all.map((one) => one.start_ms)), endMs: Math.max(...all.map((one) => one.start_ms + one.duration_ms)) };
}
