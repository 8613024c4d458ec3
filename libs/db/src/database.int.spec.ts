// Real PostgreSQL; nothing is replaced.
import { newUuid } from '@visavis/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, isNotFound, isUniqueViolation } from './index.ts';
import { createTestDatabase, type TestDatabase } from './testing/index.ts';

let test: TestDatabase;
let tenant: { tenantId: string; avatarId: string };

beforeAll(async () => {
  test = await createTestDatabase({ poolMax: 3 });
  tenant = await test.createTenant();
});
afterAll(() => test?.drop());

const errorOf = (work: Promise<unknown>) => work.then(() => null, (error: unknown) => error);
const newAvatar = (id: string) => ({ id, tenantId: tenant.tenantId, name: 'Another' });
const count = async (id: string) => (await test.ownerSql('SELECT FROM avatars WHERE id = $1', [id])).length;

describe('a tenant’s transaction', () => {
  it('keeps all of its writes, or none', async () => {
    const [kept, lost] = [newUuid(), newUuid()];
    await test.db.withTenant(tenant.tenantId, (tx) => tx.avatar.create({ data: newAvatar(kept) }));
    await expect(
      test.db.withTenant(tenant.tenantId, async (tx) => {
        await tx.avatar.create({ data: newAvatar(lost) });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect([await count(kept), await count(lost)]).toEqual([1, 0]);
  });

  it('waits its turn when there are many more than connections', async () => {
    const results = await Promise.all(Array.from({ length: 60 }, () => test.db.withTenant(tenant.tenantId, (tx) => tx.tenant.count())));
    expect(new Set(results)).toEqual(new Set([1]));
  });

  it('takes bare UUIDs only, so that an id can never be SQL', async () => {
    for (const id of ['', `ten_${tenant.tenantId}`, tenant.tenantId.toUpperCase(), `${tenant.tenantId}'; DROP TABLE sessions; --`]) {
      await expect(test.db.tenantSql(id, 'SELECT 1')).rejects.toThrow(TypeError);
      await expect(test.db.withTenant(id, async () => 1)).rejects.toThrow(TypeError);
    }
  });
});

describe('a tenant’s statement', () => {
  it('is a transaction: what it wrote is kept, and lost when it fails half-way', async () => {
    const [kept, lost] = [newUuid(), newUuid()];
    const insert = 'INSERT INTO avatars (id, tenant_id, name) SELECT id, $2, $3 FROM unnest($1::uuid[]) AS id RETURNING id';
    expect(await test.db.tenantSql(tenant.tenantId, insert, [[kept], tenant.tenantId, 'x'])).toEqual([{ id: kept }]);
    await expect(test.db.tenantSql(tenant.tenantId, insert, [[lost, kept], tenant.tenantId, 'x'])).rejects.toThrow('unique');
    expect([await count(kept), await count(lost)]).toEqual([1, 0]);
  });

  it('that fails at commit says so', async () => {
    await test.ownerSql('ALTER TABLE avatars ADD CONSTRAINT later UNIQUE (name, kind, progress_step) DEFERRABLE INITIALLY DEFERRED');
    const insert = `INSERT INTO avatars (id, tenant_id, name, progress_step) SELECT gen_random_uuid(), $1, 'twice', 'x' FROM generate_series(1, 2)`;
    await expect(test.db.tenantSql(tenant.tenantId, insert, [tenant.tenantId])).rejects.toThrow('later');
    await test.ownerSql('ALTER TABLE avatars DROP CONSTRAINT later');
    expect(await test.db.tenantSql(tenant.tenantId, `SELECT FROM avatars WHERE name = 'twice'`)).toEqual([]);
  });

  it('gives bigint as BigInt, bytes as bytes, time as Date and JSON as values', async () => {
    const [row] = await test.db.tenantSql(tenant.tenantId, `SELECT 9007199254740993::bigint AS big, '\\x00ff'::bytea AS bytes, to_timestamp(0) AS time, '{"a":[1]}'::jsonb AS json`);
    expect(row).toEqual({ big: 9007199254740993n, bytes: Buffer.from([0, 255]), time: new Date(0), json: { a: [1] } });
  });

  it('survives a connection that the server ends', async () => {
    await test.db.tenantSql(tenant.tenantId, 'SELECT 1');
    await test.ownerSql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'visavis %'`);
    // A connection may be handed out once before its end is noticed.
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => test.db.tenantSql(tenant.tenantId, 'SELECT 1 AS one')));
    expect(answers.at(-1)).toMatchObject({ status: 'fulfilled', value: [{ one: 1 }] });
    await test.db.ping();
  });
});

describe('the system’s transaction', () => {
  it('keeps all of its writes, or none', async () => {
    const sessionId = await test.createSession(tenant, 'starting');
    const workerOf = async () => (await test.ownerSql('SELECT worker_id, epoch FROM sessions WHERE id = $1', [sessionId]))[0];
    await test.db.systemTransaction(async (client) => {
      await client.query('UPDATE sessions SET worker_id = $2 WHERE id = $1', [sessionId, 'one']);
      await client.query('UPDATE sessions SET epoch = 2 WHERE id = $1', [sessionId]);
    });
    expect(await workerOf()).toEqual({ worker_id: 'one', epoch: 2 });
    await expect(
      test.db.systemTransaction(async (client) => {
        await client.query('UPDATE sessions SET worker_id = $2 WHERE id = $1', [sessionId, 'two']);
        await client.query('UPDATE sessions SET epoch = -1 WHERE id = $1', [sessionId]);
      }),
    ).rejects.toThrow('sessions_epoch_counts');
    expect(await workerOf()).toEqual({ worker_id: 'one', epoch: 2 });
  });
});

describe('a session’s events', () => {
  const append = async (sessionId: string, type: string, data: object = {}) =>
    (await test.db.systemSql<{ seq: number }>('SELECT seq FROM append_session_event($1, $2, $3)', [sessionId, type, data]))[0]?.seq ?? null;

  it('are numbered without gaps, also when many are written at once and some had been', async () => {
    const sessionId = await test.createSession(tenant);
    const seqs = await Promise.all(Array.from({ length: 40 }, (_, at) => append(sessionId, at % 4 === 0 ? 'session.first_frame' : 'credits.low')));
    expect(seqs.filter((seq) => seq === null)).toHaveLength(9);
    expect(seqs.filter((seq) => seq !== null).sort((a, b) => a - b)).toEqual(Array.from({ length: 31 }, (_, at) => at + 1));
  });

  it('end an utterance once, however often and from wherever it is said', async () => {
    const sessionId = await test.createSession(tenant);
    const said = await Promise.all(Array.from({ length: 20 }, (_, at) => append(sessionId, 'utterance.ended', { utterance_id: `utt_${at % 2}`, at })));
    expect(said.filter((seq) => seq !== null).sort()).toEqual([1, 2]);
    await expect(append(sessionId, 'utterance.ended')).rejects.toThrow('session_events_names_utterance');
    await expect(append(newUuid(), 'session.started')).rejects.toThrow('no session');
  });
});

describe('errors', () => {
  it('of unique values and missing rows are told apart from others, in Prisma and in SQL', async () => {
    const twice = errorOf(test.db.withTenant(tenant.tenantId, (tx) => tx.avatar.create({ data: newAvatar(tenant.avatarId) })));
    const twiceInSql = errorOf(test.db.tenantSql(tenant.tenantId, 'INSERT INTO avatars (id, tenant_id, name) VALUES ($1, $2, $3)', [tenant.avatarId, tenant.tenantId, 'x']));
    const missing = errorOf(test.db.withTenant(tenant.tenantId, (tx) => tx.avatar.update({ where: { id: newUuid() }, data: { name: 'x' } })));
    expect([await twice, await twiceInSql, await missing].map((error) => [isUniqueViolation(error), isNotFound(error)])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ]);
    expect(isUniqueViolation(await errorOf(test.db.systemSql('SELECT 1 / 0')))).toBe(false);
  });

  it('come from ping when a role cannot log in', async () => {
    const broken = createDatabase({ ...test.urls, meterUrl: test.urls.meterUrl.replace('visavis-tests', 'wrong') });
    await expect(broken.ping()).rejects.toThrow('password authentication failed');
    await broken.close();
  });
});
