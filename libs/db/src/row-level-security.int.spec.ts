// Real PostgreSQL with the migrations' roles and policies; nothing is replaced.
import { newUuid } from '@visavis/ids';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './testing/index.ts';

const TENANTS = 20;
const LOGIN_ROLES = ['visavis_app', 'visavis_system', 'visavis_meter'];
/** Where rows without a tenant are everyone's to read. */
const EVERYONES = new Set(['voices', 'avatars']);
const stockAvatar = newUuid();
let test: TestDatabase;
let tenants: { tenantId: string; avatarId: string; sessionId: string }[];

beforeAll(async () => {
  test = await createTestDatabase({ poolMax: 8 });
  tenants = await Promise.all(
    Array.from({ length: TENANTS }, async () => {
      const tenant = await test.createTenant();
      const sessionId = await test.createSession(tenant);
      await test.ownerSql(`INSERT INTO utterances (id, tenant_id, session_id, name, ordinal, kind) VALUES ($1, $2, $3, 'one', 1, 'text')`, [newUuid(), tenant.tenantId, sessionId]);
      await test.ownerSql(
        `INSERT INTO utterance_timings (session_id, utterance, start_ms, end_ms, tenant_id, source, words, visemes) VALUES ($1, 'one', 0, 100, $2, 'voice', '[]', 'sil:0+100')`,
        [sessionId, tenant.tenantId],
      );
      await test.ownerSql(`SELECT append_session_event($1, 'session.started')`, [sessionId]);
      await test.ownerSql('SELECT ledger_grant($1, 5000000, $2)', [tenant.tenantId, 'start']);
      await test.ownerSql('SELECT ledger_place_hold($1, $2, 1000000)', [tenant.tenantId, sessionId]);
      await test.ownerSql('SELECT record_usage_slices($1, $2, $3, $4)', [[sessionId], [1], [0], [1000]]);
      const userId = newUuid();
      await test.ownerSql(`INSERT INTO users (id, email, password_hash, name) VALUES ($1, $2, 'x', 'x')`, [userId, `${userId}@example.com`]);
      await test.ownerSql(`INSERT INTO memberships (id, tenant_id, user_id, role) VALUES ($1, $2, $3, 'owner')`, [newUuid(), tenant.tenantId, userId]);
      await test.ownerSql(
        `INSERT INTO dashboard_sessions (id, token_hash, user_id, tenant_id, expires_at) VALUES ($1, sha256($2), $3, $4, now())`,
        [newUuid(), Buffer.from(userId), userId, tenant.tenantId],
      );
      await test.ownerSql(`INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes) VALUES ($1, $2, 'x', 'x', sha256($3), '{}')`, [
        newUuid(),
        tenant.tenantId,
        Buffer.from(userId),
      ]);
      await test.ownerSql(
        `INSERT INTO idempotency_keys (tenant_id, key, method, path, body_sha256, expires_at) VALUES ($1, 'k', 'POST', '/', sha256(''), now() + interval '1 hour')`,
        [tenant.tenantId],
      );
      await test.ownerSql(`INSERT INTO voices (id, tenant_id, name, language, gender, engine) VALUES ($1, $2, 'x', 'en', 'neutral', 'x')`, [
        `own-${userId}`,
        tenant.tenantId,
      ]);
      return { ...tenant, sessionId };
    }),
  );
  await test.ownerSql(`INSERT INTO voices (id, name, language, gender, engine) VALUES ('built-in', 'x', 'en', 'neutral', 'x')`);
  await test.ownerSql(`INSERT INTO avatars (id, slug, name) VALUES ($1, 'stock', 'x')`, [stockAvatar]);
});
afterAll(() => test?.drop());

