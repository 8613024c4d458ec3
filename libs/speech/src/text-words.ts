import type { TimedWord } from './timing.ts';

/** A word of a text, with the marks that touch it: what stands between two spaces, or a word of a script that writes without them. */
export interface TextWord {
  text: string;
  /** Its place in the text, in code points. */
  start: number;
}

const withoutSpaces = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

export function splitWords(text: string, language: string): TextWord[] {
  const words: TextWord[] = [];
  let start = 0;
  let index = 0;
  for (const match of text.matchAll(/\S+/gu)) {
    for (const part of withoutSpaces.test(match[0]) ? splitAtWords(match[0], language) : [match[0]]) {
      const at = text.indexOf(part, index);
      start += countCodePoints(text.slice(index, at));
      words.push({ text: part, start });
      start += countCodePoints(part);
      index = at + part.length;
    }
  }
  return words;
}

/** Marks go with the word before them; those at the very front with the one after. */
function splitAtWords(token: string, language: string): string[] {
  const parts: string[] = [];
  let wordless = true;
  for (const { segment, isWordLike } of new Intl.Segmenter(language, { granularity: 'word' }).segment(token)) {
    if (parts.length === 0 || (isWordLike === true && !wordless)) parts.push(segment);
    else parts[parts.length - 1] += segment;
    if (isWordLike === true) wordless = false;
  }
  return parts;
}

function countCodePoints(text: string): number {
  return [...text].length;
}

/**
 * Puts words and times together. What wasn't spoken, a lone dash for instance, joins the word before it, or the first one after:
 * nothing of the text is lost.
 * @param times for each word, or undefined when it wasn't spoken
 */
export function timeWords(words: readonly TextWord[], times: readonly ({ startMs: number; endMs: number } | undefined)[]): TimedWord[] {
  const timed: TimedWord[] = [];
  let front = '';
  words.forEach(({ text }, index) => {
    const time = times[index];
    const last = timed.at(-1);
    if (time !== undefined) {
      timed.push({ text: front + text, startMs: time.startMs, durationMs: Math.max(0, time.endMs - time.startMs) });
      front = '';
    } else if (last === undefined) front += `${text} `;
    else last.text += ` ${text}`;
  });
  return timed;
}
