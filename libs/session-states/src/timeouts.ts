import type { EndReason } from '@visavis/contracts';

export interface SessionClock {
  createdAtMs: number;
  liveAtMs: number | null;
  /** Last command, or the moment the last viewer left, whichever is later. */
  lastActivityAtMs: number;
  viewers: number;
  maxDurationS: number;
  idleTimeoutS: number;
}

/** Why a session is due to end at `nowMs`, or null. The longest life counts from going live; idleness from the last viewer or command. */
export function dueEnd(clock: SessionClock, nowMs: number): Extract<EndReason, 'max_duration' | 'idle_timeout'> | null {
  if (clock.liveAtMs !== null && nowMs - clock.liveAtMs >= clock.maxDurationS * 1000) return 'max_duration';
  if (clock.viewers === 0 && nowMs - Math.max(clock.createdAtMs, clock.lastActivityAtMs) >= clock.idleTimeoutS * 1000) return 'idle_timeout';
  return null;
}

/** How long the monitor looks for another worker before it gives a session up. */
export const REASSIGN_WITHIN_MS = 10_000;
