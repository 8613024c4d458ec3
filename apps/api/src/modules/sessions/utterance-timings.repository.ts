import { Inject, Injectable } from '@nestjs/common';
import type { UtteranceTimings } from '@visavis/contracts';
import type { Database } from '@visavis/db';
import { DATABASE } from '../../tokens';
import { decodeVisemes, decodeWords, encodeVisemes, encodeWords, type StoredWord } from './stored-timings';

/** A part of an utterance's timings. */
export interface TimingsPart {
  startMs: number;
  at: Date;
  timings: UtteranceTimings;
}

interface TimingsRow {
  start_ms: number;
  at: Date;
  source: UtteranceTimings['source'];
  words: StoredWord[];
  visemes: string;
}

/** Deleted by one statement: a day of a busy installation has millions, more than a statement may take time for. */
const FORGET_AT_ONCE = 5000;
const KEPT = "interval '1 day'";

@Injectable()
export class UtteranceTimingsRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** How much of an utterance has timings; null when there is no such utterance. */
  async knownUntilMs(sessionId: string, utterance: string): Promise<number | null> {
    const [row] = await this.db.systemSql<{ end_ms: number }>(
      `SELECT coalesce((SELECT max(end_ms) FROM utterance_timings WHERE session_id = $1 AND utterance = $2), 0) AS end_ms
       FROM utterances WHERE session_id = $1 AND name = $2`,
      [sessionId, utterance],
    );
    return row?.end_ms ?? null;
  }

  async insert(sessionId: string, { utterance_id, source, words, visemes }: UtteranceTimings, span: { startMs: number; endMs: number }): Promise<void> {
    await this.db.systemSql(
      `INSERT INTO utterance_timings (session_id, utterance, start_ms, end_ms, tenant_id, source, words, visemes)
       SELECT id, $2, $3, $4, tenant_id, $5, $6::jsonb, $7 FROM sessions WHERE id = $1 ON CONFLICT DO NOTHING`,
      [sessionId, utterance_id, span.startMs, span.endMs, source, JSON.stringify(encodeWords(words)), encodeVisemes(visemes)],
    );
  }

  /** The parts that begin after `startMs`, in order. */
  async after(tenantId: string, sessionId: string, utterance: string, startMs: number, limit: number): Promise<TimingsPart[]> {
    const rows = await this.db.tenantSql<TimingsRow>(
      tenantId,
      'SELECT start_ms, at, source, words, visemes FROM utterance_timings WHERE session_id = $1 AND utterance = $2 AND start_ms > $3 ORDER BY start_ms LIMIT $4',
      [sessionId, utterance, startMs, limit],
    );
    return rows.map((row) => ({
      startMs: row.start_ms,
      at: row.at,
      timings: { utterance_id: utterance, source: row.source, words: decodeWords(row.words), visemes: decodeVisemes(row.visemes) },
    }));
  }

  /**
   * Forgets what was said in sessions that ended more than a day ago. A part is written before its session's end, so that its own time, which is indexed,
   * leaves few to look at. @returns how many parts went
   */
  async sweep(): Promise<number> {
    let all = 0;
    for (let gone = FORGET_AT_ONCE; gone === FORGET_AT_ONCE; all += gone) {
      const [row] = await this.db.systemSql<{ gone: number }>(
        `WITH gone AS (
           DELETE FROM utterance_timings WHERE (session_id, utterance, start_ms) IN (
             SELECT t.session_id, t.utterance, t.start_ms FROM utterance_timings t JOIN sessions s ON s.id = t.session_id
             WHERE t.at < now() - ${KEPT} AND s.ended_at < now() - ${KEPT} ORDER BY t.at LIMIT ${FORGET_AT_ONCE})
           RETURNING 1)
         SELECT count(*)::int AS gone FROM gone`,
      );
      gone = row?.gone ?? 0;
    }
    return all;
  }

  /** What was being said when the event `seq` had just been written, and since when. */
  async speakingAt(tenantId: string, sessionId: string, seq: number): Promise<{ utterance: string; startedAt: Date }[]> {
    const rows = await this.db.tenantSql<{ utterance: string; at: Date }>(
      tenantId,
      `SELECT s.data ->> 'utterance_id' AS utterance, s.at FROM session_events s
       WHERE s.session_id = $1 AND s.type = 'utterance.started' AND s.seq <= $2 AND NOT EXISTS (
         SELECT FROM session_events e WHERE e.session_id = $1 AND e.type = 'utterance.ended' AND e.seq <= $2 AND e.data ->> 'utterance_id' = s.data ->> 'utterance_id')
       ORDER BY s.seq`,
      [sessionId, seq],
    );
    return rows.map((row) => ({ utterance: row.utterance, startedAt: row.at }));
  }
}
