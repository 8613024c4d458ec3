import { describe, expect, it } from 'vitest';
import { costOf, formatBalance, formatCost, formatRate, formatRunway } from './credits.ts';
import { formatClock, formatLength, formatOffset } from './time.ts';

describe('times', () => {
  it.each([
    [-5, '0:00'],
    [7_999, '0:07'],
    [754_000, '12:34'],
    [3_723_000, '1:02:03'],
  ])('a clock of %i ms is %s', (ms, text) => expect(formatClock(ms)).toBe(text));

  it.each([
    [0, '0.0 s'],
    [840, '0.8 s'],
    [12_360, '12.4 s'],
    [59_960, '1 min'],
    [65_000, '1 min 5 s'],
  ])('a length of %i ms is %s', (ms, text) => expect(formatLength(ms)).toBe(text));

  it('shows offsets with their sign', () => {
    expect(formatOffset(420)).toBe('+0.42 s');
    expect(formatOffset(-1500)).toBe('−1.50 s');
  });
});

describe('credits', () => {
  it.each([
    [998.259, '998.25'],
    [0.29, '0.29'],
    [0, '0.00'],
    [1234.5, '1,234.50'],
    [12_345.99, '12,345'],
  ])('a balance of %d is %s, never rounded up', (credits, text) => expect(formatBalance(credits)).toBe(text));

  it('shows small costs finely', () => {
    expect(formatCost(0.0123)).toBe('0.012');
    expect(formatCost(1.0206)).toBe('1.02');
  });

  it('prices media by the millisecond', () => {
    expect(costOf(90_000, 1)).toBe(1.5);
    expect(costOf(-1, 1)).toBe(0);
    expect(formatRate(0.5)).toBe('0.5');
  });

  it.each([
    [0.5, 'less than a minute'],
    [1, 'about 1 minute'],
    [12.9, 'about 12 minutes'],
    [998, 'about 16 hours'],
  ])('%d credits at 1 a minute last %s', (credits, text) => expect(formatRunway(credits, 1)).toBe(text));

  it('does not divide by a price of nothing', () => expect(formatRunway(5, 0)).toBe('as long as you like'));
});
