import { Inject, Injectable } from '@nestjs/common';
import type { NumberedEventType, SessionEvent, SessionEventData } from '@visavis/contracts';
import type { Database } from '@visavis/db';
import { formatId } from '@visavis/ids';
import type { Feed } from '@visavis/queue';
import { DATABASE } from '../../tokens';
import { FEED } from '../dispatch/dispatch.tokens';

interface EventRow {
  seq: number;
  type: NumberedEventType;
  at: Date;
  data: Record<string, unknown>;
}

/** The one way an event comes to be: a numbered row first, then everyone who listens. */
@Injectable()
export class SessionEvents {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(FEED) private readonly feed: Feed,
  ) {}

  /** @returns null when an event that happens once had been written before. */
  async append<T extends NumberedEventType>(sessionId: string, type: T, data: SessionEventData<T>): Promise<SessionEvent | null> {
    const [row] = await this.db.systemSql<{ seq: number; at: Date }>('SELECT seq, at FROM append_session_event($1, $2, $3::jsonb)', [sessionId, type, JSON.stringify(data)]);
    if (!row) return null;
    const event: SessionEvent = { seq: row.seq, type, at: row.at.toISOString(), session_id: formatId('ses', sessionId), data };
    await this.feed.publish(event).catch(() => undefined); // listeners find it in the table
    return event;
  }

  async after(tenantId: string, sessionId: string, seq: number, limit = 500): Promise<SessionEvent[]> {
    const rows = await this.db.tenantSql<EventRow>(
      tenantId,
      'SELECT seq, type, at, data FROM session_events WHERE session_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
      [sessionId, seq, limit],
    );
    return rows.map((row) => ({ seq: row.seq, type: row.type, at: row.at.toISOString(), session_id: formatId('ses', sessionId), data: row.data }));
  }

  /**
   * Delivers every event after `seq` exactly once and in order: first those in the table, then live ones; a gap in the
   * live ones is filled from the table. `deliver` is called with events until the returned function is.
   */
  async follow(tenantId: string, sessionId: string, seq: number, deliver: (event: SessionEvent) => void): Promise<() => Promise<void>> {
    let last = seq;
    let stopped = false;
    let catchingUp: Promise<void> | null = null;
    let more = false;
    const give = (event: SessionEvent) => {
      if (stopped || event.seq <= last) return;
      last = event.seq;
      deliver(event);
    };
    const read = async () => {
      do {
        more = false;
        const events = await this.after(tenantId, sessionId, last);
        events.forEach(give);
        if (events.length === 500) more = true;
      } while (more && !stopped);
    };
    // An event that arrives while the table is being read may be too new for that read: then it is read once more.
    const catchUp = (): Promise<void> => {
      more = true;
      catchingUp ??= read().finally(() => (catchingUp = null));
      return catchingUp;
    };
    const unsubscribe = await this.feed.subscribe(formatId('ses', sessionId), (event) => {
      if (event.seq === last + 1 && !catchingUp) give(event);
      else if (event.seq > last) void catchUp().catch(() => undefined);
    });
    try {
      await catchUp();
    } catch (error) {
      await unsubscribe();
      throw error;
    }
    return async () => {
      stopped = true;
      await unsubscribe();
    };
  }
}
