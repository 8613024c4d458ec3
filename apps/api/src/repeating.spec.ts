import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Repeating } from './repeating';

describe('Repeating', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('leaves out turns while one is at work, and goes on after one that failed', async () => {
    const turns: PromiseWithResolvers<void>[] = [];
    const errors: unknown[] = [];
    const repeating = new Repeating(
      1000,
      () => {
        const turn = Promise.withResolvers<void>();
        turns.push(turn);
        return turn.promise;
      },
      (error) => errors.push(error),
    );
    repeating.start();
    await vi.advanceTimersByTimeAsync(3500);
    expect(turns).toHaveLength(1);
    turns[0]!.reject('broken');
    await vi.advanceTimersByTimeAsync(1000);
    expect(errors).toEqual(['broken']);
    expect(turns).toHaveLength(2);

    let stopped = false;
    const stopping = repeating.stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(5000);
    expect([turns.length, stopped]).toEqual([2, false]);
    turns[1]!.resolve();
    await stopping;
  });
});
