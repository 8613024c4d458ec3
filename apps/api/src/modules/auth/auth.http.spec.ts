import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestTenant } from '../../testing/test-app';

describe('signing in', () => {
  let api: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    api = await createTestApp();
    tenant = await api.createTenant();
  });
  afterAll(() => api?.close());

  it('is 200 with a cookie that scripts and other sites cannot use', async () => {
    const member = await api.createMember(tenant.tenantId, 'owner');
    const { headers, body } = await api.http.post('/auth/sign-in').send({ email: member.email.toUpperCase(), password: member.password }).expect(200);
    expect(String(headers['set-cookie'])).toMatch(/^visavis_session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(body).toMatchObject({ user: { email: member.email }, role: 'owner' });
  });

  it('sets a Secure cookie where the public address is https', async () => {
    const secure = await api.another({ PUBLIC_URL: 'https://api.test' });
    try {
      const { email, password } = await api.createMember(tenant.tenantId, 'owner');
      const { headers } = await secure.http.post('/auth/sign-in').send({ email, password }).expect(200);
      expect(String(headers['set-cookie'])).toContain('; Secure');
      expect(headers['strict-transport-security']).toBeDefined();
    } finally {
      await secure.close();
    }
  });

  it('stores no token, only its hash', async () => {
    const cookie = await api.signIn(await api.createMember(tenant.tenantId, 'viewer'));
    const rows = await api.database.db.systemSql<{ text: string }>('SELECT dashboard_sessions::text AS text FROM dashboard_sessions');
    expect(JSON.stringify(rows)).not.toContain(cookie.split('=')[1]);
  });

  it('is 401 in the same words for a wrong password and an unknown email', async () => {
    const member = await api.createMember(tenant.tenantId, 'owner');
    const wrong = await api.http.post('/auth/sign-in').send({ email: member.email, password: 'wrong' }).expect(401);
    const unknown = await api.http.post('/auth/sign-in').send({ email: 'nobody@example.com', password: 'wrong' }).expect(401);
    expect(wrong.body.detail).toBe(unknown.body.detail);
    expect(wrong.headers['set-cookie']).toBeUndefined();
  });

  it('is 400 without a password', async () => {
    const { body } = await api.http.post('/auth/sign-in').send({ email: 'a@example.com' }).expect(400);
    expect(body.errors).toEqual([{ path: 'password', message: 'is required' }]);
  });

  it('is 403 from another site', async () => {
    const member = await api.createMember(tenant.tenantId, 'owner');
    await api.http.post('/auth/sign-in').set('sec-fetch-site', 'cross-site').send({ email: member.email, password: member.password }).expect(403);
  });

  it('is 429 after too many attempts at one account, with the right password too', async () => {
    const member = await api.createMember(tenant.tenantId, 'owner');
    for (let attempt = 0; attempt < 10; attempt += 1) await api.http.post('/auth/sign-in').send({ email: member.email, password: 'wrong' }).expect(401);
    const { headers } = await api.http.post('/auth/sign-in').send({ email: member.email, password: member.password }).expect(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });

  it('GET /auth/me is 200 for who is signed in and 401 for who is not', async () => {
    const member = await api.createMember(tenant.tenantId, 'developer');
    const { body } = await api.http.get('/auth/me').set('cookie', await api.signIn(member)).expect(200);
    expect(body).toMatchObject({ user: { email: member.email }, role: 'developer' });
    await api.http.get('/auth/me').expect(401);
  });

  it('POST /auth/sign-out is 204 and ends the session on the server', async () => {
    const cookie = await api.signIn(await api.createMember(tenant.tenantId, 'viewer'));
    const { headers } = await api.http.post('/auth/sign-out').set('cookie', cookie).set('sec-fetch-site', 'same-origin').expect(204);
    expect(String(headers['set-cookie'])).toContain('Max-Age=0');
    await api.http.get('/auth/me').set('cookie', cookie).expect(401);
  });
});
