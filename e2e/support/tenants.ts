import { displayPrefix, generateApiKey, hashApiKey } from '@visavis/api-keys';
import { ALL_KEY_SCOPES } from '@visavis/contracts';
import { newUuid } from '@visavis/ids';
import pg from 'pg';
import { Api } from './api.ts';
import type { Avatar } from './api-types.ts';

/** The product's database as its owner: for what no API offers yet, an account with a certain balance, and for looking behind it. */
export class Backstage {
  readonly #pool: pg.Pool;

  /** @throws Error that names the missing variable */
  constructor() {
    const url = process.env['TEST_DATABASE_URL'];
    if (!url) throw new Error('Set TEST_DATABASE_URL to the owner\'s address of the product\'s database; `npm test` does.');
    this.#pool = new pg.Pool({ connectionString: url, max: 2 });
  }

  async sql<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(text, values)).rows;
  }

  /** A tenant of its own with a key, that much credit, and a copy of an avatar's record: both show the same prepared face. */
  async tenant(url: string, microCredits: bigint, avatar: Avatar): Promise<{ api: Api; avatarId: string; tenantId: string }> {
    const tenantId = newUuid();
    const avatarUuid = newUuid();
    const { key } = generateApiKey();
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)', [tenantId, `e2e-${tenantId}`]);
      await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenantId]);
      await client.query('INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes) VALUES ($1, $2, $3, $4, $5, $6)', [
        ...[newUuid(), tenantId, 'End-to-end', displayPrefix(key), hashApiKey(key), ALL_KEY_SCOPES],
      ]);
      await client.query("SELECT ledger_grant($1, $2, 'e2e', 'For a test')", [tenantId, microCredits]);
      await client.query("SELECT set_config('app.tenant_id', (SELECT id::text FROM tenants WHERE slug = 'demo'), true)");
      const source = await client.query('SELECT name, status, bundle_key, bundle_sha256, preview_key, engine, engine_version FROM avatars WHERE id = $1', [avatar.id.slice(4)]);
      const row = source.rows[0] as Record<string, unknown>;
      await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenantId]);
      await client.query(
        `INSERT INTO avatars (id, tenant_id, name, status, bundle_key, bundle_sha256, preview_key, engine, engine_version, progress, ready_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, now())`,
        [avatarUuid, tenantId, row['name'], row['status'], row['bundle_key'], row['bundle_sha256'], row['preview_key'], row['engine'], row['engine_version']],
      );
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
    return { api: new Api(url, key), avatarId: `avt_${avatarUuid}`, tenantId };
  }

  /** What is wrong with the books; empty when all is well. */
  ledgerViolations(): Promise<{ violation: string; subject: string; detail: string }[]> {
    return this.sql('SELECT violation, subject, detail FROM ledger_violations()');
  }

  /** The name of the worker that runs a session now. */
  async workerOf(sessionId: string): Promise<string | null> {
    const [row] = await this.sql<{ worker_id: string | null }>('SELECT worker_id FROM sessions WHERE id = $1', [sessionId.slice(4)]);
    return row?.worker_id ?? null;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
