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

/** Twice the interval of a heartbeat: after that a worker is lost, unless its media says otherwise. */
const BEAT_LOST_MS = 2000;
/** One heartbeat missing and no media either: lost as well, and the viewers wait less. */
const BEAT_MISSED_MS = 1300;
const MEDIA_SILENT_MS = 1000;
/** Media that arrived this recently counts as arriving. */
const MEDIA_ARRIVES_MS = 500;
/** Beyond any stall: the worker has left, though its last packets may still come in. */
const BEAT_GONE_MS = 10_000;

/**
 * Whether a session's worker still has it, by the age of its last heartbeat and of the last media that arrived, both in
 * milliseconds. A busy machine holds up heartbeats, so media counts for life as long as the worker hasn't left.
 */
export function isWorkerAlive(beatAgeMs: number, mediaAgeMs: number): boolean {
  if (beatAgeMs > BEAT_GONE_MS) return false;
  if (mediaAgeMs < MEDIA_ARRIVES_MS) return true;
  if (beatAgeMs > BEAT_LOST_MS) return false;
  return beatAgeMs <= BEAT_MISSED_MS || mediaAgeMs <= MEDIA_SILENT_MS;
}
