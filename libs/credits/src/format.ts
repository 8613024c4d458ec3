import { MICRO_CREDITS_PER_CREDIT } from './price.ts';

const DECIMALS = 6;
const SHAPE = /^(-?)(\d{1,12})(?:\.(\d{1,6}))?$/;

/** An amount in credits, exact, without trailing zeros: `formatCredits(1_500_000n)` is "1.5". */
export function formatCredits(microCredits: bigint): string {
  const absolute = microCredits < 0n ? -microCredits : microCredits;
  const fraction = (absolute % MICRO_CREDITS_PER_CREDIT).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  const whole = `${microCredits < 0n ? '-' : ''}${absolute / MICRO_CREDITS_PER_CREDIT}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** The same as a number, for JSON: exact up to nine thousand million credits. */
export function creditsToNumber(microCredits: bigint): number {
  return Number(formatCredits(microCredits));
}

/** Micro-credits from a decimal text in credits, or null if it isn't one, or is finer than a micro-credit. */
export function parseCredits(text: string): bigint | null {
  const match = SHAPE.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const amount = BigInt(whole) * MICRO_CREDITS_PER_CREDIT + BigInt(fraction.padEnd(DECIMALS, '0'));
  return sign === '-' ? -amount : amount;
}
