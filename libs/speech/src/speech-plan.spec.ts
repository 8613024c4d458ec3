import { describe, expect, it } from 'vitest';
import { stressedRuns, stressedWords } from './phrase.ts';
import { planSpeech, timeOfPlace, type TextMark } from './speech-plan.ts';

/** Marks as `|` in a text, one for each of the kinds given: what stands between pairs of `*` is stressed. */
function plan(marked: string, ...kinds: ('gesture' | number)[]) {
  const marks: TextMark[] = [];
  let text = '';
  let stressedFrom: number | undefined;
  for (const part of marked.split(/([|*])/)) {
    if (part === '|') {
      const kind = kinds.shift() ?? 'gesture';
      marks.push(typeof kind === 'number' ? { type: 'pause', at: text.length, ms: kind } : { type: kind, at: text.length });
    } else if (part === '*') {
      if (stressedFrom === undefined) stressedFrom = text.length;
      else {
        marks.push({ type: 'emphasis', at: stressedFrom, end: text.length });
        stressedFrom = undefined;
      }
    } else text += part;
  }
  return planSpeech(text, marks, 'en-US');
}

describe('the plan of a text', () => {
  it('without marks is its sentences', () => {
    expect(plan('Hello there. How are you?').map((piece) => ('text' in piece ? piece.text : piece.silenceMs))).toEqual(['Hello there.', 'How are you?']);
  });

  it('keeps marks in the piece of the word that follows', () => {
    expect(plan('|Hello |there.| How|  are you?|')).toMatchObject([
      { text: 'Hello there.', marks: [{ index: 0, before: 0 }, { index: 1, before: 5 }] },
      { text: 'How are you?', marks: [{ index: 2, before: 0 }, { index: 3, before: 3 }, { index: 4, before: 10 }] },
    ]);
  });

  it('is cut by pauses, and by nothing else', () => {
    expect(plan('Wait for| it, | please|.', 700, 'gesture', 0)).toMatchObject([
      { text: 'Wait for', tailMs: 700, marks: [] },
      { silenceMs: 700, marks: [] },
      { text: 'it, please', tailMs: 0, marks: [{ index: 1, before: 3 }] },
      { silenceMs: 0, marks: [] },
    ]);
  });

  it('tells apart what comes before a pause and after it at the same place', () => {
    const [first, silence, second] = plan('One.|||Two.', 'gesture', 500, 'gesture');
    expect([first, silence, second]).toMatchObject([{ text: 'One.', marks: [{ index: 0, before: 4 }] }, { silenceMs: 500 }, { text: 'Two.', marks: [{ index: 2, before: 0 }] }]);
  });

  it('loses no mark where nothing is said', () => {
    expect(plan('| — |One', 'gesture', 300)).toMatchObject([{ silenceMs: 300, marks: [{ index: 0, before: 0 }] }, { text: 'One' }]);
    expect(plan('One| — |', 300, 'gesture')).toMatchObject([{ text: 'One' }, { silenceMs: 300, marks: [{ index: 1, before: Infinity }] }]);
    expect(plan('...|')).toEqual([]);
  });

  it('tells each piece which of its words are stressed', () => {
    const [first, second] = plan('It is *very big. And so* is she.');
    expect(first).toMatchObject({ text: 'It is very big.', stressed: [{ from: 4, to: 12 }], marks: [{ index: 0, before: 4 }] });
    expect(second).toMatchObject({ text: 'And so is she.', stressed: [{ from: 0, to: 5 }], marks: [] });
  });
});

describe('places in a piece', () => {
  const words = ['Hello,', 'my – dear', 'friend.'].map((text, index) => ({ text, startMs: 100 * index + 10, durationMs: 80 }));

  it.each([
    [0, 10],
    [2, 10],
    [5, 110],
    [6, 110],
    [9, 110],
    [13, 210],
    [19, 290],
    [Infinity, 290],
  ])('after %d letters: %d ms', (before, ms) => {
    expect(timeOfPlace(before, words)).toBe(ms);
  });

  it('say which words are stressed', () => {
    expect(stressedWords(words, [{ from: 7, to: 14 }])).toEqual([false, true, true]);
    expect(stressedWords(words, [{ from: 0, to: 1 }])).toEqual([true, false, false]);
    expect(stressedRuns(words, [{ from: 0, to: 1 }, { from: 13, to: 14 }])).toEqual([{ first: 0, last: 0 }, { first: 2, last: 2 }]);
    expect(stressedRuns(words, [{ from: 0, to: 7 }])).toEqual([{ first: 0, last: 1 }]);
  });
});
