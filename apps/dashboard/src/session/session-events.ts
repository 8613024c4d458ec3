import { eventData, type SessionEvent } from '@visavis/contracts';
import { isPending, type SessionState, type Utterance } from './session-state.ts';
import { finishUtterance, startUtterance, timeUtterance } from './utterances.ts';

const EVENTS_KEPT = 500;

/** One event of the session. An event that was already seen (a resumed stream may repeat it) changes nothing. */
export function applyEvent(state: SessionState, event: SessionEvent, atMs: number): SessionState {
  // It has no number of its own.
  if (event.type === 'utterance.timings') return applyTimings(state, event);
  if (event.seq <= state.lastSeq) return state;
  const seen: SessionState = { ...state, lastSeq: event.seq, events: [...state.events, event].slice(-EVENTS_KEPT) };
  switch (event.type) {
    case 'utterance.started': {
      const data = eventData['utterance.started'].safeParse(event.data);
      return data.success ? { ...seen, utterances: startUtterance(seen.utterances, data.data.utterance_id, atMs) } : seen;
    }
    case 'utterance.ended': {
      const data = eventData['utterance.ended'].safeParse(event.data);
      return data.success ? { ...seen, utterances: finishUtterance(seen.utterances, data.data) } : seen;
    }
    case 'credits.low': {
      const data = eventData['credits.low'].safeParse(event.data);
      if (!data.success) return seen;
      return { ...seen, creditsLow: { remainingCredits: data.data.remaining_credits, remainingSeconds: data.data.remaining_seconds } };
    }
    case 'session.reassigned': {
      // The picture is back, whether or not our own watch on the stream has noticed yet.
      if (seen.phase !== 'reassigning') return seen;
      return { ...seen, phase: 'live', meter: { ...seen.meter, runningSinceMs: atMs } };
    }
    case 'session.started':
    case 'session.first_frame':
    case 'session.ended':
      return seen;
  }
}

function applyTimings(state: SessionState, event: SessionEvent): SessionState {
  const timings = eventData['utterance.timings'].safeParse(event.data);
  if (!timings.success || timings.data.words.length === 0) return state;
  return { ...state, utterances: timeUtterance(state.utterances, timings.data.utterance_id, timings.data.words) };
}

/** When a session is over, nothing can still be said. */
export function endUnfinished(utterances: readonly Utterance[]): readonly Utterance[] {
  return utterances.map((one) => (isPending(one) ? { ...one, status: 'interrupted' as const } : one));
}
