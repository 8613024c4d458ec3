import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestTenant } from '../../testing/test-app';
import { Housekeeping } from './housekeeping.service';

describe('housekeeping', () => {
  let api: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    api = await createTestApp();
    tenant = await api.createTenant();
  });
  afterAll(() => api?.close());

  const create = (key: string) => api.http.post('/v1/api-keys').auth(tenant.key, { type: 'bearer' }).set('idempotency-key', key).send({ name: key }).expect(201);
  const keys = async () => (await api.database.db.tenantSql<{ key: string }>(tenant.tenantId, 'SELECT key FROM idempotency_keys ORDER BY key')).map(({ key }) => key);

  it('forgets expired answers and sign-ins, and no others', async () => {
    await create('old');
    await create('young');
    await api.database.db.tenantSql(tenant.tenantId, "UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key LIKE '%old'");
    const [old, young] = [await api.signIn(await api.createMember(tenant.tenantId, 'viewer')), await api.signIn(await api.createMember(tenant.tenantId, 'viewer'))];
    await api.database.db.systemSql(
      "UPDATE dashboard_sessions SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT user_id FROM dashboard_sessions ORDER BY created_at LIMIT 1)",
    );
    await api.http.get('/auth/me').set('cookie', old).expect(401);

    await api.app.get(Housekeeping, { strict: false }).run();

    expect(await keys()).toEqual(['tenant:young']);
    expect(await api.database.db.systemSql('SELECT id FROM dashboard_sessions')).toHaveLength(1);
    await api.http.get('/auth/me').set('cookie', young).expect(200);
  });

  it('forgets what was said in sessions that ended more than a day ago, however much it is, and in no others', async () => {
    const other = await api.createTenant();
    const spoken = async (owner: TestTenant, parts: number, endedHoursAgo?: number) => {
      const id = await api.createSession(owner);
      if (endedHoursAgo !== undefined) {
        await api.database.ownerSql(`UPDATE sessions SET state = 'ended', end_reason = 'client', ended_at = now() - make_interval(hours => $2) WHERE id = $1`, [id, endedHoursAgo]);
      }
      await api.database.ownerSql(
        `INSERT INTO utterance_timings (session_id, utterance, start_ms, end_ms, tenant_id, source, words, visemes, at)
         SELECT $1, 'one', n * 100, n * 100 + 100, $2, 'voice', '[["Hush.", 0, 100]]', 'sil:0+100', now() - interval '30 hours' FROM generate_series(1, $3) n`,
        [id, owner.tenantId, parts],
      );
      return id;
    };
    await spoken(tenant, 12_000, 25);
    await spoken(other, 1, 25);
    const kept = [await spoken(tenant, 2, 23), await spoken(other, 2)];

    await api.app.get(Housekeeping, { strict: false }).run();

    const rows = await api.database.ownerSql<{ id: string; parts: bigint }>('SELECT session_id AS id, count(*) AS parts FROM utterance_timings GROUP BY 1');
    expect(rows.map(({ id, parts }) => [id, Number(parts)]).sort()).toEqual(kept.map((id) => [id, 2]).sort());
  });

  it('an expired key may be used for something else', async () => {
    await create('again');
    await api.database.db.tenantSql(tenant.tenantId, "UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key LIKE '%again'");
    await api.http.post('/v1/api-keys').auth(tenant.key, { type: 'bearer' }).set('idempotency-key', 'again').send({ name: 'other' }).expect(201);
  });
});
