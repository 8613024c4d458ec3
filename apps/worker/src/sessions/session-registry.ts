import { Injectable } from '@nestjs/common';

export interface RunningSession {
  readonly sessionId: string;
  readonly epoch: number;
  /** Ends it here without a word to the API: it is over, or somebody else's. */
  stop(reason: string): void;
}

/** The sessions that this worker runs. */
@Injectable()
export class SessionRegistry {
  private readonly sessions = new Set<RunningSession>();

  get size(): number {
    return this.sessions.size;
  }

  all(): RunningSession[] {
    return [...this.sessions];
  }

  add(session: RunningSession): () => void {
    this.sessions.add(session);
    return () => this.sessions.delete(session);
  }
}
