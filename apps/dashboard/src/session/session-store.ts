import { reduceSession, type SessionAction } from './session-reducer.ts';
import { IDLE, type SessionState } from './session-state.ts';

/** Holds the state of a session and tells React when it changes. */
export class SessionStore {
  #state: SessionState = IDLE;
  readonly #listeners = new Set<() => void>();

  get state(): SessionState {
    return this.#state;
  }

  dispatch(action: SessionAction): void {
    const next = reduceSession(this.#state, action);
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): SessionState => this.#state;
}
