import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@visavis/db';
import { DATABASE } from '../../tokens';

const COLUMNS = 'id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at';

export interface ApiKeyRow {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
  [column: string]: unknown;
}

export interface NewApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly hash: Uint8Array;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly createdByUser: string | null;
}

@Injectable()
export class ApiKeysRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async insert(tenantId: string, key: NewApiKeyRow): Promise<ApiKeyRow> {
    const [row] = await this.database.tenantSql<ApiKeyRow>(
      tenantId,
      `INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes, expires_at, created_by_user)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${COLUMNS}`,
      [key.id, tenantId, key.name, key.prefix, key.hash, [...key.scopes], key.expiresAt, key.createdByUser],
    );
    return row!;
  }

  page(tenantId: string, limit: number, before: string | null): Promise<ApiKeyRow[]> {
    return this.database.tenantSql<ApiKeyRow>(
      tenantId,
      `SELECT ${COLUMNS} FROM api_keys WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
      [before, limit],
    );
  }

  async find(tenantId: string, id: string): Promise<ApiKeyRow | null> {
    const [row] = await this.database.tenantSql<ApiKeyRow>(tenantId, `SELECT ${COLUMNS} FROM api_keys WHERE id = $1`, [id]);
    return row ?? null;
  }

  /** Marks the key; the first time counts. */
  async revoke(tenantId: string, id: string): Promise<ApiKeyRow | null> {
    const [row] = await this.database.tenantSql<ApiKeyRow>(
      tenantId,
      `UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING ${COLUMNS}`,
      [id],
    );
    return row ?? null;
  }
}
