import { PAUSE, type TimedPhone } from './timing.ts';

/** flite makes its sound in frames of 5 ms, and whole ones only. */
const FRAME_MS = 5;
const VOWELS = new Set(['AA', 'AE', 'AH', 'AO', 'AW', 'AX', 'AY', 'EH', 'ER', 'EY', 'IH', 'IY', 'OW', 'OY', 'UH', 'UW']);
const LEFT_OUT = 0.8;
const OTHER_VOWEL = 0.5;
const OTHER_CONSONANT = 1;

/** Undefined when a word isn't spoken. */
export type WordTime = { startMs: number; endMs: number } | undefined;

/** Reads what `-psdur` prints: a line for each sentence, `name:end` in seconds from that sentence's beginning. */
export function parseSegments(printed: string): TimedPhone[] {
  const phones: TimedPhone[] = [];
  let sentenceStartMs = 0;
  for (const line of printed.split('\n')) {
    let startMs = 0;
    for (const [, name, end] of line.matchAll(/(\S+):(\d+(?:\.\d+)?)/g)) {
      const endMs = Number(end) * 1000;
      const last = phones.at(-1);
      const symbol = symbolOf(name!);
      if (symbol === PAUSE && last?.symbol === PAUSE) last.durationMs = sentenceStartMs + endMs - last.startMs;
      else if (endMs > startMs) phones.push({ symbol, startMs: sentenceStartMs + startMs, durationMs: endMs - startMs });
      startMs = endMs;
    }
    const wholeMs = Math.floor(startMs / FRAME_MS + 1e-6) * FRAME_MS;
    const last = phones.at(-1);
    if (last !== undefined) last.durationMs -= startMs - wholeMs;
    sentenceStartMs += wholeMs;
  }
  return phones;
}

/** Reads what `-ps` prints, without the pauses. */
export function phonesPerLine(printed: string): string[][] {
  return printed
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/).map(symbolOf).filter((symbol) => symbol !== PAUSE));
}

function symbolOf(name: string): string {
  return name.toUpperCase();
}

/**
 * When each word was spoken. A word in a sentence is pronounced nearly as by itself, so the two rows of phones are laid side by side at
 * the least cost (as Needleman and Wunsch do), and a phone belongs to the word of the one that it lies beside.
 * @param wordPhones of each word by itself; none when it isn't spoken
 */
export function timesOfWords(phones: readonly TimedPhone[], wordPhones: readonly (readonly string[])[]): WordTime[] {
  const expected = wordPhones.flatMap((symbols, word) => symbols.map((symbol) => ({ symbol, word })));
  const partners = align(phones.filter(({ symbol }) => symbol !== PAUSE).map(({ symbol }) => symbol), expected.map(({ symbol }) => symbol));
  const times = wordPhones.map((): WordTime => undefined);
  let spoken = 0;
  let paused = false;
  let word: number | undefined;
  for (const { symbol, startMs, durationMs } of phones) {
    if (symbol === PAUSE) {
      paused = true;
      continue;
    }
    const partner = partners[spoken];
    // One that has no partner goes with the phone before it, or with the next one after a pause.
    const beside = partner ?? (paused || word === undefined ? partners.slice(spoken).find((one) => one !== undefined) : undefined);
    if (beside !== undefined) word = expected[beside]!.word;
    spoken++;
    paused = false;
    if (word === undefined) continue;
    const time = (times[word] ??= { startMs, endMs: startMs });
    time.endMs = startMs + durationMs;
  }
  return times;
}

/** When nobody knows how words are said, each gets phones by the number of its letters. */
export function timesByLength(phones: readonly TimedPhone[], lengths: readonly number[]): WordTime[] {
  const times = lengths.map((): WordTime => undefined);
  const spoken = phones.filter(({ symbol }) => symbol !== PAUSE);
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  let word = 0;
  let letters = lengths[0] ?? 0;
  spoken.forEach(({ startMs, durationMs }, index) => {
    while (letters <= ((index + 0.5) / spoken.length) * whole && word < lengths.length - 1) letters += lengths[++word]!;
    const time = (times[word] ??= { startMs, endMs: startMs });
    time.endMs = startMs + durationMs;
  });
  return times;
}

/** For each of `spoken` the index in `expected` of its partner. */
function align(spoken: readonly string[], expected: readonly string[]): (number | undefined)[] {
  const width = expected.length + 1;
  const costs = new Float64Array((spoken.length + 1) * width);
  for (let column = 1; column < width; column++) costs[column] = column * LEFT_OUT;
  for (let row = 1; row <= spoken.length; row++) {
    costs[row * width] = row * LEFT_OUT;
    for (let column = 1; column < width; column++) {
      const both = costs[(row - 1) * width + column - 1]! + unlikeness(spoken[row - 1]!, expected[column - 1]!);
      costs[row * width + column] = Math.min(both, costs[(row - 1) * width + column]! + LEFT_OUT, costs[row * width + column - 1]! + LEFT_OUT);
    }
  }
  const partners = new Array<number | undefined>(spoken.length).fill(undefined);
  for (let row = spoken.length, column = expected.length; row > 0 && column > 0; ) {
    const cost = costs[row * width + column]!;
    if (cost === costs[(row - 1) * width + column - 1]! + unlikeness(spoken[row - 1]!, expected[column - 1]!)) partners[--row] = --column;
    else if (cost === costs[(row - 1) * width + column]! + LEFT_OUT) row--;
    else column--;
  }
  return partners;
}

function unlikeness(spoken: string, expected: string): number {
  if (spoken === expected) return 0;
  if (VOWELS.has(spoken) !== VOWELS.has(expected)) return 2 * LEFT_OUT;
  return VOWELS.has(spoken) ? OTHER_VOWEL : OTHER_CONSONANT;
}
