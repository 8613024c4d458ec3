import { describePhase } from '../session/phase-words.ts';
import type { SessionState } from '../session/session-state.ts';

/** Says aloud what the stage shows, to those who listen to the page. */
export function PhaseAnnouncer({ state }: { readonly state: SessionState }) {
  return (
    <p role="status" aria-live="polite" className="sr-only" data-phase={state.phase}>
      {describePhase(state)}
    </p>
  );
}
