import { describe, expect, it } from 'vitest';
import { captionAt } from './spoken-words.ts';

const timed = (words: string[]) => words.map((text, index) => ({ text, start_ms: index * 300, duration_ms: 250 }));
const show = (parts: ReturnType<typeof captionAt>) => parts?.map(({ text, state }) => (state === 'now' ? `[${text}]` : state === 'next' ? `(${text})` : text)).join('') ?? null;

describe('a caption', () => {
  const text = 'Hello,  you there.';
  const words = timed(['Hello,', 'you', 'there.']);
  it.each([
    [-10, '(Hello,  you there.)'],
    [0, '[Hello,](  you there.)'],
    [249, '[Hello,](  you there.)'],
    [270, 'Hello,(  you there.)'],
    [310, 'Hello,  [you]( there.)'],
    [700, 'Hello,  you [there.]'],
    [5000, 'Hello,  you there.'],
  ])('at %i ms: %s', (atMs, shown) => {
    expect(show(captionAt(text, words, atMs))).toBe(shown);
  });

  it('shows a sentence at a time, and of a long one a part', () => {
    expect(show(captionAt('One. Two three.', timed(['One.', 'Two', 'three.']), 310))).toBe('[Two]( three.)');
    expect(show(captionAt('Dr. Who, e.g. you.', timed(['Dr.', 'Who,', 'e.g.', 'you.']), 310))).toBe('Dr. [Who,]( e.g. you.)');
    const long = Array.from({ length: 40 }, (_, index) => `word${index}`);
    for (let index = 0; index < 40; index++) {
      const parts = captionAt(long.join(' '), timed(long), index * 300 + 10)!;
      expect(parts.find(({ state }) => state === 'now')?.text).toBe(`word${index}`);
      expect(parts.map((part) => part.text).join('').length).toBeLessThanOrEqual(84);
    }
    // The same part stands while its words are said.
    const shownAt = (index: number) => captionAt(long.join(' '), timed(long), index * 300 + 10)!.map((part) => part.text).join('');
    expect(shownAt(3)).toBe(shownAt(4));
  });

  it('needs no spaces, and does without words that are not in the text', () => {
    expect(show(captionAt('你好，世界。', timed(['你好，', '世界。']), 310))).toBe('你好，[世界。]');
    expect(show(captionAt('a\n- b c', timed(['a -', 'b', 'c']), 310))).toBe('[b]( c)');
    expect(show(captionAt(null, timed(['Said', 'elsewhere']), 310))).toBe('Said [elsewhere]');
  });

  it('is none without words', () => {
    expect(captionAt('Hello', [], 0)).toBeNull();
    expect(captionAt('Hello', timed(['Goodbye']), 0)).toBeNull();
  });
});
