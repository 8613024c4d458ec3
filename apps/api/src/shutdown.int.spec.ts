import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatId } from '@visavis/ids';
import { createLogger } from '@visavis/logging';
import { shutDown } from './shutdown';
import { createTestApp, type TestApp, type TestTenant } from './testing/test-app';

describe('stopping', () => {
  let api: TestApp;
  let tenant: TestTenant;
  beforeEach(async () => {
    api = await createTestApp();
    tenant = await api.createTenant();
  });
  afterEach(() => api?.database.drop());

  const silent = createLogger({ app: 'test', level: 'silent' });

  it('finishes the request in hand, says that it is not ready, and ends streams', async () => {
    const sessionId = formatId('ses', await api.createSession(tenant));
    const events = await fetch(`${api.url}/v1/sessions/${sessionId}/events`, { headers: { authorization: `Bearer ${tenant.key}`, accept: 'text/event-stream' } });
    const streamEnded = events.text().then(
      () => 'ended',
      () => 'ended',
    );

    // Half a body is on its way when the signal comes.
    const body = JSON.stringify({ name: 'Made while stopping' });
    const slow = request(`${api.url}/v1/api-keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    const answered = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      slow.on('response', (response) => void text(response).then((answer) => resolve({ status: response.statusCode, body: answer })));
      slow.on('error', reject);
    });
    slow.write(body.slice(0, 5));
    await expect.poll(async () => (await api.http.get('/metrics')).status).toBe(200);

    const stopped = shutDown(api.app, silent);
    expect((await api.http.get('/readyz').expect(503)).body.status).toBe('stopping');
    slow.end(body.slice(5));
    expect((await answered).status).toBe(201);
    await stopped;
    expect(await streamEnded).toBe('ended');
    await expect(fetch(`${api.url}/healthz`)).rejects.toThrow();
  });

  it('does not wait for ever for a request that hangs', async () => {
    const hanging = request(`${api.url}/v1/api-keys`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': 10 } });
    hanging.on('error', () => undefined);
    hanging.write('{');
    await expect.poll(async () => (await api.http.get('/healthz')).status).toBe(200);
    await shutDown(api.app, silent, 200);
    await expect(fetch(`${api.url}/healthz`)).rejects.toThrow();
  });
});
