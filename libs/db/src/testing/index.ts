// For integration tests of any package: a database of their own on a real server, migrated and closed off as in production.
import { randomBytes } from 'node:crypto';
import { newUuid } from '@visavis/ids';
import { migrate, roleUrl } from '@visavis/prisma';
import pg from 'pg';
import { createDatabase, type Database, type DatabaseOptions } from '../database.ts';

// Roles belong to the server, not to a database: tests that run at the same time must agree on the password, and may set it on a server of theirs only.
const ROLE_PASSWORD = process.env.TEST_ROLE_PASSWORD ?? 'visavis-tests';

export type TestDatabase = {
  db: Database;
  ownerUrl: string;
  urls: Required<Pick<DatabaseOptions, 'appUrl' | 'systemUrl' | 'meterUrl'>>;
  /** SQL as the owner, for what no role of the API may do. */
  ownerSql<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, params?: unknown[]): Promise<Row[]>;
  /** A tenant with an avatar that is ready. */
  createTenant(): Promise<{ tenantId: string; avatarId: string }>;
  /** A session of that tenant, at epoch 1, and live unless said otherwise. */
  createSession(tenant: { tenantId: string; avatarId: string }, state?: 'starting' | 'live'): Promise<string>;
  drop(): Promise<void>;
};

/**
 * Creates and migrates a database with a random name.
 *
 * @param serverUrl address of any database of the server, as a superuser; TEST_DATABASE_URL by default.
 */
export async function createTestDatabase(options: { serverUrl?: string | undefined; poolMax?: number } = {}): Promise<TestDatabase> {
  const serverUrl = options.serverUrl ?? process.env.TEST_DATABASE_URL;
  if (!serverUrl) throw new Error('integration tests need TEST_DATABASE_URL, the address of a PostgreSQL server as its superuser');
  await refuseForeignServer(serverUrl);
  const name = `visavis_test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const ownerUrl = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  await migrate(ownerUrl, ROLE_PASSWORD);

  const urls = {
    appUrl: roleUrl(ownerUrl, 'visavis_app', ROLE_PASSWORD),
    systemUrl: roleUrl(ownerUrl, 'visavis_system', ROLE_PASSWORD),
    meterUrl: roleUrl(ownerUrl, 'visavis_meter', ROLE_PASSWORD),
  };
  const db = createDatabase({ ...urls, poolMax: options.poolMax ?? 5 });
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  // DROP … FORCE may still find a connection that is closing, which nobody listens to any more.
  owner.on('connect', (client) => client.on('error', () => {}));
  // The pool passes on what a connection that is still closing says.
  owner.on('error', () => {});
  const ownerSql = async <Row extends pg.QueryResultRow>(text: string, params: unknown[] = []) => (await owner.query<Row>(text, params)).rows;

  return {
    db,
    ownerUrl,
    urls,
    ownerSql,
    async createTenant() {
      const tenantId = newUuid();
      const avatarId = newUuid();
      await ownerSql('INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)', [tenantId, `t-${tenantId}`]);
      await ownerSql(
        `INSERT INTO avatars (id, tenant_id, name, status, bundle_key, bundle_sha256, engine, engine_version, progress, ready_at)
         VALUES ($1, $2, 'Test', 'ready', 'bundles/test', repeat('0', 64), 'builtin', '1', 1, now())`,
        [avatarId, tenantId],
      );
      return { tenantId, avatarId };
    },
    async createSession({ tenantId, avatarId }, state = 'live') {
      const sessionId = newUuid();
      await ownerSql(
        `INSERT INTO sessions (id, tenant_id, avatar_id, state, live_at, epoch, video_width, video_height, video_fps, video_codec,
           max_duration_s, idle_timeout_s, micro_credits_per_minute, weight_pixels)
         SELECT $1, $2, $3, $4, CASE $4 WHEN 'live' THEN now() END, 1, 512, 512, 25, 'h264', 600, 60, t.micro_credits_per_minute, 512 * 512
         FROM tenants t WHERE t.id = $2`,
        [sessionId, tenantId, avatarId, state],
      );
      return sessionId;
    },
    async drop() {
      await db.close();
      await owner.end();
      await onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function onServer(serverUrl: string, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  const { rowCount } = await client.query(statement).finally(() => client.end());
  return rowCount ?? 0;
}

// Setting the roles' password would lock a running installation out of its own server.
async function refuseForeignServer(serverUrl: string): Promise<void> {
  if ((await onServer(serverUrl, `SELECT FROM pg_roles WHERE rolname = 'visavis_app' AND rolcanlogin`)) === 0) return;
  try {
    await onServer(roleUrl(serverUrl, 'visavis_app', ROLE_PASSWORD), 'SELECT');
  } catch (cause) {
    throw new Error('an installation uses the server of TEST_DATABASE_URL: give the tests one of their own, or its password in TEST_ROLE_PASSWORD', { cause });
  }
}
