import type { Letters, LetterRange } from './phrase.ts';
import { lettersIn, withoutSpaces } from './phrase.ts';
import { cutSentences } from './sentences.ts';
import type { TimedWord } from './timing.ts';

/** What is marked in a text, by its place there in UTF-16 units. Others than pauses and emphasis are only located. */
export type TextMark =
  | { type: 'pause'; at: number; ms: number }
  | { type: 'emphasis'; at: number; end: number }
  | { type: 'expression' | 'gesture'; at: number };

interface PieceMarks {
  /** Which of the text's marks lie in it, and where. */
  marks: { index: number; before: Letters }[];
}

/** A sentence or clause to be spoken. */
export interface PlannedSpeech extends PieceMarks {
  text: string;
  stressed: LetterRange[];
  /** How long the silence after it may be at most, where a pause follows. */
  tailMs: number | undefined;
}

export interface PlannedSilence extends PieceMarks {
  silenceMs: number;
}

export type PlannedPiece = PlannedSpeech | PlannedSilence;

type LocatedSpeech = PlannedSpeech & { start: number; end: number };

const spoken = /[\p{L}\p{N}]/u;

/**
 * Cuts a text with marks into pieces to be made one after the other. Only a pause cuts where no sentence or clause ends: every other mark
 * lies within its piece, so that speech flows as it would without.
 */
export function planSpeech(text: string, marks: readonly TextMark[], language: string): PlannedPiece[] {
  const inOrder = marks.map((mark, index) => ({ mark, index })).sort((a, b) => a.mark.at - b.mark.at || a.index - b.index);
  const plan: PlannedPiece[] = [];
  /** Of a part in which nothing is said: they go with what comes next. */
  let homeless: number[] = [];
  let from = 0;
  let here: typeof inOrder = [];

  const speakUntil = (to: number): void => {
    const pieces = locate(text, from, to, language, from === 0);
    if (pieces.length > 0) {
      pieces[0]!.marks.push(...homeless.map((index) => ({ index, before: 0 })));
      homeless = [];
    }
    for (const { mark, index } of here) {
      const home = pieces.find(({ end }) => spoken.test(text.slice(mark.at, end))) ?? pieces.at(-1);
      if (home === undefined) homeless.push(index);
      else home.marks.push({ index, before: lettersIn(text.slice(home.start, Math.max(home.start, mark.at))) });
      if (mark.type === 'emphasis') stress(pieces, text, mark);
    }
    plan.push(...pieces);
    from = to;
    here = [];
  };

  for (const one of inOrder) {
    if (one.mark.type !== 'pause') {
      here.push(one);
      continue;
    }
    speakUntil(one.mark.at);
    const last = plan.at(-1);
    if (last !== undefined && 'text' in last) last.tailMs = one.mark.ms;
    plan.push({ silenceMs: one.mark.ms, marks: homeless.map((index) => ({ index, before: 0 })) });
    homeless = [];
  }
  speakUntil(text.length);
  plan.at(-1)?.marks.push(...homeless.map((index) => ({ index, before: Infinity })));
  return plan;
}

/** When a mark's place is reached: where the word after it begins, or the word that it is in; at the very end where the last one ended. */
export function timeOfPlace(before: Letters, words: readonly TimedWord[]): number {
  let passed = 0;
  for (const { text, startMs } of words) {
    const letters = withoutSpaces(text);
    if (spoken.test(letters.slice(Math.max(0, before - passed)))) return startMs;
    passed += letters.length;
  }
  const last = words.at(-1);
  return last === undefined ? 0 : last.startMs + last.durationMs;
}

function locate(text: string, from: number, to: number, language: string, opening: boolean): LocatedSpeech[] {
  return cutSentences(text.slice(from, to), language, opening).map(({ text: piece, start, end }) => ({
    text: piece,
    stressed: [],
    tailMs: undefined,
    marks: [],
    start: from + start,
    end: from + end,
  }));
}

/** Each piece is told its part. */
function stress(pieces: readonly LocatedSpeech[], text: string, { at, end: until }: { at: number; end: number }): void {
  for (const { stressed, start, end } of pieces) {
    const from = lettersIn(text.slice(start, Math.max(start, at)));
    const to = lettersIn(text.slice(start, Math.min(end, until)));
    if (to > from) stressed.push({ from, to });
  }
}
