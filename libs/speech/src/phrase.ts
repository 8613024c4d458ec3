/** A place in a piece of text: how many of its characters come before, spaces not counted, so that it holds however spaces are tidied up. */
export type Letters = number;

export interface LetterRange {
  from: Letters;
  to: Letters;
}

/** A sentence or clause as an engine gets it. */
export interface Phrase {
  text: string;
  stressed: readonly LetterRange[];
}

/** Which of a phrase's words are stressed. */
export function stressedWords(words: readonly { text: string }[], stressed: readonly LetterRange[]): boolean[] {
  let passed = 0;
  return words.map(({ text }) => {
    const from = passed;
    passed += lettersIn(text);
    return stressed.some((range) => range.from < passed && range.to > from);
  });
}

/** Runs of stressed words: the first and the last of each. */
export function stressedRuns(words: readonly { text: string }[], stressed: readonly LetterRange[]): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = [];
  stressedWords(words, stressed).forEach((isStressed, index) => {
    const run = runs.at(-1);
    if (!isStressed) return;
    if (run?.last === index - 1) run.last = index;
    else runs.push({ first: index, last: index });
  });
  return runs;
}

export function lettersIn(text: string): Letters {
  return withoutSpaces(text).length;
}

export function withoutSpaces(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, '');
}
