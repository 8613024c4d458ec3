import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstHoldMicroCredits, holdToReach, isExhausted, priceMicroCredits, remainingMs } from './index.ts';

const RATE = 1_000_000n;
const minBig = (a: bigint, b: bigint) => (a < b ? a : b);

describe('a hold', () => {
  it('begins with a minute and is left alone until three quarters are used', () => {
    const held = firstHoldMicroCredits(RATE);
    expect(held).toBe(RATE);
    expect(holdToReach({ heldMicroCredits: held, billedMicroCredits: 740_000n, microCreditsPerMinute: RATE })).toBeNull();
    expect(holdToReach({ heldMicroCredits: held, billedMicroCredits: 750_000n, microCreditsPerMinute: RATE })).toBe(2_000_000n);
  });

  it('is exhausted with the last millisecond that it pays for', () => {
    const state = { heldMicroCredits: RATE, billedMicroCredits: 0n, microCreditsPerMinute: RATE };
    expect(isExhausted(state, 59_999n)).toBe(false);
    expect(isExhausted(state, 60_000n)).toBe(true);
    expect(remainingMs(state, 45_000n)).toBe(15_000);
    expect(remainingMs(state, 75_000n)).toBe(0);
  });

  it('never runs out where nothing costs', () => {
    const free = { heldMicroCredits: 0n, billedMicroCredits: 0n, microCreditsPerMinute: 0n };
    expect(holdToReach(free)).toBeNull();
    expect(isExhausted(free, 10n ** 9n)).toBe(false);
  });

  it('metered every few seconds never runs out before the credit does, and never exceeds it', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 100_000n, max: 10_000_000n }),
        fc.bigInt({ min: 1n, max: 50_000_000n }),
        fc.array(fc.bigInt({ min: 20n, max: 14_000n }), { minLength: 1, maxLength: 200 }),
        (microCreditsPerMinute, credit, slices) => {
          let heldMicroCredits = minBig(firstHoldMicroCredits(microCreditsPerMinute), credit);
          let mediaMs = 0n;
          for (const slice of slices) {
            mediaMs += slice;
            const billedMicroCredits = minBig(priceMicroCredits(mediaMs, microCreditsPerMinute), heldMicroCredits);
            const wanted = holdToReach({ heldMicroCredits, billedMicroCredits, microCreditsPerMinute });
            if (wanted !== null) {
              expect(wanted).toBeGreaterThan(heldMicroCredits);
              heldMicroCredits = minBig(wanted, credit);
            }
            expect(heldMicroCredits).toBeLessThanOrEqual(credit);
            if (isExhausted({ heldMicroCredits, billedMicroCredits, microCreditsPerMinute }, mediaMs)) {
              expect(heldMicroCredits).toBe(credit);
              return;
            }
          }
        },
      ),
    );
  });
});
