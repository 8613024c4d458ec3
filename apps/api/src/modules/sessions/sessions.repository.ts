import { Inject, Injectable } from '@nestjs/common';
import type { Background, EndReason, Session, Video } from '@visavis/contracts';
import type { Database } from '@visavis/db';
import { DATABASE } from '../../tokens';
import { SESSION_COLUMNS, type SessionRow } from './session-row';

export interface NewSession {
  id: string;
  tenantId: string;
  avatarId: string;
  voiceId: string | null;
  video: Video;
  background: Background;
  metadata: Session['metadata'];
  maxDurationS: number;
  idleTimeoutS: number;
  microCreditsPerMinute: bigint;
  weightPixels: number;
  workerId: string;
  mediaNodeId: string;
  keyId: string | null;
}

/** SQL of sessions. What a request reads or adds runs as its tenant; transitions run as the system role, by compare-and-set. */
@Injectable()
export class SessionsRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async find(tenantId: string, id: string): Promise<SessionRow | null> {
    const rows = await this.db.tenantSql<SessionRow>(tenantId, `SELECT ${SESSION_COLUMNS} FROM sessions WHERE id = $1`, [id]);
    return rows[0] ?? null;
  }

  /** Newest first; `before` is the id of the last one of the page before (ids rise with time). */
  async page(tenantId: string, limit: number, before: string | null, status: string | null): Promise<SessionRow[]> {
    const rows = await this.db.tenantSql<SessionRow>(
      tenantId,
      `SELECT ${SESSION_COLUMNS} FROM sessions WHERE ($1::uuid IS NULL OR id < $1) AND ($2::text IS NULL OR state = $2) ORDER BY id DESC LIMIT $3`,
      [before, status, limit],
    );
    return rows;
  }

  async running(tenantId: string): Promise<number> {
    const rows = await this.db.tenantSql<{ n: number }>(tenantId, `SELECT count(*)::int AS n FROM sessions WHERE state <> 'ended' AND tenant_id = $1`, [tenantId]);
    return rows[0]?.n ?? 0;
  }

  async tenantTerms(tenantId: string): Promise<{ microCreditsPerMinute: bigint; concurrencyLimit: number }> {
    const rows = await this.db.tenantSql<{ rate: string; max: number }>(
      tenantId,
      'SELECT micro_credits_per_minute::text AS rate, concurrency_limit AS max FROM tenants WHERE id = $1',
      [tenantId],
    );
    const [terms] = rows;
    if (!terms) throw new Error(`tenant ${tenantId} is gone`);
    return { microCreditsPerMinute: BigInt(terms.rate), concurrencyLimit: terms.max };
  }

  /** One of the tenant's own, or a stock avatar. */
  async findAvatar(tenantId: string, avatarId: string): Promise<{ status: string; voice_id: string | null } | null> {
    const rows = await this.db.tenantSql<{ status: string; voice_id: string | null }>(tenantId, 'SELECT status, voice_id FROM avatars WHERE id = $1 AND deleted_at IS NULL', [avatarId]);
    return rows[0] ?? null;
  }

  async voiceExists(tenantId: string, voiceId: string): Promise<boolean> {
    const rows = await this.db.tenantSql(tenantId, 'SELECT 1 FROM voices WHERE id = $1', [voiceId]);
    return rows.length > 0;
  }

  /** Adds the row unless the tenant already runs `limit` sessions; the tenant's lock keeps two requests from both being the last. */
  async insert(session: NewSession, limit: number): Promise<SessionRow | null> {
    return this.db.withTenant(session.tenantId, async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${session.tenantId}, 1))`;
      const [running] = await tx.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM sessions WHERE state <> 'ended' AND tenant_id = ${session.tenantId}::uuid`;
      if ((running?.n ?? 0) >= limit) return null;
      const rows = await tx.$queryRawUnsafe<SessionRow[]>(
        `INSERT INTO sessions (id, tenant_id, avatar_id, voice_id, epoch, worker_id, media_node_id, video_width, video_height, video_fps, video_codec,
           metadata, max_duration_s, idle_timeout_s, micro_credits_per_minute, weight_pixels, created_by_key, background)
         VALUES ($1::uuid, $2::uuid, $3::uuid, $4, 1, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, $13, $14::bigint, $15, $16::uuid, $17::jsonb)
         RETURNING ${SESSION_COLUMNS}`,
        session.id,
        session.tenantId,
        session.avatarId,
        session.voiceId,
        session.workerId,
        session.mediaNodeId,
        session.video.width,
        session.video.height,
        session.video.fps,
        session.video.codec,
        JSON.stringify(session.metadata),
        session.maxDurationS,
        session.idleTimeoutS,
        session.microCreditsPerMinute.toString(),
        session.weightPixels,
        session.keyId,
        JSON.stringify(session.background),
      );
      return rows[0] ?? null;
    });
  }

  /** For services that act on any tenant's session. */
  async findAny(id: string): Promise<SessionRow | null> {
    const rows = await this.db.systemSql<SessionRow>(`SELECT ${SESSION_COLUMNS} FROM sessions WHERE id = $1`, [id]);
    return rows[0] ?? null;
  }

  /** @returns false when it was live or over already. */
  async goLive(id: string): Promise<boolean> {
    const rows = await this.db.systemSql(`UPDATE sessions SET state = 'live', live_at = now() WHERE id = $1 AND state = 'starting' RETURNING id`, [id]);
    return rows.length > 0;
  }

  /** @returns null when it was over already. */
  async end(id: string, reason: EndReason): Promise<SessionRow | null> {
    const rows = await this.db.systemSql<SessionRow>(
      `UPDATE sessions SET state = 'ended', reassigning = false, end_reason = $2, ended_at = now(), viewer_count = 0
       WHERE id = $1 AND state <> 'ended' RETURNING ${SESSION_COLUMNS}`,
      [id, reason],
    );
    return rows[0] ?? null;
  }

  /** Raises the epoch of a session whose worker is lost. @returns false when somebody else did, or it is over. */
  async loseWorker(id: string, epoch: number): Promise<boolean> {
    const rows = await this.db.systemSql(
      `UPDATE sessions SET epoch = epoch + 1, reassigning = (state = 'live'), worker_id = NULL WHERE id = $1 AND epoch = $2 AND state <> 'ended' RETURNING id`,
      [id, epoch],
    );
    return rows.length > 0;
  }

  async gainWorker(id: string, epoch: number, workerId: string): Promise<boolean> {
    const rows = await this.db.systemSql(`UPDATE sessions SET worker_id = $3 WHERE id = $1 AND epoch = $2 AND state <> 'ended' RETURNING id`, [id, epoch, workerId]);
    return rows.length > 0;
  }

  /** Media of the new epoch arrives. */
  async reassigned(id: string, epoch: number): Promise<boolean> {
    const rows = await this.db.systemSql(`UPDATE sessions SET reassigning = false WHERE id = $1 AND epoch = $2 AND state <> 'ended' RETURNING id`, [id, epoch]);
    return rows.length > 0;
  }

  /** A worker may fetch its ingest key once per epoch. */
  async takeIngest(id: string, epoch: number, workerId: string): Promise<SessionRow | null> {
    const rows = await this.db.systemSql<SessionRow>(
      `UPDATE sessions SET ingest_fetched_epoch = $2 WHERE id = $1 AND epoch = $2 AND worker_id = $3 AND ingest_fetched_epoch < $2 AND state <> 'ended'
       RETURNING ${SESSION_COLUMNS}`,
      [id, epoch, workerId],
    );
    return rows[0] ?? null;
  }

  async setViewerCount(id: string, viewers: number): Promise<void> {
    await this.db.systemSql(`UPDATE sessions SET viewer_count = $2 WHERE id = $1 AND state <> 'ended'`, [id, viewers]);
  }

  /** Sessions that are not over, of media nodes other than these. */
  async runningElsewhere(nodeIds: readonly string[]): Promise<{ id: string; media_node_id: string | null }[]> {
    const rows = await this.db.systemSql<{ id: string; media_node_id: string | null }>(
      `SELECT id, media_node_id FROM sessions WHERE state <> 'ended' AND (media_node_id IS NULL OR media_node_id <> ALL ($1::text[])) AND created_at < now() - interval '10 seconds'`,
      [nodeIds],
    );
    return rows;
  }

  /** Sessions that ended and whose hold was never settled: whoever ended them died half-way. */
  async unsettled(): Promise<SessionRow[]> {
    const rows = await this.db.systemSql<SessionRow>(
      `SELECT ${SESSION_COLUMNS} FROM sessions s WHERE state = 'ended' AND ended_at < now() - interval '30 seconds'
         AND EXISTS (SELECT FROM credit_holds h WHERE h.session_id = s.id AND h.settled_at IS NULL) LIMIT 100`,
      [],
    );
    return rows;
  }
}
