import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { drained } from './drained';

describe('a stream that is full', () => {
  it.each(['drain', 'close'])('is waited for until its %s, and nothing of that stays', async (event) => {
    const stream = new PassThrough();
    const before = stream.listenerCount('drain') + stream.listenerCount('close');
    for (let i = 0; i < 20; i++) {
      const waiting = drained(stream, 60_000);
      stream.emit(event);
      expect(await waiting).toBe(true);
    }
    expect(stream.listenerCount('drain') + stream.listenerCount('close')).toBe(before);
  });

  it('is not waited for for ever', async () => {
    const stream = new PassThrough();
    expect(await drained(stream, 1)).toBe(false);
    expect(stream.listenerCount('drain')).toBe(0);
  });
});
