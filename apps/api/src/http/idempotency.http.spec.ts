import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestTenant } from '../testing/test-app';

describe('Idempotency-Key', () => {
  let api: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    api = await createTestApp();
    tenant = await api.createTenant();
  });
  afterAll(() => api?.close());

  const create = (key: string, body: object = { name: 'Backend' }, apiKey = tenant.key) =>
    api.http.post('/v1/api-keys').auth(apiKey, { type: 'bearer' }).set('idempotency-key', key).send(body);

  it('gives the first answer again, secret and all, and does nothing twice', async () => {
    const first = await create('one').expect(201);
    const second = await create('one').expect(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.headers.location).toBe(first.headers.location);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
  });

  it('keeps no answer in clear', async () => {
    const { body } = await create('secret').expect(201);
    const rows = await api.database.db.tenantSql<{ response_encrypted: Buffer }>(tenant.tenantId, "SELECT response_encrypted FROM idempotency_keys WHERE key LIKE '%secret'");
    expect(rows).toHaveLength(1);
    expect(rows[0]!.response_encrypted.toString('latin1')).not.toContain(String(body.key).slice(0, 12));
  });

  it('is 422 with another body', async () => {
    await create('two').expect(201);
    expect((await create('two', { name: 'Other' }).expect(422)).body.code).toBe('idempotency_key_reused');
  });

  it('may be tried again after a failure', async () => {
    await create('three', { name: 'x', expires_at: '2020-01-01T00:00:00Z' }).expect(400);
    await create('three', { name: 'x' }).expect(201);
  });

  it('runs once for requests at the same time: the others get the answer or a 409', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => create('race')));
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect(new Set(answers.filter((answer) => answer.status === 201).map((answer) => String(answer.body.id))).size).toBe(1);
  });

  it('is each tenant\'s own', async () => {
    const other = await api.createTenant();
    const first = await create('shared').expect(201);
    const second = await create('shared', { name: 'Backend' }, other.key).expect(201);
    expect(second.body.id).not.toBe(first.body.id);
  });

  it('is 400 when it is too long', async () => {
    await create('x'.repeat(256)).expect(400);
  });
});
