import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords, timeWords } from './text-words.ts';

describe('words of a text', () => {
  it.each([
    ['en', `I didn't pay.`, [['I', 0], [`didn't`, 2], ['pay.', 9]]],
    ['en', '🙂🙂 then', [['🙂🙂', 0], ['then', 3]]],
    ['zh', '“你好，我是猫。', [['“你好，', 0], ['我是', 4], ['猫。', 6]]],
    ['zh', '有3只猫 OK', [['有', 0], ['3', 1], ['只', 2], ['猫', 3], ['OK', 5]]],
    ['en', '', []],
  ])('%s: %s', (language, text, words) => {
    expect(splitWords(text, language).map(({ text: word, start }) => [word, start])).toEqual(words);
  });

  it('hold everything but spaces, and know their places', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('word', '你好', '，', ' ', 'a', '🙂', '...', 'ê')), (parts) => {
        const text = parts.join('');
        const words = splitWords(text, 'zh');
        expect(words.map((word) => word.text).join('')).toBe(text.replaceAll(' ', ''));
        for (const { text: word, start } of words) expect([...text].slice(start).join('').startsWith(word)).toBe(true);
      }),
    );
  });
});

describe('words with times', () => {
  const words = splitWords('- one 👍 two', 'en');
  it('take in what was not spoken', () => {
    expect(timeWords(words, [undefined, { startMs: 10, endMs: 20 }, undefined, { startMs: 30, endMs: 50 }])).toEqual([
      { text: '- one 👍', startMs: 10, durationMs: 10 },
      { text: 'two', startMs: 30, durationMs: 20 },
    ]);
  });

  it('are none when nothing was spoken', () => {
    expect(timeWords(words, [undefined, undefined, undefined, undefined])).toEqual([]);
  });
});
