import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedger } from '@visavis/credits';
import { createTestApp, type TestApp, type TestTenant } from '../../testing/test-app';

describe('account', () => {
  let api: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    api = await createTestApp();
    tenant = await api.createTenant();
    const ledger = createLedger(api.database.db);
    await ledger.grant(tenant.tenantId, 10_000_000n, { idempotencyKey: 'test' });
    const sessionId = await api.createSession(tenant);
    await ledger.placeHold(tenant.tenantId, sessionId, 1_000_000n);
    await ledger.recordSlices([
      { sessionId, epoch: 1, slice: 1, mediaMs: 20_000 },
      { sessionId, epoch: 1, slice: 2, mediaMs: 10_500 },
    ]);
  });
  afterAll(() => api?.close());

  const get = (path: string, key = tenant.key) => api.http.get(path).auth(key, { type: 'bearer' });

  it('GET /v1/credits is 200 with what can be spent and what is held', async () => {
    const { body } = await get('/v1/credits').expect(200);
    expect(body).toEqual({ available: 9, held: 1, available_micro_credits: '9000000', held_micro_credits: '1000000', credits_per_minute: 1 });
  });

  it('GET /v1/credits is 403 without billing:read', async () => {
    const { key } = await api.createKey(tenant.tenantId, ['sessions:read']);
    await get('/v1/credits', key).expect(403);
  });

  it('GET /v1/usage is 200 with days that add up', async () => {
    const { body } = await get('/v1/usage').expect(200);
    expect(body).toMatchObject({ sessions: 1, billed_seconds: 30.5, credits: 0.508333 });
    expect(body.days).toEqual([{ date: new Date().toISOString().slice(0, 10), sessions: 1, billed_seconds: 30.5, credits: 0.508333 }]);
  });

  it('GET /v1/usage is empty for a time without sessions', async () => {
    expect((await get('/v1/usage?from=2026-01-01&to=2026-01-02').expect(200)).body).toMatchObject({ sessions: 0, credits: 0, days: [] });
  });

  it.each(['from=yesterday', 'from=2026-02-01&to=2026-01-01', 'from=2020-01-01&to=2026-01-01'])('GET /v1/usage?%s is 400', async (query) => {
    expect((await get(`/v1/usage?${query}`).expect(400)).body.errors[0].path).toBe('from');
  });
});
