import { describe, expect, it } from 'vitest';
import { Drain } from './drain';

describe('draining', () => {
  it('waits for what is in hand', async () => {
    const drain = new Drain();
    drain.enter();
    const drained = drain.drain(60_000);
    expect(drain.draining).toBe(true);
    drain.leave();
    expect(await drained).toBe(true);
  });

  it('gives up at the deadline', async () => {
    const drain = new Drain();
    drain.enter();
    expect(await drain.drain(50)).toBe(false);
  });
});
