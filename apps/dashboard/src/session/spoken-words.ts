import type { TimedWord } from '@visavis/contracts';

/** A stretch of a text: said already, being said, or yet to come. */
export interface CaptionPart {
  readonly text: string;
  readonly state: 'said' | 'now' | 'next';
}

/** How much of a text stands in a caption at once, beside the word that is being said. */
const CAPTION_CHARS = 84;
const SENTENCE_END = /[.!?…。！？]["'”’)]*$/;
/** "Dr.", "e.g.": a short name or one with a full stop inside ends no sentence. */
const ABBREVIATION = /^(?:\p{Lu}\p{Ll}?|Mrs|Mme|Prof|.*\p{L}\.\p{L}+)\.$/u;

interface PlacedWord {
  readonly word: TimedWord;
  readonly from: number;
  readonly to: number;
}

/** The words at their places in the text that was typed: between them stand its own spaces, or none. */
function place(text: string, words: readonly TimedWord[]): PlacedWord[] {
  const placed: PlacedWord[] = [];
  let at = 0;
  for (const word of words) {
    const from = text.indexOf(word.text, at);
    // Spaces in it may have been typed otherwise, a line break for instance.
    if (from === -1) continue;
    at = from + word.text.length;
    placed.push({ word, from, to: at });
  }
  return placed;
}

function endsSentence({ word }: PlacedWord): boolean {
  return SENTENCE_END.test(word.text) && !ABBREVIATION.test(word.text);
}

/** The words of a caption belong together: they begin after a sentence, or where the ones before have filled a caption. */
function captionAround(placed: readonly PlacedWord[], text: string, current: number): { from: number; to: number } {
  let first = 0;
  for (let index = 1; index <= current; index++) {
    const tooLong = placed[index]!.to - placed[first]!.from > CAPTION_CHARS;
    if (tooLong || endsSentence(placed[index - 1]!)) first = index;
  }
  let last = current;
  while (last + 1 < placed.length && !endsSentence(placed[last]!) && placed[last + 1]!.to - placed[first]!.from <= CAPTION_CHARS) last++;
  return { from: placed[first]!.from, to: placed[last]!.to };
}

/** The caption at a time of the utterance, or null when nothing is known of its words. */
export function captionAt(text: string | null, words: readonly TimedWord[], atMs: number): readonly CaptionPart[] | null {
  const whole = text ?? words.map((word) => word.text).join(' ');
  const placed = place(whole, words);
  if (placed.length === 0) return null;
  const begun = placed.findLastIndex(({ word }) => word.start_ms <= atMs);
  const current = placed[Math.max(0, begun)]!;
  const { from, to } = captionAround(placed, whole, Math.max(0, begun));
  const isNow = begun >= 0 && atMs < current.word.start_ms + current.word.duration_ms;
  const saidTo = isNow ? current.from : begun < 0 ? from : current.to;
  const nowTo = isNow ? current.to : saidTo;
  const parts: CaptionPart[] = [
    { text: whole.slice(from, saidTo), state: 'said' },
    { text: whole.slice(saidTo, nowTo), state: 'now' },
    { text: whole.slice(nowTo, to), state: 'next' },
  ];
  return parts.filter((part) => part.text !== '');
}
