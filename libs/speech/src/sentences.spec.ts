import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutSentences } from './sentences.ts';

const splitSentences = (text: string, language: string): string[] => cutSentences(text, language).map((piece) => piece.text);

describe('pieces of a text', () => {
  it.each([
    ['en-US', 'Hello there. How are you? Fine!', ['Hello there.', 'How are you?', 'Fine!']],
    ['en-US', 'Dr. Smith met Mr. Jones. They spoke.', ['Dr. Smith met Mr. Jones.', 'They spoke.']],
    ['en-US', 'It costs 3,000 dollars at 10:30.', ['It costs 3,000 dollars at 10:30.']],
    ['zh-CN', '你好。我是一个会说话的头像。', ['你好。', '我是一个会说话的头像。']],
    ['de-DE', 'Guten Tag!\n\n  Wie geht es Ihnen?', ['Guten Tag!', 'Wie geht es Ihnen?']],
    ['en-US', 'a\u0000b \ud800c', ['a b \ufffdc']],
    ['en-US', '... --- !!!', []],
  ])('%s: %s', (language, text, expected) => {
    expect(splitSentences(text, language)).toEqual(expected);
  });

  it('open with a short one, so that something is heard early', () => {
    const pieces = splitSentences('When the evening came and the lamps were lit, she sat down at the window, as she did every day, and began to read aloud to us.', 'en-US');
    expect(pieces[0]).toBe('When the evening came and the lamps were lit,');
    expect(pieces.length).toBe(2);
  });

  it('know where they lie', () => {
    const text = ' Hello  there. — … How\nare you?  ';
    const pieces = cutSentences(text, 'en-US');
    expect(pieces.map(({ start, end }) => text.slice(start, end).replaceAll(/\s+/g, ' ').trim())).toEqual(pieces.map((piece) => piece.text));
    expect(pieces.at(-1)!.end).toBe(text.length);
  });

  it('are bounded even without any punctuation', () => {
    const pieces = splitSentences('word '.repeat(400), 'en-US');
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(240);
    expect(Math.max(...splitSentences('字'.repeat(1000), 'zh-CN').map(({ length }) => length))).toBeLessThanOrEqual(240);
  });

  it('are not cut within a character', () => {
    const pieces = splitSentences(`a${'𠀀'.repeat(200)}`, 'zh-CN');
    expect(pieces.length).toBe(2);
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  });

  it('hold every letter of the text once and in order', () => {
    const letters = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]/gu, '');
    fc.assert(
      fc.property(fc.array(fc.constantFrom('word', 'Mr.', 'a, ', 'end. ', 'x; ', '12:30', '。', '你好', '\n', '"quoted"', 'longer words'), { maxLength: 120 }), (words) => {
        const text = words.join(' ');
        expect(letters(splitSentences(text, 'en-US').join(''))).toBe(letters(text));
      }),
    );
  });
});
