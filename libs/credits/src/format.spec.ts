import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditsToNumber, formatCredits, parseCredits } from './index.ts';

describe('credits as text', () => {
  it.each([
    [0n, '0'],
    [1n, '0.000001'],
    [-1n, '-0.000001'],
    [1_500_000n, '1.5'],
    [-2_000_000n, '-2'],
    [1_000_000_000n, '1000'],
    [999_933_350n, '999.93335'],
  ])('%d is %s', (microCredits, text) => {
    expect(formatCredits(microCredits)).toBe(text);
    expect(creditsToNumber(microCredits)).toBe(Number(text));
  });

  it('come back as they went out', () => {
    const limit = 10n ** 18n - 1n;
    fc.assert(fc.property(fc.bigInt({ min: -limit, max: limit }), (amount) => parseCredits(formatCredits(amount)) === amount));
  });

  it.each(['', '.', '1.', '.5', '1.0000001', '1e3', '+1', ' 1', '1 000', '0x10', '1,5', '9999999999999'])('%j is refused', (text) => {
    expect(parseCredits(text)).toBeNull();
  });
});