async function tenantTables(): Promise<string[]> {
  const rows = await test.ownerSql<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** Runs statements as a role outside of any library of ours. */
async function asRole<T>(role: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: test.urls.appUrl.replace('visavis_app', role) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('every table with a tenant', () => {
  it('is known to this test, so that none is added unguarded', async () => {
    expect(await tenantTables()).toEqual([
      'api_keys', 'avatars', 'credit_holds', 'dashboard_sessions', 'idempotency_keys', 'ledger_accounts', 'ledger_entries', 'ledger_transactions',
      'memberships', 'session_events', 'sessions', 'usage_slices', 'utterance_timings', 'utterances', 'voices',
    ]);
  });

  it('forces row-level security, and so does every other table that people have rows in', async () => {
    const open = await test.ownerSql<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
         AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1`,
    );
    // Prisma's history, which no role of the API can read.
    expect(open).toEqual([{ name: '_prisma_migrations' }]);
    await asRole('visavis_app', (client) => expect(client.query('SELECT FROM _prisma_migrations')).rejects.toThrow('permission denied'));
  });

  it('has a policy for its tenant, which both shows and accepts its rows only', async () => {
    const rows = await test.ownerSql<{ name: string }>(
      `SELECT tablename AS name FROM pg_policies WHERE policyname = 'tenant_rows' AND cmd = 'ALL' AND qual = with_check AND qual LIKE '%app.tenant_id%' ORDER BY 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual([...(await tenantTables()), 'tenants'].sort());
  });

  it('shows the API nothing without a tenant', async () => {
    await asRole('visavis_app', async (client) => {
      for (const table of [...(await tenantTables()), 'tenants']) {
        if (table === 'dashboard_sessions') await expect(client.query(`SELECT FROM ${table}`)).rejects.toThrow('permission denied');
        else expect((await client.query(`SELECT FROM ${table} ${EVERYONES.has(table) ? 'WHERE tenant_id IS NOT NULL' : ''}`)).rowCount, table).toBe(0);
      }
      expect((await client.query('SELECT id FROM users')).rowCount).toBe(0);
      await client.query(`SET app.tenant_id = ''`);
      expect((await client.query('SELECT FROM sessions')).rowCount).toBe(0);
    });
  });

  it('shows a tenant its own rows and no others', async () => {
    const { tenantId } = tenants[3]!;
    for (const table of await tenantTables()) {
      if (table === 'dashboard_sessions') continue;
      const rows = await test.db.tenantSql<{ tenant_id: string | null }>(tenantId, `SELECT tenant_id FROM ${table}`);
      expect(rows.length, table).toBeGreaterThan(0);
      expect(new Set(rows.map((row) => row.tenant_id ?? tenantId)), table).toEqual(new Set([tenantId]));
    }
    expect(await test.db.tenantSql(tenantId, 'SELECT id FROM tenants')).toEqual([{ id: tenantId }]);
    expect(await test.db.tenantSql(tenantId, 'SELECT id FROM users')).toHaveLength(1);
    expect(await test.db.tenantSql(tenantId, `SELECT id FROM voices WHERE tenant_id IS NULL`)).toEqual([{ id: 'built-in' }]);
    expect(await test.db.tenantSql(tenantId, `SELECT id FROM avatars WHERE tenant_id IS NULL`)).toEqual([{ id: stockAvatar }]);
  });
});

describe('twenty tenants at once', () => {
  it('see only theirs, by Prisma and by SQL', async () => {
    const reads = Array.from({ length: 400 }, async (_, at) => {
      const { tenantId, sessionId, avatarId } = tenants[at % TENANTS]!;
      const stranger = tenants[(at + 1 + (at % (TENANTS - 1))) % TENANTS]!;
      if (at % 2 === 0) {
        const [sessions, avatar, foreign] = await test.db.withTenant(tenantId, async (tx) => [
          await tx.session.findMany({ select: { id: true, tenantId: true } }),
          await tx.avatar.findUnique({ where: { id: avatarId } }),
          await tx.session.findUnique({ where: { id: stranger.sessionId } }),
        ] as const);
        expect(sessions).toEqual([{ id: sessionId, tenantId }]);
        expect(avatar?.id).toBe(avatarId);
        expect(foreign).toBeNull();
      } else {
        expect(await test.db.tenantSql(tenantId, 'SELECT id, tenant_id FROM sessions')).toEqual([{ id: sessionId, tenant_id: tenantId }]);
        expect(await test.db.tenantSql(tenantId, 'SELECT id FROM sessions WHERE id = $1', [stranger.sessionId])).toEqual([]);
      }
    });
    await Promise.all(reads);
  });

  it('leave no tenant behind on a connection, also after errors', async () => {
    const { tenantId } = tenants[0]!;
    await Promise.allSettled(
      Array.from({ length: 40 }, (_, at) => (at % 2 ? test.db.tenantSql(tenantId, 'SELECT 1 / 0') : test.db.withTenant(tenantId, (tx) => tx.$queryRaw`SELECT 1 / 0`))),
    );
    const rows = await test.db.tenantSql<{ id: string }>(tenants[1]!.tenantId, 'SELECT tenant_id AS id FROM sessions');
    expect(rows).toEqual([{ id: tenants[1]!.tenantId }]);
  });
});

describe('writing across tenants', () => {
  it('is refused or finds nothing', async () => {
    const [mine, theirs] = [tenants[0]!, tenants[1]!];
    await expect(
      test.db.withTenant(mine.tenantId, (tx) => tx.avatar.create({ data: { id: newUuid(), tenantId: theirs.tenantId, name: 'x' } })),
    ).rejects.toThrow(/row-level security/);
    expect(await test.db.withTenant(mine.tenantId, (tx) => tx.avatar.updateMany({ where: { id: theirs.avatarId }, data: { name: 'stolen' } }))).toEqual({ count: 0 });
    await expect(test.db.tenantSql(mine.tenantId, 'UPDATE avatars SET tenant_id = $1', [theirs.tenantId])).rejects.toThrow('permission denied');
    expect(await test.db.tenantSql(mine.tenantId, 'DELETE FROM idempotency_keys WHERE tenant_id = $1 RETURNING 1', [theirs.tenantId])).toEqual([]);
  });

  it('cannot refer to what is another tenant’s, although foreign keys look past row-level security', async () => {
    const [mine, theirs] = [tenants[0]!, tenants[1]!];
    await expect(test.createSession({ tenantId: mine.tenantId, avatarId: theirs.avatarId })).rejects.toThrow('is not of this tenant');
    await expect(
      test.db.tenantSql(mine.tenantId, `INSERT INTO utterances (id, tenant_id, session_id, name, ordinal, kind) VALUES ($1, $2, $3, 'nine', 9, 'text')`, [
        newUuid(),
        mine.tenantId,
        theirs.sessionId,
      ]),
    ).rejects.toThrow('foreign key');
  });

  it('leaves stock avatars as they are, which every tenant may have a session with', async () => {
    const { tenantId } = tenants[0]!;
    expect(await test.db.tenantSql(tenantId, `UPDATE avatars SET name = 'mine' WHERE id = $1 RETURNING id`, [stockAvatar])).toEqual([]);
    await expect(test.db.tenantSql(tenantId, `INSERT INTO avatars (id, slug, name) VALUES ($1, 'mine', 'x')`, [newUuid()])).rejects.toThrow('row-level security');
    await expect(test.db.systemSql(`INSERT INTO avatars (id, tenant_id, name) VALUES ($1, $2, 'x')`, [newUuid(), tenantId])).rejects.toThrow('row-level security');
    expect(await test.db.systemSql(`INSERT INTO avatars (id, slug, name) VALUES ($1, 'another', 'x') RETURNING slug`, [newUuid()])).toEqual([{ slug: 'another' }]);
    await test.ownerSql(`DELETE FROM avatars WHERE slug = 'another'`);
    const sql = `INSERT INTO sessions (id, tenant_id, avatar_id, video_width, video_height, video_fps, video_codec, max_duration_s, idle_timeout_s, micro_credits_per_minute, weight_pixels)
      VALUES ($1, $2, $3, 512, 512, 25, 'h264', 600, 60, 1, 1) RETURNING tenant_id`;
    expect(await test.db.tenantSql(tenantId, sql, [newUuid(), tenantId, stockAvatar])).toEqual([{ tenant_id: tenantId }]);
    await expect(test.db.tenantSql(tenantId, sql, [newUuid(), tenantId, tenants[1]!.avatarId])).rejects.toThrow('is not of this tenant');
  });
});

describe('the roles', () => {
  it('own nothing, bypass nothing and are members of nothing', async () => {
    const rows = await test.ownerSql(
      `SELECT rolname FROM pg_roles r WHERE rolname = ANY ($1) AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
         OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
         OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) OR EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid))`,
      [LOGIN_ROLES],
    );
    expect(rows).toEqual([]);
    expect(await test.ownerSql(`SELECT rolcanlogin, rolbypassrls FROM pg_roles WHERE rolname = 'visavis_ledger'`)).toEqual([{ rolcanlogin: false, rolbypassrls: false }]);
  });

  it.each(LOGIN_ROLES)('%s cannot raise itself', async (role) => {
    await asRole(role, async (client) => {
      const others = ['visavis_app', 'visavis_system', 'visavis_meter', 'visavis_ledger'].filter((other) => other !== role);
      for (const attempt of [
        ...others.map((other) => `SET ROLE ${other}`),
        ...others.map((other) => `SET SESSION AUTHORIZATION ${other}`),
        ...others.map((other) => `GRANT ${other} TO ${role}`),
        `ALTER ROLE ${role} BYPASSRLS`,
        'ALTER TABLE sessions DISABLE ROW LEVEL SECURITY',
        'ALTER TABLE sessions NO FORCE ROW LEVEL SECURITY',
        'DROP POLICY tenant_rows ON sessions',
        `CREATE POLICY mine ON sessions USING (true)`,
        'CREATE TABLE mine (id int)',
        'CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
        'TRUNCATE sessions CASCADE',
        'DELETE FROM sessions',
        `COPY tenants TO PROGRAM 'true'`,
      ]) {
        await expect(client.query(attempt), attempt).rejects.toThrow(/permission denied|must be|cannot|not permitted|must have|Only roles/i);
      }
      // Instead of hiding rows the server then refuses: row-level security can't be switched off.
      await client.query('SET row_security = off');
      if (role === 'visavis_app') await expect(client.query('SELECT FROM sessions')).rejects.toThrow('row-level security');
    });
  });

  it('visavis_app cannot read password hashes, prices it may not set, or what others keep', async () => {
    const { tenantId } = tenants[0]!;
    const refused = ['SELECT password_hash FROM users', 'SELECT * FROM users', 'SELECT token_hash FROM dashboard_sessions', `UPDATE sessions SET state = 'ended'`,
      'UPDATE sessions SET billed_ms = 0', 'UPDATE tenants SET micro_credits_per_minute = 1', 'UPDATE tenants SET concurrency_limit = 1000', 'UPDATE usage_slices SET media_ms = 0',
      'DELETE FROM utterance_timings',
      `INSERT INTO session_events (session_id, seq, tenant_id, type, at) SELECT id, 99, tenant_id, 'session.ended', now() FROM sessions`];
    for (const statement of refused) await expect(test.db.tenantSql(tenantId, statement), statement).rejects.toThrow('permission denied');
  });

  it('visavis_system and visavis_meter see the tables they work on, across tenants, and no others', async () => {
    const visible = async (role: string) =>
      asRole(role, async (client) => {
        const seen: string[] = [];
        for (const table of [...(await tenantTables()), 'tenants', 'users']) {
          const columns = role === 'visavis_meter' && table === 'sessions' ? 'id' : table === 'idempotency_keys' ? 'key' : '*';
          const found = await client.query(`SELECT ${columns} FROM ${table}`).catch((error: Error) => error);
          if (!(found instanceof Error) && found.rowCount! >= TENANTS) seen.push(table);
        }
        return seen.sort();
      });
    expect(await visible('visavis_system')).toEqual([
      'api_keys', 'avatars', 'credit_holds', 'dashboard_sessions', 'memberships', 'session_events', 'sessions', 'tenants', 'users', 'utterance_timings',
      'utterances',
    ]);
    expect(await visible('visavis_meter')).toEqual(['credit_holds', 'ledger_accounts', 'ledger_entries', 'ledger_transactions', 'sessions', 'usage_slices']);
  });

  it('visavis_system removes idempotency keys only after their time', async () => {
    await test.ownerSql(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE tenant_id = $1`, [tenants[5]!.tenantId]);
    expect(await test.db.systemSql('DELETE FROM idempotency_keys WHERE expires_at < now() + interval $$9 days$$ RETURNING tenant_id')).toEqual([
      { tenant_id: tenants[5]!.tenantId },
    ]);
  });

  it('visavis_system removes what was said only of sessions that are over', async () => {
    const { sessionId } = tenants[6]!;
    await test.ownerSql(`UPDATE sessions SET state = 'ended', end_reason = 'client', ended_at = now() WHERE id = $1`, [sessionId]);
    expect(await test.db.systemSql('DELETE FROM utterance_timings RETURNING session_id')).toEqual([{ session_id: sessionId }]);
  });
});
