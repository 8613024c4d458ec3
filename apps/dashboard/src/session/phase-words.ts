import { describeEnd } from './end-words.ts';
import type { SessionState } from './session-state.ts';

/** The state of the session in one sentence, for whoever can't see the stage. */
export function describePhase(state: Pick<SessionState, 'phase' | 'failure' | 'ending'>): string {
  switch (state.phase) {
    case 'idle':
      return '';
    case 'connecting':
      return 'Connecting.';
    case 'starting':
      return 'Waiting for the picture.';
    case 'live':
      return 'Live. Type something to make the avatar speak.';
    case 'reassigning':
      return 'A worker was lost. Moving to another one.';
    case 'reconnecting':
      return 'The picture stopped. Reconnecting.';
    case 'ending':
      return 'Ending the session.';
    case 'ended':
      return state.ending === null ? 'Session ended.' : `${describeEnd(state.ending.reason).title}.`;
    case 'failed':
      return state.failure === null ? 'The session failed.' : `${state.failure.title}.`;
  }
}
