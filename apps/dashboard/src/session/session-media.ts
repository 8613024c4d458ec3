import type { IceServer, Session } from '@visavis/contracts';
import { getSession } from '../api/sessions.ts';
import type { ClientToken } from './client-token.ts';
import type { StreamStats } from './session-state.ts';
import { watchStream } from './stream-watch.ts';
import { WhepConnection } from './whep-connection.ts';

const CHECK_MS = 1000;
const REOPEN_AFTER_MS = 4000;
const GIVE_UP_AFTER_MS = 45_000;

export interface MediaListener {
  onStream(stream: MediaStream): void;
  onStats(stats: StreamStats): void;
  onStopped(cause: 'worker' | 'network'): void;
  onResumed(): void;
  /** The session was found to be over. */
  onEnded(session: Session): void;
  onGivenUp(): void;
}

/**
 * Keeps picture and sound of one session coming. When they stop it finds out why: a worker being replaced comes back on the
 * same connection by itself; a lost network needs a new one, which is opened here.
 */
export class SessionMedia {
  readonly #target: { sessionId: string; url: string; iceServers: readonly IceServer[]; token: ClientToken };
  readonly #listener: MediaListener;
  readonly #abort = new AbortController();
  #connection: WhepConnection | null = null;
  #unwatch: () => void = () => {};
  #flowing = true;
  #recovering = false;

  constructor(target: { sessionId: string; url: string; iceServers: readonly IceServer[]; token: ClientToken }, listener: MediaListener) {
    this.#target = target;
    this.#listener = listener;
  }

  /** Connects, and replaces the connection there was. Throws what WhepConnection.open throws. */
  async open(): Promise<void> {
    const { url, token, iceServers } = this.#target;
    const next = await WhepConnection.open({ url, token, iceServers, signal: this.#abort.signal });
    if (this.#abort.signal.aborted) {
      next.close();
      return;
    }
    this.#unwatch();
    void this.#connection?.leave();
    this.#connection = next;
    this.#unwatch = watchStream(next.peer, {
      onStats: this.#listener.onStats,
      onStalled: () => void this.#recover(),
      onFlowing: () => {
        this.#flowing = true;
        this.#listener.onResumed();
      },
    });
    this.#listener.onStream(next.stream);
  }

  close(): void {
    this.#abort.abort();
    this.#unwatch();
    this.#connection?.close();
    this.#connection = null;
  }

  async #recover(): Promise<void> {
    this.#flowing = false;
    if (this.#recovering) return;
    this.#recovering = true;
    const stalledAtMs = performance.now();
    let reopenAtMs = stalledAtMs + REOPEN_AFTER_MS;
    while (!this.#flowing && !this.#abort.signal.aborted) {
      const cause = await this.#findCause();
      if (cause === 'ended' || this.#flowing || this.#abort.signal.aborted) break;
      this.#listener.onStopped(cause);
      const nowMs = performance.now();
      if (nowMs - stalledAtMs > GIVE_UP_AFTER_MS) {
        this.#listener.onGivenUp();
        break;
      }
      if (cause === 'network' && nowMs >= reopenAtMs) {
        reopenAtMs = nowMs + REOPEN_AFTER_MS;
        await this.#reopen();
      }
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
    }
    this.#recovering = false;
  }

  async #reopen(): Promise<void> {
    try {
      await this.open();
      this.#flowing = true;
      this.#listener.onResumed();
    } catch {
      // Still no way through; the loop tries again until it gives up.
    }
  }

  async #findCause(): Promise<'worker' | 'network' | 'ended'> {
    try {
      const session = await getSession(this.#target.sessionId, this.#abort.signal);
      if (session.status !== 'ended') return session.reassigning ? 'worker' : 'network';
      this.#listener.onEnded(session);
      return 'ended';
    } catch {
      return 'network';
    }
  }
}
