import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatId, newId } from '@visavis/ids';
import { createTestApp, type TestApp, type TestTenant } from '../../testing/test-app';

describe('API keys', () => {
  let api: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    api = await createTestApp();
    tenant = await api.createTenant();
  });
  afterAll(() => api?.close());

  const create = (body: object, key = tenant.key) => api.http.post('/v1/api-keys').auth(key, { type: 'bearer' }).send(body);

  it('POST is 201 with a key that works', async () => {
    const { body, headers } = await create({ name: 'Backend', scopes: ['sessions:read'] }).expect(201);
    expect(body).toMatchObject({ name: 'Backend', scopes: ['sessions:read'], revoked_at: null, expires_at: null });
    expect(body.key).toMatch(/^vv_live_/);
    expect(headers.location).toBe(`/v1/api-keys/${body.id}`);
    await api.http.get('/v1/voices').auth(body.key, { type: 'bearer' }).expect(200);
  });

  it('shows the key once: no other answer and no row has it', async () => {
    const { body } = await create({ name: 'Secret' }).expect(201);
    const read = await api.http.get(`/v1/api-keys/${body.id}`).auth(tenant.key, { type: 'bearer' }).expect(200);
    expect(JSON.stringify(read.body)).not.toContain(body.key);
    const [row] = await api.database.ownerSql<{ text: string }>("SELECT api_keys::text AS text FROM api_keys WHERE name = 'Secret'").catch(() => [{ text: '' }]);
    expect(row?.text ?? '').not.toContain(body.key);
  });

  it('POST is 400 with the path of what is wrong', async () => {
    const { body } = await create({ name: '', scopes: ['everything'], colour: 'red' }).expect(400);
    expect(body).toMatchObject({ code: 'invalid_request', status: 400 });
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual(expect.arrayContaining(['name', 'scopes[0]']));
  });

  it('POST is 400 for a time of expiry in the past', async () => {
    const { body } = await create({ name: 'Old', expires_at: '2020-01-01T00:00:00Z' }).expect(400);
    expect(body.errors[0].path).toBe('expires_at');
  });

  it('POST is 403 for a scope that the calling key lacks', async () => {
    const { key } = await api.createKey(tenant.tenantId, ['keys:write']);
    const { body } = await create({ name: 'More', scopes: ['sessions:write'] }, key).expect(403);
    expect(body.code).toBe('insufficient_scope');
  });

  it('POST is 403 for a key without keys:write', async () => {
    const { key } = await api.createKey(tenant.tenantId, ['sessions:read']);
    expect((await create({ name: 'No' }, key).expect(403)).body.code).toBe('insufficient_scope');
  });

  it('GET lists the newest first, page by page', async () => {
    const own = await api.createTenant();
    for (const name of ['one', 'two']) await create({ name }, own.key).expect(201);
    const first = await api.http.get('/v1/api-keys?limit=2').auth(own.key, { type: 'bearer' }).expect(200);
    expect(first.body.data.map((key: { name: string }) => key.name)).toEqual(['two', 'one']);
    const second = await api.http.get(`/v1/api-keys?limit=2&cursor=${first.body.next_cursor}`).auth(own.key, { type: 'bearer' }).expect(200);
    expect(second.body.data).toHaveLength(1);
    expect(second.body.next_cursor).toBeNull();
  });

  it('GET is 400 for a cursor of another list', async () => {
    await api.http.get('/v1/api-keys?cursor=bm90aGluZw').auth(tenant.key, { type: 'bearer' }).expect(400);
  });

  it('GET is 404 for an id that names nothing', async () => {
    expect((await api.http.get(`/v1/api-keys/${newId('key')}`).auth(tenant.key, { type: 'bearer' }).expect(404)).body.code).toBe('not_found');
    await api.http.get('/v1/api-keys/nonsense').auth(tenant.key, { type: 'bearer' }).expect(404);
  });

  it('DELETE takes effect at once, on other nodes too, whatever they have in memory', async () => {
    const other = await api.another();
    try {
      const { id, key } = await api.createKey(tenant.tenantId);
      await api.http.get('/v1/voices').auth(key, { type: 'bearer' }).expect(200);
      await other.http.get('/v1/voices').auth(key, { type: 'bearer' }).expect(200);
      const { body } = await api.http.delete(`/v1/api-keys/${formatId('key', id)}`).auth(tenant.key, { type: 'bearer' }).expect(200);
      expect(body.revoked_at).not.toBeNull();
      await api.http.get('/v1/voices').auth(key, { type: 'bearer' }).expect(401);
      await other.http.get('/v1/voices').auth(key, { type: 'bearer' }).expect(401);
    } finally {
      await other.close();
    }
  });

  it('DELETE again is 200 and changes nothing', async () => {
    const { id } = await api.createKey(tenant.tenantId);
    const address = `/v1/api-keys/${formatId('key', id)}`;
    const first = await api.http.delete(address).auth(tenant.key, { type: 'bearer' }).expect(200);
    const second = await api.http.delete(address).auth(tenant.key, { type: 'bearer' }).expect(200);
    expect(second.body.revoked_at).toBe(first.body.revoked_at);
  });

  it('a key that was used says when', async () => {
    const { id, key } = await api.createKey(tenant.tenantId);
    await api.http.get('/v1/voices').auth(key, { type: 'bearer' }).expect(200);
    await expect
      .poll(async () => (await api.http.get(`/v1/api-keys/${formatId('key', id)}`).auth(tenant.key, { type: 'bearer' })).body.last_used_at, { timeout: 10_000 })
      .not.toBeNull();
  });
});
