import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenScope } from '@visavis/contracts';
import { formatId } from '@visavis/ids';
import { createTestApp, PUBLIC_URL, WORKER_TOKEN, type TestApp, type TestTenant } from '../testing/test-app';
import { ClientTokens } from './client-tokens.service';

describe('access', () => {
  let api: TestApp;
  let tenant: TestTenant;
  let sessionId: string;
  beforeAll(async () => {
    api = await createTestApp();
    tenant = await api.createTenant({ allowedOrigins: ['https://shop.example'] });
    sessionId = await api.createSession(tenant);
  });
  afterAll(() => api?.close());

  const token = async (scopes: TokenScope[], ttlS = 60, session = sessionId) =>
    (await api.app.get(ClientTokens).issue({ sessionId: session, tenantId: tenant.tenantId, scopes, ttlS })).token;
  const session = () => `/v1/sessions/${formatId('ses', sessionId)}`;

  describe('by API key', () => {
    it('is 401 without credentials, and says what to send', async () => {
      const { body, headers } = await api.http.get('/v1/avatars').expect(401);
      expect(headers['www-authenticate']).toContain('Bearer');
      expect(headers['content-type']).toContain('application/problem+json');
      expect(body).toMatchObject({ code: 'unauthenticated', request_id: headers['x-request-id'] });
    });

    it.each([
      ['a key that nobody has', () => tenant.key.slice(0, -1) + (tenant.key.endsWith('0') ? '1' : '0')],
      ['a text that is no key', () => 'vv_live_nonsense'],
    ])('is 401 for %s', async (_name, key) => {
      await api.http.get('/v1/avatars').auth(key(), { type: 'bearer' }).expect(401);
    });

    it('is 401 for a key that has expired', async () => {
      const { key } = await api.createKey(tenant.tenantId, ['avatars:read'], new Date(Date.now() - 1000));
      await api.http.get('/v1/avatars').auth(key, { type: 'bearer' }).expect(401);
    });

    it('is 403 without the scope of the route', async () => {
      const { key } = await api.createKey(tenant.tenantId, ['avatars:read']);
      const { body } = await api.http.get('/v1/sessions').auth(key, { type: 'bearer' }).expect(403);
      expect(body).toMatchObject({ code: 'insufficient_scope', detail: expect.stringContaining('sessions:read') });
    });

    it('is 200 from an origin that the account allows', async () => {
      const { headers } = await api.http.get('/v1/avatars').set('origin', 'https://shop.example').auth(tenant.key, { type: 'bearer' }).expect(200);
      expect(headers['access-control-allow-origin']).toBe('https://shop.example');
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    });

    it('is 403 from another origin, which can read why', async () => {
      const { headers, body } = await api.http.get('/v1/avatars').set('origin', 'https://evil.example').auth(tenant.key, { type: 'bearer' }).expect(403);
      expect(body.code).toBe('forbidden');
      expect(headers['access-control-allow-origin']).toBe('https://evil.example');
    });

    it('carries RateLimit headers', async () => {
      const { headers } = await api.http.get('/v1/avatars').auth(tenant.key, { type: 'bearer' }).expect(200);
      expect(Number(headers['ratelimit-limit'])).toBe(6000);
      expect(Number(headers['ratelimit-remaining'])).toBeLessThan(6000);
      expect(Number(headers['ratelimit-reset'])).toBeLessThanOrEqual(60);
    });
  });

  describe('by client token', () => {
    it('is 200 for its own session in a header', async () => {
      await api.http.get(session()).auth(await token(['view']), { type: 'bearer' }).expect(200);
    });

    it('is 200 with ?token= on a GET', async () => {
      await api.http.get(`${session()}?token=${await token(['view'])}`).expect(200);
    });

    it('is 401 with ?token= on anything else', async () => {
      await api.http.post(`${session()}/keep-alive?token=${await token(['control'])}`).expect(401);
    });

    it('is 404 for another session of the same tenant', async () => {
      const other = await api.createSession(tenant);
      await api.http.get(`/v1/sessions/${formatId('ses', other)}`).auth(await token(['view']), { type: 'bearer' }).expect(404);
    });

    it('is 403 without the scope', async () => {
      expect((await api.http.delete(session()).auth(await token(['view']), { type: 'bearer' }).expect(403)).body.code).toBe('insufficient_scope');
    });

    it('is 403 on routes for keys', async () => {
      await api.http.get('/v1/avatars').auth(await token(['view', 'speak', 'control']), { type: 'bearer' }).expect(403);
    });

    it('is 401 once it has expired, and says so', async () => {
      const { body } = await api.http.get(session()).auth(await token(['view'], -1), { type: 'bearer' }).expect(401);
      expect(body.detail).toContain('expired');
    });

    it('is 401 when anything in it was changed', async () => {
      const [head, payload, signature] = (await token(['view'])).split('.') as [string, string, string];
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
      const forged = Buffer.from(JSON.stringify({ ...claims, scopes: ['view', 'control'] })).toString('base64url');
      await api.http.get(session()).auth(`${head}.${forged}.${signature}`, { type: 'bearer' }).expect(401);
      const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
      await api.http.get(session()).auth(`${unsigned}.${payload}.`, { type: 'bearer' }).expect(401);
    });
  });

  describe('by cookie', () => {
    let cookie: string;
    beforeAll(async () => {
      cookie = await api.signIn(await api.createMember(tenant.tenantId, 'viewer'));
    });

    it('is 200 for reading', async () => {
      await api.http.get('/v1/avatars').set('cookie', cookie).expect(200);
    });

    it('is 403 for what needs a higher role', async () => {
      const { body } = await api.http.post('/v1/api-keys').set('cookie', cookie).set('sec-fetch-site', 'same-origin').send({ name: 'x' }).expect(403);
      expect(body.detail).toContain('admin');
    });

    it.each([
      ['from another site', { 'sec-fetch-site': 'cross-site' }],
      ['from another origin of the same site', { 'sec-fetch-site': 'same-site' }],
      ['from a foreign Origin', { origin: 'https://evil.example' }],
      ['without saying where from', {}],
    ])('is 403 for a write %s', async (_name, headers: Record<string, string>) => {
      const admin = await api.signIn(await api.createMember(tenant.tenantId, 'admin'));
      await api.http.post('/v1/api-keys').set('cookie', admin).set(headers).send({ name: 'x' }).expect(403);
    });

    it('is 201 for a write from the dashboard itself', async () => {
      const admin = await api.signIn(await api.createMember(tenant.tenantId, 'admin'));
      await api.http.post('/v1/api-keys').set('cookie', admin).set('origin', PUBLIC_URL).send({ name: 'x' }).expect(201);
    });

    it('is 401 for a member who has left', async () => {
      const member = await api.createMember(tenant.tenantId, 'viewer');
      const left = await api.signIn(member);
      await api.http.get('/v1/avatars').set('cookie', left).expect(200);
      await api.database.ownerSql('DELETE FROM memberships WHERE user_id = $1', [member.userId]);
      await api.http.get('/v1/avatars').set('cookie', left).expect(401);
    });
  });

  describe('by worker token', () => {
    it('is 401 without it, with a key, and with another one', async () => {
      const address = `/internal/worker/avatars/${formatId('avt', tenant.avatarId)}/grant`;
      await api.http.get(address).expect(401);
      await api.http.get(address).auth(tenant.key, { type: 'bearer' }).expect(401);
      await api.http.get(address).auth(`${WORKER_TOKEN}x`, { type: 'bearer' }).expect(401);
    });
  });

  it('preflights are answered for everyone', async () => {
    const { headers } = await api.http.options('/v1/sessions').set({ origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization, content-type' }).expect(204);
    expect(headers['access-control-allow-origin']).toBe('https://evil.example');
    expect(headers['access-control-allow-headers']).toContain('authorization');
  });

  it('too many wrong keys from one address are 429 with Retry-After', async () => {
    const statuses = new Set<number>();
    let retryAfter: string | undefined;
    for (let attempt = 0; attempt < 70 && retryAfter === undefined; attempt += 1) {
      const answer = await api.http.get('/v1/avatars').auth('vv_live_wrong', { type: 'bearer' });
      statuses.add(answer.status);
      retryAfter = answer.headers['retry-after'];
    }
    expect([...statuses].sort()).toEqual([401, 429]);
    expect(Number(retryAfter)).toBeGreaterThan(0);
  });
});
