/** Where a long opening is cut, so that its first words are heard while the rest is still being made. */
const FIRST_PIECE_CHARS = 70;
const MAX_PIECE_CHARS = 240;
const clauseEnd = /[,;:，、；：–—]\s*/g;
const abbreviation = /(?:^|\s)(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|e\.g|i\.e|etc|No|bzw|z\.\s?B|usw|M|Mme)\.\s*$/;

export interface CutSentence {
  text: string;
  /** Where it lies in the whole text, spaces around it included: UTF-16 units. */
  start: number;
  end: number;
}

/**
 * Cuts a text into pieces that are spoken one after the other: sentences, and where those are long, clauses.
 * Every word of the text is in exactly one piece; pieces without any letter or digit are left out, and so is what is no character.
 * @param opening whether these are the first words that are heard
 */
export function cutSentences(text: string, language: string, opening = true): CutSentence[] {
  const sentences: string[] = [];
  for (const { segment } of new Intl.Segmenter(language, { granularity: 'sentence' }).segment(text.toWellFormed())) {
    const previous = sentences.at(-1);
    if (previous !== undefined && abbreviation.test(previous)) sentences[sentences.length - 1] = previous + segment;
    else sentences.push(segment);
  }
  let end = 0;
  return sentences
    .flatMap((sentence, index) => splitLong(sentence, opening && index === 0 ? FIRST_PIECE_CHARS : MAX_PIECE_CHARS))
    .map((piece) => ({ text: piece.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim(), start: end, end: (end += piece.length) }))
    .filter((piece) => /[\p{L}\p{N}]/u.test(piece.text));
}

function splitLong(sentence: string, firstLimit: number): string[] {
  const pieces: string[] = [];
  let rest = sentence;
  let limit = firstLimit;
  while (rest.length > limit) {
    const cut = lastCut(rest, limit);
    if (cut === undefined) break;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
    limit = MAX_PIECE_CHARS;
  }
  return [...pieces, rest];
}

/** After the last clause within the limit; without one, and only in text that is far too long, at a space. */
function lastCut(text: string, limit: number): number | undefined {
  let cut: number | undefined;
  for (const match of text.matchAll(clauseEnd)) {
    const end = match.index + match[0].length;
    // "3,000" and "10:30" are no clauses.
    const inNumber = /\d/.test(text[match.index - 1] ?? '') && /\d/.test(text[end] ?? '');
    if (inNumber || end < 12) continue;
    if (end > limit && cut !== undefined) break;
    if (end > MAX_PIECE_CHARS) break;
    cut = end;
    if (end > limit) break;
  }
  if (cut === undefined && text.length > MAX_PIECE_CHARS) {
    const space = text.lastIndexOf(' ', MAX_PIECE_CHARS);
    cut = space > 0 ? space + 1 : MAX_PIECE_CHARS;
    if (isHighSurrogate(text.charCodeAt(cut - 1))) cut--;
  }
  return cut !== undefined && cut < text.length ? cut : undefined;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
