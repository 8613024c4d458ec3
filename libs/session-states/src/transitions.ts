import type { EndReason, SessionStatus } from '@visavis/contracts';

/** Who may move a session. */
export type Actor =
  /** A request with an API key, a client token's `control` scope or a dashboard member. */
  | 'client'
  /** The media node that owns the session's router: it sees frames, viewers, packets and time. */
  | 'media-node'
  /** The monitor that compares heartbeats with rows. */
  | 'monitor'
  /** The worker that runs the session's current epoch. */
  | 'worker';

export interface SessionState {
  status: SessionStatus;
  /** A lost worker is being replaced; the status stays what it was. */
  reassigning: boolean;
}

export type SessionChange =
  | { type: 'go_live' }
  | { type: 'lose_worker' }
  | { type: 'gain_worker' }
  | { type: 'end'; reason: EndReason };

/** Which actor may end a session for which reason. A total record: a new reason doesn't compile without its actors. */
const mayEnd: Record<EndReason, readonly Actor[]> = {
  client: ['client'],
  idle_timeout: ['media-node'],
  max_duration: ['media-node'],
  credits_exhausted: ['media-node'],
  worker_lost: ['monitor'],
  failed: ['worker', 'media-node', 'monitor'],
};

const mayChange: Record<Exclude<SessionChange['type'], 'end'>, readonly Actor[]> = {
  go_live: ['media-node'],
  lose_worker: ['monitor'],
  gain_worker: ['monitor'],
};

/**
 * The state after a change, or null when the change doesn't apply (already live, already over, …): two causes may race,
 * and the second finds nothing to do. What an actor may never cause is an error.
 * @throws Error when `actor` may not cause `change` in any state.
 */
export function changeState(state: SessionState, change: SessionChange, actor: Actor): SessionState | null {
  const allowed = change.type === 'end' ? mayEnd[change.reason] : mayChange[change.type];
  if (!allowed.includes(actor)) {
    throw new Error(`${actor} may not ${change.type}${change.type === 'end' ? ` with ${change.reason}` : ''}`);
  }
  if (state.status === 'ended') return null;
  switch (change.type) {
    case 'go_live':
      return state.status === 'starting' ? { ...state, status: 'live' } : null;
    case 'lose_worker':
      return state.reassigning ? null : { ...state, reassigning: true };
    case 'gain_worker':
      return state.reassigning ? { ...state, reassigning: false } : null;
    case 'end':
      return { status: 'ended', reassigning: false };
  }
}

export function isOver(state: { status: SessionStatus }): boolean {
  return state.status === 'ended';
}

/** Billing runs from the first frame a viewer saw to the end. */
export function isBilled(state: { status: SessionStatus }): boolean {
  return state.status === 'live';
}
