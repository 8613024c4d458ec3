/** One credit in the ledger's unit. */
export const MICRO_CREDITS_PER_CREDIT = 1_000_000n;

const MS_PER_MINUTE = 60_000n;

/**
 * The price of a session so far: rounded down once, over all of its media, so that many short slices never cost more than the whole.
 *
 * @param mediaMs media that arrived since the session went live, in milliseconds
 * @param microCreditsPerMinute the session's own price
 * @throws RangeError if either is negative
 */
export function priceMicroCredits(mediaMs: bigint, microCreditsPerMinute: bigint): bigint {
  if (mediaMs < 0n || microCreditsPerMinute < 0n) throw new RangeError('media and price must not be negative');
  return (mediaMs * microCreditsPerMinute) / MS_PER_MINUTE;
}

/**
 * How much media an amount pays for, in milliseconds: the longest whose price does not exceed it. Infinity where nothing costs anything.
 *
 * @throws RangeError if either is negative
 */
export function affordableMs(microCredits: bigint, microCreditsPerMinute: bigint): number {
  if (microCredits < 0n || microCreditsPerMinute < 0n) throw new RangeError('amount and price must not be negative');
  if (microCreditsPerMinute === 0n) return Number.POSITIVE_INFINITY;
  // price(ms) ≤ amount  ⇔  ms · rate < (amount + 1) · 60,000
  return Number(((microCredits + 1n) * MS_PER_MINUTE - 1n) / microCreditsPerMinute);
}
