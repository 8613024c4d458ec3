import { splitWords, timeWords } from './text-words.ts';
import { PAUSE, type TimedPhone, type TimedSound } from './timing.ts';
import type { MonoSound } from './wav.ts';

/** What espeak-ng tells while it speaks, in order: a word's place in the text, then its phones as they begin. */
export type EspeakEvent =
  /** In code points, from 1. A number is several words, whose places are somewhere in it. */
  | { type: 'word'; textPosition: number }
  /** IPA with marks of stress; empty for a pause, `(fr)` for a change of language. */
  | { type: 'phoneme'; symbol: string; atMs: number };

const SILENT = 40 / 32_768;
const LONGEST_CLOSURE_MS = 100;

export function timeEspeakSpeech(sound: MonoSound, events: readonly EspeakEvent[], text: string, language: string): TimedSound {
  const words = splitWords(text, language);
  const times = words.map((): { startMs: number; endMs: number } | undefined => undefined);
  const endMs = (sound.samples.length / sound.sampleRateHz) * 1000;
  const begun = startsOfPhones(sound, events, words.map(({ start }) => start));
  const phones: TimedPhone[] = [];
  begun.forEach(({ symbol, startMs, word }, index) => {
    const phoneEndMs = Math.min(endMs, begun[index + 1]?.startMs ?? endMs);
    if (phoneEndMs <= startMs) return;
    const last = phones.at(-1);
    if (symbol === PAUSE && last?.symbol === PAUSE) last.durationMs = phoneEndMs - last.startMs;
    else phones.push({ symbol, startMs, durationMs: phoneEndMs - startMs });
    if (symbol === PAUSE || word < 0) return;
    const time = (times[word] ??= { startMs, endMs: startMs });
    time.endMs = phoneEndMs;
  });
  return { ...sound, alphabet: 'ipa', phones, words: timeWords(words, times) };
}

/** Where each phone begins, and the word it belongs to. */
function startsOfPhones(sound: MonoSound, events: readonly EspeakEvent[], wordStarts: readonly number[]): { symbol: string; startMs: number; word: number }[] {
  const begun: { symbol: string; startMs: number; word: number }[] = [];
  let word = -1;
  for (const event of events) {
    if (event.type === 'word') {
      word = Math.max(word, wordStarts.findLastIndex((start) => start < event.textPosition), 0);
      continue;
    }
    if (event.symbol.startsWith('(')) continue;
    // Names are cut after eight bytes, maybe in the middle of a letter.
    const symbol = event.symbol.replaceAll('\ufffd', '') || PAUSE;
    const last = begun.at(-1);
    const afterPause = last === undefined || last.symbol === PAUSE;
    begun.push({ symbol, startMs: symbol === PAUSE || afterPause ? event.atMs : closureBefore(sound, event.atMs, last.startMs), word: Math.min(word, wordStarts.length - 1) });
  }
  return begun;
}

/** espeak-ng tells of a plosive when it bursts; the mouth shut when it fell silent. */
function closureBefore({ samples, sampleRateHz }: MonoSound, atMs: number, earliestMs: number): number {
  const least = Math.ceil((Math.max(earliestMs, atMs - LONGEST_CLOSURE_MS) * sampleRateHz) / 1000);
  const burst = Math.min(samples.length, Math.round((atMs * sampleRateHz) / 1000));
  let at = burst;
  while (at > least && Math.abs(samples[at - 1]!) < SILENT) at--;
  return atMs - ((burst - at) / sampleRateHz) * 1000;
}
