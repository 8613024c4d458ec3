import type { EndReason, SessionEvent, TimedWord } from '@visavis/contracts';
import type { Failure } from './failure.ts';

/**
 * idle → connecting (asking for a session) → starting (waiting for the first picture) → live → ended,
 * with two interludes inside live: the worker was lost and is being replaced, or our own network is.
 */
export type Phase = 'idle' | 'connecting' | 'starting' | 'live' | 'reassigning' | 'reconnecting' | 'ending' | 'ended' | 'failed';

export type UtteranceStatus = 'sending' | 'queued' | 'speaking' | 'done' | 'interrupted' | 'failed';

export interface Utterance {
  /** Ours, from the moment it was typed; the API's id comes with its answer or with an event. */
  readonly key: string;
  readonly utteranceId: string | null;
  readonly kind: 'text' | 'audio';
  /** What was typed, or the name of the sound. Null for what another client of this session said. */
  readonly label: string | null;
  readonly status: UtteranceStatus;
  readonly playedMs: number | null;
  /** Since when it is heard, on this machine's clock. */
  readonly startedAtMs: number | null;
  /** Which words are heard when, as far as it is known; none of sound. */
  readonly words: readonly TimedWord[];
  readonly problem: string | null;
}

/** Milliseconds of media so far: a sum that stands, and since when it grows (null while it stands still). */
export interface Meter {
  readonly billedMs: number;
  readonly runningSinceMs: number | null;
}

export interface ActiveSession {
  readonly id: string;
  readonly creditsPerMinute: number;
  readonly idleTimeoutS: number;
  readonly whepUrl: string;
  /** The picture has its alpha beside it. */
  readonly transparent: boolean;
}

export interface Ending {
  readonly reason: EndReason | 'unknown';
  readonly billedMs: number;
  readonly credits: number;
}

export interface StreamStats {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly kbps: number;
  readonly codec: string;
}

export interface SessionState {
  readonly phase: Phase;
  readonly session: ActiveSession | null;
  readonly stream: MediaStream | null;
  readonly startedAtMs: number | null;
  /** From pressing Start to the first picture on screen. */
  readonly firstPictureMs: number | null;
  readonly meter: Meter;
  readonly utterances: readonly Utterance[];
  readonly events: readonly SessionEvent[];
  readonly lastSeq: number;
  readonly creditsLow: { readonly remainingCredits: number; readonly remainingSeconds: number } | null;
  readonly ending: Ending | null;
  readonly failure: Failure | null;
  readonly stats: StreamStats | null;
}

export const IDLE: SessionState = {
  phase: 'idle',
  session: null,
  stream: null,
  startedAtMs: null,
  firstPictureMs: null,
  meter: { billedMs: 0, runningSinceMs: null },
  utterances: [],
  events: [],
  lastSeq: 0,
  creditsLow: null,
  ending: null,
  failure: null,
  stats: null,
};

/** A session exists or is being made: what must not change meanwhile (avatar) stays locked. */
export function isActive(phase: Phase): boolean {
  return phase !== 'idle' && phase !== 'ended' && phase !== 'failed';
}

/** The avatar can be told to speak. */
export function canSpeak(phase: Phase): boolean {
  return phase === 'live' || phase === 'reassigning' || phase === 'reconnecting';
}

export function meterMs(meter: Meter, nowMs: number): number {
  return meter.billedMs + (meter.runningSinceMs === null ? 0 : Math.max(0, nowMs - meter.runningSinceMs));
}

export function isPending(utterance: Utterance): boolean {
  return utterance.status === 'sending' || utterance.status === 'queued' || utterance.status === 'speaking';
}
