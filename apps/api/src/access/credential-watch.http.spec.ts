import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { formatId } from '@visavis/ids';
import { createTestApp, type TestApp, type TestTenant } from '../testing/test-app';
import { ClientTokens } from './client-tokens.service';

describe('a connection that outlives its credentials', () => {
  let api: TestApp;
  let tenant: TestTenant;
  let sessionId: string;
  beforeAll(async () => {
    api = await createTestApp();
    tenant = await api.createTenant();
    sessionId = await api.createSession(tenant);
  });
  afterAll(() => api?.close());

  const address = () => `/v1/sessions/${formatId('ses', sessionId)}`;
  const follow = async (headers: Record<string, string>) => {
    const answer = await fetch(`${api.url}${address()}/events`, { headers: { accept: 'text/event-stream', ...headers } });
    expect(answer.status).toBe(200);
    return answer.text();
  };
  const open = async (headers: Record<string, string>) => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}${address()}/ws`, { headers });
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    return { closed };
  };
  const revoke = (id: string) => api.http.delete(`/v1/api-keys/${formatId('key', id)}`).auth(tenant.key, { type: 'bearer' }).expect(200);

  it('ends when the key is revoked: a stream and a socket', async () => {
    const { id, key } = await api.createKey(tenant.tenantId);
    const stream = follow({ authorization: `Bearer ${key}` });
    const socket = await open({ authorization: `Bearer ${key}` });
    await revoke(id);
    expect(await socket.closed).toBe(1008);
    await stream;
  });

  it('ends when the key is revoked on another node', async () => {
    const other = await api.another();
    try {
      const { id, key } = await api.createKey(tenant.tenantId);
      const socket = await open({ authorization: `Bearer ${key}` });
      await other.http.delete(`/v1/api-keys/${formatId('key', id)}`).auth(tenant.key, { type: 'bearer' }).expect(200);
      expect(await socket.closed).toBe(1008);
    } finally {
      await other.close();
    }
  });

  it('ends when the token runs out', async () => {
    const { token } = await api.app.get(ClientTokens).issue({ sessionId, tenantId: tenant.tenantId, scopes: ['view'], ttlS: 2 });
    const socket = await open({ authorization: `Bearer ${token}` });
    expect(await socket.closed).toBe(1008);
  });

  it('ends when its member signs out', async () => {
    const cookie = await api.signIn(await api.createMember(tenant.tenantId, 'developer'));
    const stream = follow({ cookie });
    await api.http.post('/auth/sign-out').set('cookie', cookie).set('sec-fetch-site', 'same-origin').expect(204);
    await stream;
  });

  it('ends even if the message about it was lost', async () => {
    const { id, key } = await api.createKey(tenant.tenantId);
    const socket = await open({ authorization: `Bearer ${key}` });
    await api.database.db.tenantSql(tenant.tenantId, 'UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);
    expect(await socket.closed).toBe(1008);
  });
});
