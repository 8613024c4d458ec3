import { describe, expect, it } from 'vitest';
import { visemeName } from '@visavis/contracts';
import { decodeVisemes, decodeWords, encodeVisemes, encodeWords, spanOf, withoutKnown } from './stored-timings';

const words = [{ text: 'Hello, "you"', start_ms: 0, duration_ms: 300 }, { text: '你好', start_ms: 300, duration_ms: 200 }];
const visemes = visemeName.options.map((viseme, index) => ({ viseme, start_ms: index * 40, duration_ms: 40 }));

describe('stored timings', () => {
  it('come back as they went', () => {
    expect(decodeWords(JSON.parse(JSON.stringify(encodeWords(words))))).toEqual(words);
    expect(decodeVisemes(encodeVisemes(visemes))).toEqual(visemes);
    expect(decodeVisemes('')).toEqual([]);
  });

  it('hold no half of a character: PostgreSQL refuses it, and the report would come again for ever', () => {
    expect(encodeWords([{ text: 'a\ud840', start_ms: 0, duration_ms: 1 }])).toEqual([['a\ufffd', 0, 1]]);
    expect(encodeWords([{ text: 'a\u0000b', start_ms: 0, duration_ms: 1 }])).toEqual([['a\ufffdb', 0, 1]]);
  });

  it('span from the first beginning to the last end', () => {
    expect(spanOf({ words, visemes })).toEqual({ startMs: 0, endMs: 600 });
    expect(spanOf({ words: [], visemes: [] })).toBeNull();
  });

  it('leave out what was told before, to a few milliseconds', () => {
    expect(withoutKnown({ words, visemes }, 0)).toEqual({ words, visemes });
    expect(withoutKnown({ words, visemes }, 303)).toEqual({ words: words.slice(1), visemes: visemes.slice(8) });
    expect(withoutKnown({ words, visemes }, 600)).toEqual({ words: [], visemes: [] });
  });
});
