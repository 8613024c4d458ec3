import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatId } from '@visavis/ids';
import { createLogger } from '@visavis/logging';
import { ClientTokens } from '../access/client-tokens.service';
import { createTestApp, WORKER_TOKEN, type TestApp, type TestTenant } from '../testing/test-app';

describe('the log of requests', () => {
  let api: TestApp;
  let tenant: TestTenant;
  const text: string[] = [];
  beforeAll(async () => {
    api = await createTestApp({}, createLogger({ app: 'api', level: 'trace', destination: { write: (line: string) => void text.push(line) } }));
    tenant = await api.createTenant();
  });
  afterAll(() => api?.close());

  const lines = () => text.map((line) => JSON.parse(line) as Record<string, unknown>);

  it('has a line per request, with its route, ids and outcome', async () => {
    const sessionId = await api.createSession(tenant);
    const { token } = await api.app.get(ClientTokens).issue({ sessionId, tenantId: tenant.tenantId, scopes: ['view'], ttlS: 60 });
    const answer = await api.http.get(`/v1/sessions/${formatId('ses', sessionId)}?token=${token}`).expect(200);
    await expect.poll(() => lines().find((line) => line.request_id === answer.headers['x-request-id'] && line.message === 'request')).toMatchObject({
      method: 'GET',
      route: '/v1/sessions/:id',
      status: 200,
      tenant_id: formatId('ten', tenant.tenantId),
      session_id: formatId('ses', sessionId),
    });
  });

  it('keeps the ids for what is logged after a body was read', async () => {
    const answer = await api.http.post('/v1/avatars').auth(tenant.key, { type: 'bearer' }).field('name', 'x').expect(400);
    await expect.poll(() => lines().find((line) => line.request_id === answer.headers['x-request-id'] && line.message === 'request')).toMatchObject({ tenant_id: formatId('ten', tenant.tenantId) });
  });

  it('never has a secret, whichever way it came', async () => {
    const member = await api.createMember(tenant.tenantId, 'admin');
    const cookie = await api.signIn(member);
    const sessionId = await api.createSession(tenant);
    const { token } = await api.app.get(ClientTokens).issue({ sessionId, tenantId: tenant.tenantId, scopes: ['view', 'speak'], ttlS: 60 });
    const created = await api.http.post('/v1/api-keys').auth(tenant.key, { type: 'bearer' }).set('idempotency-key', 'a').send({ name: 'x' }).expect(201);
    await api.http.get(`/v1/sessions/${formatId('ses', sessionId)}?token=${token}`).expect(200);
    await api.http.get(`/v1/nothing?token=${token}`).expect(404);
    await api.http.post(`/v1/sessions/${formatId('ses', sessionId)}/speak`).auth(token, { type: 'bearer' }).send({ text: 'Sehr geheim', colour: 'red' }).expect(400);
    await api.http.get('/auth/me').set('cookie', cookie).expect(200);
    await api.http.get('/internal/worker/avatars/avt_1/grant').auth(WORKER_TOKEN, { type: 'bearer' }).expect(404);
    const all = text.join('');
    for (const secret of [tenant.key, created.body.key, token, cookie.split('=')[1], member.password, member.email, WORKER_TOKEN, 'Sehr geheim']) expect(all).not.toContain(secret);
  });
});
