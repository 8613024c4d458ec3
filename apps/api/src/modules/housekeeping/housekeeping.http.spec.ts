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

  it('an expired key may be used for something else', async () => {
    await create('again');
    await api.database.db.tenantSql(tenant.tenantId, "UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key LIKE '%again'");
    await api.http.post('/v1/api-keys').auth(tenant.key, { type: 'bearer' }).set('idempotency-key', 'again').send({ name: 'other' }).expect(201);
  });
});
