import type { PhoneAlphabet } from '@visavis/viseme-net/phonemes';
import type { MonoSound } from './wav.ts';

export type { PhoneAlphabet } from '@visavis/viseme-net/phonemes';

/** A word as the text has it, with the marks that touch it. */
export interface TimedWord {
  text: string;
  startMs: number;
  durationMs: number;
}

/** A phone in the alphabet of its piece, or a `PAUSE`. */
export interface TimedPhone {
  symbol: string;
  startMs: number;
  durationMs: number;
}

/** What silence between phones is called, in both alphabets. */
export const PAUSE = 'PAU';

export interface Timings {
  alphabet: PhoneAlphabet;
  /** In order; empty only where an engine doesn't tell. */
  words: TimedWord[];
  /** In order and without gaps, pauses included. */
  phones: TimedPhone[];
}

/** What an engine made, with times from its first sample. */
export type TimedSound = MonoSound & Timings;

/**
 * The timings of a part of the sound, which begins at `fromMs` and lasts `durationMs`. Phones outside go, and what is silent at both
 * ends becomes a pause; every word stays, if only as a moment.
 */
export function cutTimings({ alphabet, words, phones }: Timings, fromMs: number, durationMs: number): Timings {
  const clip = (ms: number): number => Math.min(durationMs, Math.max(0, ms - fromMs));
  const cut = <T extends { startMs: number; durationMs: number }>(one: T): T => {
    const startMs = clip(one.startMs);
    return { ...one, startMs, durationMs: clip(one.startMs + one.durationMs) - startMs };
  };
  const kept = phones.map(cut).filter(({ durationMs: ms }) => ms > 0);
  return { alphabet, words: words.map(cut), phones: kept.length === 0 ? [] : withPausesAround(kept, durationMs) };
}

function withPausesAround(phones: TimedPhone[], durationMs: number): TimedPhone[] {
  const { startMs } = phones[0]!;
  const last = phones.at(-1)!;
  const endMs = last.startMs + last.durationMs;
  if (startMs > 0) phones.unshift({ symbol: PAUSE, startMs: 0, durationMs: startMs });
  if (endMs >= durationMs) return phones;
  if (last.symbol === PAUSE) last.durationMs = durationMs - last.startMs;
  else phones.push({ symbol: PAUSE, startMs: endMs, durationMs: durationMs - endMs });
  return phones;
}
