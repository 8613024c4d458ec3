import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestTenant } from '../../testing/test-app';

describe('voices', () => {
  let api: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    api = await createTestApp();
    tenant = await api.createTenant();
    await api.database.ownerSql("INSERT INTO voices (id, name, language, gender, engine) VALUES ('en-us-slt', 'Sally', 'en-US', 'female', 'flite') ON CONFLICT DO NOTHING");
  });
  afterAll(() => api?.close());

  it('GET lists the built-in ones for every tenant', async () => {
    const { body } = await api.http.get('/v1/voices').auth(tenant.key, { type: 'bearer' }).expect(200);
    expect(body.data).toContainEqual({ id: 'en-us-slt', name: 'Sally', language: 'en-US', gender: 'female', engine: 'flite' });
    expect(body.next_cursor).toBeNull();
  });

  it('GET one is 200, or 404 when there is none', async () => {
    await api.http.get('/v1/voices/en-us-slt').auth(tenant.key, { type: 'bearer' }).expect(200);
    await api.http.get('/v1/voices/nobody').auth(tenant.key, { type: 'bearer' }).expect(404);
  });
});
