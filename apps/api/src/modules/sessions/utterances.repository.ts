import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@visavis/db';
import { newUuid } from '@visavis/ids';
import { DATABASE } from '../../tokens';

export type UtteranceKind = 'text' | 'audio' | 'audio_url' | 'stream';

export interface EndedUtterance {
  /** It had been started before. */
  wasStarted: boolean;
}

@Injectable()
export class UtterancesRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** @param name what it is called outside @returns false when the session is over, or has an utterance of that name. */
  async insert(tenantId: string, sessionId: string, name: string, kind: UtteranceKind): Promise<boolean> {
    const rows = await this.db.systemSql(
      `WITH s AS (UPDATE sessions SET utterance_seq = utterance_seq + 1 WHERE id = $2 AND tenant_id = $1 AND state <> 'ended' RETURNING utterance_seq)
       INSERT INTO utterances (id, tenant_id, session_id, name, ordinal, kind) SELECT $5, $1, $2, $3, utterance_seq, $4 FROM s
       ON CONFLICT (session_id, name) DO NOTHING RETURNING id`,
      [tenantId, sessionId, name, kind, newUuid()],
    );
    return rows.length > 0;
  }

  async start(sessionId: string, name: string): Promise<boolean> {
    const rows = await this.db.systemSql(
      `UPDATE utterances SET state = 'started', started_at = now() WHERE name = $2 AND session_id = $1 AND state = 'queued' RETURNING id`,
      [sessionId, name],
    );
    return rows.length > 0;
  }

  /** @returns null when it had ended before: whoever comes second changes nothing. */
  async end(sessionId: string, name: string, outcome: { interrupted: boolean; playedMs: number; errorCode?: string }): Promise<EndedUtterance | null> {
    const rows = await this.db.systemSql<{ was_started: boolean }>(
      `WITH old AS (SELECT id, state FROM utterances WHERE name = $2 AND session_id = $1 FOR UPDATE)
       UPDATE utterances u SET state = 'ended', ended_at = now(), interrupted = $3, played_ms = $4, error_code = $5
       FROM old WHERE u.id = old.id AND old.state <> 'ended' RETURNING old.state = 'started' AS was_started`,
      [sessionId, name, outcome.interrupted, Math.max(0, Math.floor(outcome.playedMs)), outcome.errorCode ?? null],
    );
    const [row] = rows;
    return row ? { wasStarted: row.was_started } : null;
  }

  /** Names of what is playing or waiting, in order. */
  async open(sessionId: string): Promise<string[]> {
    const rows = await this.db.systemSql<{ name: string }>(`SELECT name FROM utterances WHERE session_id = $1 AND state <> 'ended' ORDER BY ordinal`, [sessionId]);
    return rows.map((row) => row.name);
  }

  /** Names of a session's utterances that are over, for a second worker to leave out. */
  async ended(sessionId: string): Promise<string[]> {
    const rows = await this.db.systemSql<{ name: string }>(`SELECT name FROM utterances WHERE session_id = $1 AND state = 'ended'`, [sessionId]);
    return rows.map((row) => row.name);
  }
}
