import type { Session, SessionEvent } from '@visavis/contracts';
import type { Failure } from './failure.ts';
import { canSpeak, IDLE, meterMs, type ActiveSession, type SessionState, type StreamStats } from './session-state.ts';
import { applyEvent, endUnfinished } from './session-events.ts';
import { acceptUtterance, addUtterance, markInterrupted, refuseUtterance } from './utterances.ts';

export type SessionAction =
  | { type: 'start'; atMs: number }
  | { type: 'created'; session: ActiveSession }
  | { type: 'stream'; stream: MediaStream | null }
  | { type: 'first_picture'; atMs: number }
  | { type: 'media_stopped'; cause: 'worker' | 'network'; atMs: number }
  | { type: 'media_resumed'; atMs: number }
  | { type: 'event'; event: SessionEvent; atMs: number }
  | { type: 'billed'; billedMs: number; atMs: number }
  | { type: 'stats'; stats: StreamStats }
  | { type: 'ending' }
  | { type: 'ended'; session: Pick<Session, 'end_reason' | 'billed_seconds' | 'credits'> | null; atMs: number }
  | { type: 'failed'; failure: Failure }
  | { type: 'say'; key: string; kind: 'text' | 'audio'; label: string }
  | { type: 'said'; key: string; utteranceId: string }
  | { type: 'refused'; key: string; problem: string }
  | { type: 'interrupted'; utteranceIds: readonly string[] }
  | { type: 'reset' };

/** The API's own figure lags behind by its flush interval; only a larger difference corrects the running clock. */
const METER_TOLERANCE_MS = 6000;

/** Everything the page knows of a session is a fold of what happened; no I/O, no clock of its own. */
export function reduceSession(state: SessionState, action: SessionAction): SessionState {
  switch (action.type) {
    case 'start':
      return { ...IDLE, phase: 'connecting', startedAtMs: action.atMs };
    case 'created':
      return { ...state, phase: 'starting', session: action.session };
    case 'stream':
      return { ...state, stream: action.stream };
    case 'first_picture':
      if (state.phase !== 'starting') return state;
      return {
        ...state,
        phase: 'live',
        firstPictureMs: state.startedAtMs === null ? null : action.atMs - state.startedAtMs,
        meter: { billedMs: 0, runningSinceMs: action.atMs },
      };
    case 'media_stopped':
      if (!canSpeak(state.phase)) return state;
      return {
        ...state,
        phase: action.cause === 'worker' ? 'reassigning' : 'reconnecting',
        meter: { billedMs: meterMs(state.meter, action.atMs), runningSinceMs: null },
      };
    case 'media_resumed':
      if (state.phase !== 'reassigning' && state.phase !== 'reconnecting') return state;
      return { ...state, phase: 'live', meter: { ...state.meter, runningSinceMs: action.atMs } };
    case 'event':
      return applyEvent(state, action.event, action.atMs);
    case 'billed':
      return correctMeter(state, action.billedMs, action.atMs);
    case 'stats':
      return { ...state, stats: action.stats };
    case 'ending':
      return { ...state, phase: 'ending' };
    case 'ended':
      return end(state, action);
    case 'failed':
      return { ...state, phase: 'failed', failure: action.failure, stream: null, meter: stopped(state, null), utterances: endUnfinished(state.utterances) };
    case 'say':
      return { ...state, utterances: addUtterance(state.utterances, action) };
    case 'said':
      return { ...state, utterances: acceptUtterance(state.utterances, action.key, action.utteranceId) };
    case 'refused':
      return { ...state, utterances: refuseUtterance(state.utterances, action.key, action.problem) };
    case 'interrupted':
      return { ...state, utterances: markInterrupted(state.utterances, action.utteranceIds) };
    case 'reset':
      return IDLE;
  }
}

function correctMeter(state: SessionState, billedMs: number, atMs: number): SessionState {
  if (Math.abs(billedMs - meterMs(state.meter, atMs)) <= METER_TOLERANCE_MS) return state;
  return { ...state, meter: { billedMs, runningSinceMs: state.meter.runningSinceMs === null ? null : atMs } };
}

function end(state: SessionState, action: Extract<SessionAction, { type: 'ended' }>): SessionState {
  if (state.phase === 'ended') return state;
  const meter = stopped(state, action.atMs);
  const { session } = action;
  const ending =
    session === null
      ? { reason: 'unknown' as const, billedMs: meter.billedMs, credits: (meter.billedMs / 60_000) * (state.session?.creditsPerMinute ?? 0) }
      : { reason: session.end_reason ?? ('unknown' as const), billedMs: Math.round(session.billed_seconds * 1000), credits: session.credits };
  return { ...state, phase: 'ended', ending, stream: null, stats: null, meter: { ...meter, billedMs: ending.billedMs }, utterances: endUnfinished(state.utterances) };
}

function stopped(state: SessionState, atMs: number | null): SessionState['meter'] {
  return { billedMs: atMs === null ? state.meter.billedMs : meterMs(state.meter, atMs), runningSinceMs: null };
}
