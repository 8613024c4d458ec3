import { affordableMs } from './price.ts';

/** What a session sets aside when it starts: a minute's price. */
export function firstHoldMicroCredits(microCreditsPerMinute: bigint): bigint {
  return microCreditsPerMinute;
}

export type HoldState = {
  /** Set aside now. */
  heldMicroCredits: bigint;
  /** Price of the media so far, at most what is held. */
  billedMicroCredits: bigint;
  microCreditsPerMinute: bigint;
};

/**
 * The total that a session's hold should be raised to, or null while it lasts long enough. It is raised by whole minutes, before the last quarter of a
 * minute is used up: metering reports every few seconds, and a session must not end while the account still has credit.
 */
export function holdToReach({ heldMicroCredits, billedMicroCredits, microCreditsPerMinute }: HoldState): bigint | null {
  const reserve = (microCreditsPerMinute + 3n) / 4n;
  if (heldMicroCredits - billedMicroCredits > reserve || microCreditsPerMinute === 0n) return null;
  return billedMicroCredits + reserve + microCreditsPerMinute;
}

/** Whether what is held is used up, to the last millisecond that it pays for. */
export function isExhausted({ heldMicroCredits, microCreditsPerMinute }: HoldState, mediaMs: bigint): boolean {
  return microCreditsPerMinute > 0n && mediaMs >= BigInt(affordableMs(heldMicroCredits, microCreditsPerMinute));
}

/** How long the hold still lasts, in milliseconds: the time after which to ask again. Infinity where nothing costs anything. */
export function remainingMs({ heldMicroCredits, microCreditsPerMinute }: HoldState, mediaMs: bigint): number {
  return Math.max(0, affordableMs(heldMicroCredits, microCreditsPerMinute) - Number(mediaMs));
}
