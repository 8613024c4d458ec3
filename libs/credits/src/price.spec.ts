import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affordableMs, priceMicroCredits } from './index.ts';

const RATE = 1_000_000n;
const ms = fc.bigInt({ min: 0n, max: 10n ** 9n });
const rate = fc.bigInt({ min: 1n, max: 10n ** 9n });

describe('the price of media', () => {
  it.each([
    [0n, RATE, 0n],
    [20n, RATE, 333n],
    [59_999n, RATE, 999_983n],
    [60_000n, RATE, 1_000_000n],
    [90_000n, 2_500_000n, 3_750_000n],
    [1n, 59_999n, 0n],
    [60_000n, 0n, 0n],
  ])('of %d ms at %d a minute is %d', (mediaMs, microCreditsPerMinute, price) => {
    expect(priceMicroCredits(mediaMs, microCreditsPerMinute)).toBe(price);
  });

  it('is never above the exact price, and less than a micro-credit below it', () => {
    fc.assert(
      fc.property(ms, rate, (mediaMs, r) => {
        const rest = mediaMs * r - priceMicroCredits(mediaMs, r) * 60_000n;
        return rest >= 0n && rest < 60_000n;
      }),
    );
  });

  it('of the whole is at least that of its slices', () => {
    fc.assert(
      fc.property(fc.array(ms, { maxLength: 50 }), rate, (slices, r) => {
        const whole = priceMicroCredits(slices.reduce((sum, slice) => sum + slice, 0n), r);
        return whole >= slices.reduce((sum, slice) => sum + priceMicroCredits(slice, r), 0n);
      }),
    );
  });

  it('refuses what is negative', () => {
    expect(() => priceMicroCredits(-1n, RATE)).toThrow(RangeError);
    expect(() => priceMicroCredits(1n, -RATE)).toThrow(RangeError);
    expect(() => affordableMs(-1n, RATE)).toThrow(RangeError);
  });
});

describe('what an amount pays for', () => {
  it('is the longest media whose price it covers', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.bigInt({ min: 1000n, max: 10n ** 9n }), (amount, r) => {
        const longest = BigInt(affordableMs(amount, r));
        return priceMicroCredits(longest, r) <= amount && priceMicroCredits(longest + 1n, r) > amount;
      }),
    );
  });

  it('is a minute and the rounding for a minute’s price, and without end where nothing costs', () => {
    expect(affordableMs(RATE, RATE)).toBe(60_000);
    expect(affordableMs(0n, 0n)).toBe(Number.POSITIVE_INFINITY);
  });
});
