import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@visavis/db';
import { DATABASE } from '../../tokens';

export interface PendingAvatar {
  id: string;
  /** null for a stock avatar */
  tenant_id: string | null;
  source_key: string | null;
  bundle_key: string | null;
  created_at: Date;
  [column: string]: unknown;
}

/** Where an avatar's previews lie, and what may stand for one. */
export interface PreviewKeys {
  tenant_id: string | null;
  kind: string;
  status: string;
  source_key: string | null;
  preview_key: string | null;
  preview_video_key: string | null;
  [column: string]: unknown;
}

const PENDING = `status = 'processing' AND deleted_at IS NULL`;

/** Avatars in preparation, of all tenants: for workers and the sweep. Only one that is still processing can be changed. */
@Injectable()
export class PreparationRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async find(id: string): Promise<PendingAvatar | null> {
    const [row] = await this.database.systemSql<PendingAvatar>(`SELECT id, tenant_id, source_key, bundle_key, created_at FROM avatars WHERE id = $1 AND ${PENDING}`, [id]);
    return row ?? null;
  }

  /** Where this attempt will put its files; what an earlier attempt delivers from now on counts no more. */
  async beginAttempt(id: string, keys: { bundle: string; preview: string }): Promise<boolean> {
    const rows = await this.database.systemSql(
      `UPDATE avatars SET bundle_key = $2, preview_key = $3, progress = 0, progress_step = NULL WHERE id = $1 AND ${PENDING} RETURNING id`,
      [id, keys.bundle, keys.preview],
    );
    return rows.length > 0;
  }

  async setProgress(id: string, fraction: number, step: string): Promise<void> {
    await this.database.systemSql(`UPDATE avatars SET progress = greatest(progress, $2), progress_step = $3 WHERE id = $1 AND ${PENDING}`, [id, fraction, step]);
  }

  /** @returns false if another attempt began, it was deleted or is done */
  async setReady(id: string, result: { bundleKey: string; sha256: string; engine: string; engineVersion: string; report: object }): Promise<boolean> {
    const rows = await this.database.systemSql(
      `UPDATE avatars SET status = 'ready', bundle_sha256 = $3, engine = $4, engine_version = $5, report = $6, progress = 1, progress_step = NULL, ready_at = now()
        WHERE id = $1 AND bundle_key = $2 AND ${PENDING} RETURNING id`,
      [id, result.bundleKey, result.sha256, result.engine, result.engineVersion, JSON.stringify(result.report)],
    );
    return rows.length > 0;
  }

  async setFailed(id: string, code: string, reason: string): Promise<boolean> {
    const rows = await this.database.systemSql(
      `UPDATE avatars SET status = 'failed', failure_code = $2, failure_reason = $3, progress_step = NULL WHERE id = $1 AND ${PENDING} RETURNING id`,
      [id, code, reason],
    );
    return rows.length > 0;
  }

  /** Those that have been in preparation for a while, the oldest first. */
  olderThan(ageS: number, limit: number): Promise<PendingAvatar[]> {
    return this.database.systemSql<PendingAvatar>(
      `SELECT id, tenant_id, source_key, bundle_key, created_at FROM avatars
        WHERE ${PENDING} AND created_at < now() - make_interval(secs => $1) ORDER BY created_at LIMIT $2`,
      [ageS, limit],
    );
  }

  /** Ready ones of an engine whose version is none of these. */
  outdated(engine: string, versions: readonly string[], limit: number): Promise<PendingAvatar[]> {
    return this.database.systemSql<PendingAvatar>(
      `SELECT id, tenant_id, source_key, bundle_key, created_at FROM avatars
        WHERE status = 'ready' AND deleted_at IS NULL AND source_key IS NOT NULL AND engine = $1 AND engine_version <> ALL ($2::text[]) ORDER BY created_at DESC LIMIT $3`,
      [engine, versions, limit],
    );
  }

  /** @returns false when it changed meanwhile */
  async beginAgain(id: string, engine: string, versions: readonly string[]): Promise<boolean> {
    const rows = await this.database.systemSql(
      `UPDATE avatars SET status = 'processing', progress = 0, progress_step = NULL
        WHERE id = $1 AND status = 'ready' AND engine = $2 AND engine_version <> ALL ($3::text[]) RETURNING id`,
      [id, engine, versions],
    );
    return rows.length > 0;
  }

  async previews(id: string): Promise<PreviewKeys | null> {
    const [row] = await this.database.systemSql<PreviewKeys>('SELECT tenant_id, kind, status, source_key, preview_key, preview_video_key FROM avatars WHERE id = $1 AND deleted_at IS NULL', [id]);
    return row ?? null;
  }
}
