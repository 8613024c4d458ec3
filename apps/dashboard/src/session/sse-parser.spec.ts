import { describe, expect, it } from 'vitest';
import { createSseParser } from './sse-parser.ts';

describe('createSseParser', () => {
  it('gives an event once its empty line is there', () => {
    const parse = createSseParser();
    expect(parse('id: 4\nevent: utterance.ended\nda')).toEqual([]);
    expect(parse('ta: {"a":1}\n')).toEqual([]);
    expect(parse('\n')).toEqual([{ id: '4', event: 'utterance.ended', data: '{"a":1}' }]);
  });

  it('joins lines of data, skips comments, takes one leading space away', () => {
    const parse = createSseParser();
    expect(parse(': keep-alive\n\ndata: a\ndata:  b\n\n')).toEqual([{ id: null, event: 'message', data: 'a\n b' }]);
  });

  it('reads CRLF and CR, also when a chunk ends between them', () => {
    const parse = createSseParser();
    expect(parse('data: a\r\n\r\ndata: b\r')).toEqual([{ id: null, event: 'message', data: 'a' }]);
    expect(parse('\n\r\n')).toEqual([{ id: null, event: 'message', data: 'b' }]);
    expect(parse('data: c\r\rx')).toEqual([{ id: null, event: 'message', data: 'c' }]);
  });

  it('gives the same however the text is cut', () => {
    const text = 'id: 1\nevent: a\ndata: x\n\n: c\nid: 2\r\nevent: b\r\ndata: y\r\ndata: z\r\n\r\n';
    const whole = createSseParser()(text);
    for (let cut = 1; cut < text.length; cut++) {
      const parse = createSseParser();
      expect([...parse(text.slice(0, cut)), ...parse(text.slice(cut))]).toEqual(whole);
    }
    expect(whole).toHaveLength(2);
  });
});
