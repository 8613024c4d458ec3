import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBounded } from './bounded.ts';

describe('bounded work', () => {
  it('runs no more than the limit at a time, in order, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(fc.boolean(), { maxLength: 30 }), async (limit, outcomes) => {
        const bounded = createBounded(limit);
        const started: number[] = [];
        let running = 0;
        const results = await Promise.allSettled(
          outcomes.map((succeeds, at) =>
            bounded(async () => {
              started.push(at);
              running += 1;
              expect(running).toBeLessThanOrEqual(limit);
              await setImmediate();
              running -= 1;
              if (!succeeds) throw new Error(`no. ${at}`);
              return at;
            }),
          ),
        );
        expect(results.map(({ status }) => status === 'fulfilled')).toEqual(outcomes);
        expect(started).toEqual(outcomes.map((_, at) => at));
        expect(running).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
