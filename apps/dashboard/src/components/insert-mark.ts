/** A piece of text with what is selected in it. */
export interface Selected {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Puts a mark at the cursor; one with an end goes around what is selected, or around the word that the cursor is in. */
export function insertMark({ text, from, to }: Selected, open: string, close = ''): Selected {
  let [start, end] = [from, to];
  if (close !== '' && start === end) {
    while (start > 0 && /\S/.test(text[start - 1]!)) start--;
    while (end < text.length && /\S/.test(text[end]!)) end++;
  }
  const inside = text.slice(start, end);
  const before = close === '' && start > 0 && /\S$/.test(text.slice(0, start)) ? ' ' : '';
  const next = text.slice(0, start) + before + open + inside + close + text.slice(end);
  const cursor = start + before.length + open.length;
  // Ready to go on after the mark, or to type the words that it is for.
  const after = inside === '' ? cursor : cursor + inside.length + close.length;
  return { text: next, from: after, to: after };
}
