import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSegments, phonesPerLine, timesByLength, timesOfWords } from './flite-timings.ts';
import { stressedRuns, type Phrase } from './phrase.ts';
import { runProgram } from './run-program.ts';
import { splitWords, timeWords } from './text-words.ts';
import type { TimedSound } from './timing.ts';
import { readWav } from './wav.ts';

/** flite's smallest voice, which says how a word is pronounced in a millisecond: all its voices share one dictionary. */
const DICTIONARY_VOICE = 'kal';
/** A stressed word is a quarter longer, and half as loud again: flite takes the volume in percent. */
const STRESS = '<prosody rate="0.8" volume="150">';
const STRESS_END = '</prosody>';

/** Speaks one sentence with flite, which can only write to a file: one in a folder of its own, gone when this returns. */
export async function speakWithFlite(program: string, voice: string, { text, stressed }: Phrase, signal: AbortSignal): Promise<TimedSound> {
  const words = splitWords(text, 'en');
  const latin = words.map((word) => toPlainLatin(word.text).trim());
  const runs = stressedRuns(words, stressed);
  const folder = await mkdtemp(join(tmpdir(), 'visavis-speech-'));
  try {
    const file = join(folder, 'speech.wav');
    const [printed, wordPhones] = await Promise.all([
      runProgram(program, [...(runs.length > 0 ? ['-ssml'] : []), '-voice', voice, '-psdur', '-f', '-', '-o', file], withStress(latin, runs), signal),
      pronounceWords(program, latin, signal),
    ]);
    const sound = readWav(await readFile(file));
    const phones = parseSegments(printed.toString('latin1'));
    const times = wordPhones === undefined ? timesByLength(phones, latin.map(lengthOf)) : timesOfWords(phones, wordPhones);
    return { ...sound, alphabet: 'arpabet', phones, words: timeWords(words, times) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads as marks only what is put in here. */
function withStress(latin: readonly string[], runs: readonly { first: number; last: number }[]): string {
  if (runs.length === 0) return latin.join(' ');
  const marked = latin.map((word) => word.replaceAll(/[<>&]/g, ' '));
  for (const { first, last } of runs) {
    marked[first] = `${STRESS}${marked[first]!}`;
    marked[last] += STRESS_END;
  }
  return marked.join(' ');
}

/**
 * The phones of each word by itself: flite tells when phones are spoken, but not which word they belong to. With empty lines between
 * them, words are sentences of their own, which flite prints line by line. Undefined when it doesn't.
 */
async function pronounceWords(program: string, latin: readonly string[], signal: AbortSignal): Promise<string[][] | undefined> {
  const spoken = latin.filter((word) => word !== '');
  const lines = await runProgram(program, ['-voice', DICTIONARY_VOICE, '-ps', '-f', '-', '-o', 'none'], `${spoken.join('\n\n')}\n`, signal).then(
    (printed) => phonesPerLine(printed.toString('latin1')),
    () => [],
  );
  if (lines.length !== spoken.length) return undefined;
  let next = 0;
  return latin.map((word) => (word === '' ? [] : lines[next++]!));
}

function lengthOf(word: string): number {
  return word.replaceAll(/[^A-Za-z0-9]/g, '').length;
}

const replacements: Record<string, string> = { '‘': "'", '’': "'", '“': '"', '”': '"', '–': ' - ', '—': ' - ', '…': '...', '&': ' and ', ß: 'ss', æ: 'ae', ø: 'o', œ: 'oe' };

/** flite reads ASCII; it would spell the bytes of anything else. */
export function toPlainLatin(text: string): string {
  return text
    .replaceAll(/[‘’“”–—…&ßæøœ]/g, (character) => replacements[character] ?? ' ')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\x20-\x7e]/g, ' ');
}
