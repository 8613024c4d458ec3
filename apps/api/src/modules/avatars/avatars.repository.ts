import { Inject, Injectable } from '@nestjs/common';
import type { AvatarKind } from './avatar-upload';
import type { AvatarReport } from './avatar-view';
import type { Database } from '@visavis/db';
import { DATABASE } from '../../tokens';

const COLUMNS =
  `id, tenant_id, name, kind, status, progress, progress_step, failure_code, failure_reason, source_key, bundle_key, preview_key, preview_video_key,
   engine, voice_id, credit, report, created_at`;

export interface AvatarRow {
  id: string;
  /** null for a stock avatar */
  tenant_id: string | null;
  name: string;
  kind: string;
  status: string;
  progress: number;
  progress_step: string | null;
  failure_code: string | null;
  failure_reason: string | null;
  source_key: string | null;
  bundle_key: string | null;
  preview_key: string | null;
  preview_video_key: string | null;
  engine: string | null;
  voice_id: string | null;
  credit: string | null;
  report: AvatarReport | null;
  created_at: Date;
  [column: string]: unknown;
}

/** A tenant's avatars, as the tenant, and stock avatars, which it can read. Deleted ones don't exist for anyone. */
@Injectable()
export class AvatarsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** @param sourceKey null while the file is still to be uploaded */
  async insert(tenantId: string, avatar: { id: string; name: string; kind: AvatarKind; sourceKey: string | null }): Promise<AvatarRow> {
    const [row] = await this.database.tenantSql<AvatarRow>(
      tenantId,
      `INSERT INTO avatars (id, tenant_id, name, kind, source_key) VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
      [avatar.id, tenantId, avatar.name, avatar.kind, avatar.sourceKey],
    );
    return row!;
  }

  /** The tenant's own, then stock avatars, each the newest first. @param after the last one of the page before */
  page(tenantId: string, { limit, after, stock }: { limit: number; after: string | null; stock: boolean | null }): Promise<AvatarRow[]> {
    return this.database.tenantSql<AvatarRow>(
      tenantId,
      `SELECT ${COLUMNS} FROM avatars a
        WHERE deleted_at IS NULL AND ($3::bool IS NULL OR (tenant_id IS NULL) = $3)
          AND ($1::uuid IS NULL OR EXISTS (SELECT FROM avatars p WHERE p.id = $1 AND (
            (a.tenant_id IS NULL) > (p.tenant_id IS NULL) OR (a.tenant_id IS NULL) = (p.tenant_id IS NULL) AND a.id < p.id)))
        ORDER BY tenant_id IS NULL, id DESC LIMIT $2`,
      [after, limit, stock],
    );
  }

  async find(tenantId: string, id: string): Promise<AvatarRow | null> {
    const [row] = await this.database.tenantSql<AvatarRow>(tenantId, `SELECT ${COLUMNS} FROM avatars WHERE id = $1 AND deleted_at IS NULL`, [id]);
    return row ?? null;
  }

  async rename(tenantId: string, id: string, name: string): Promise<AvatarRow | null> {
    const [row] = await this.database.tenantSql<AvatarRow>(
      tenantId,
      `UPDATE avatars SET name = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING ${COLUMNS}`,
      [id, name],
    );
    return row ?? null;
  }

  /** The file has arrived. @returns null if that was said before */
  async setSource(tenantId: string, id: string, sourceKey: string, kind: AvatarKind): Promise<AvatarRow | null> {
    const [row] = await this.database.tenantSql<AvatarRow>(
      tenantId,
      `UPDATE avatars SET source_key = $2, kind = $3 WHERE id = $1 AND deleted_at IS NULL AND source_key IS NULL AND status = 'processing' RETURNING ${COLUMNS}`,
      [id, sourceKey, kind],
    );
    return row ?? null;
  }

  /** Deletes it unless a session is using it. @returns whether it is gone */
  async remove(tenantId: string, id: string): Promise<boolean> {
    const rows = await this.database.tenantSql(
      tenantId,
      `UPDATE avatars SET deleted_at = now()
        WHERE id = $1 AND deleted_at IS NULL AND NOT EXISTS (SELECT FROM sessions s WHERE s.avatar_id = $1 AND s.state <> 'ended')
        RETURNING id`,
      [id],
    );
    return rows.length > 0;
  }
}
