import { Inject, Injectable } from '@nestjs/common';
import type { AvatarReport } from './avatar-view';
import type { Database } from '@visavis/db';
import { DATABASE } from '../../tokens';

const COLUMNS =
  'id, tenant_id, name, kind, status, progress, progress_step, failure_code, failure_reason, source_key, bundle_key, preview_key, engine, report, created_at';

export interface AvatarRow {
  id: string;
  tenant_id: string;
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
  engine: string | null;
  report: AvatarReport | null;
  created_at: Date;
  [column: string]: unknown;
}

/** A tenant's avatars, as the tenant. Deleted ones don't exist for anyone. */
@Injectable()
export class AvatarsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** @param sourceKey null while the picture is still to be uploaded */
  async insert(tenantId: string, avatar: { id: string; name: string; sourceKey: string | null }): Promise<AvatarRow> {
    const [row] = await this.database.tenantSql<AvatarRow>(
      tenantId,
      `INSERT INTO avatars (id, tenant_id, name, source_key) VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
      [avatar.id, tenantId, avatar.name, avatar.sourceKey],
    );
    return row!;
  }

  page(tenantId: string, limit: number, before: string | null): Promise<AvatarRow[]> {
    return this.database.tenantSql<AvatarRow>(
      tenantId,
      `SELECT ${COLUMNS} FROM avatars WHERE deleted_at IS NULL AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2`,
      [before, limit],
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

  /** The picture has arrived. @returns null if that was said before */
  async setSource(tenantId: string, id: string, sourceKey: string): Promise<AvatarRow | null> {
    const [row] = await this.database.tenantSql<AvatarRow>(
      tenantId,
      `UPDATE avatars SET source_key = $2 WHERE id = $1 AND deleted_at IS NULL AND source_key IS NULL AND status = 'processing' RETURNING ${COLUMNS}`,
      [id, sourceKey],
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
