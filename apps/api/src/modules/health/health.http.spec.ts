import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/test-app';

describe('health', () => {
  let api: TestApp;
  beforeAll(async () => (api = await createTestApp()));
  afterAll(() => api.close());

  it('GET /healthz is 200 while the process lives', async () => {
    await api.http.get('/healthz').expect(200, { status: 'ok' });
  });

  it('GET /readyz is 200 and names every dependency', async () => {
    const { body } = await api.http.get('/readyz').expect(200);
    expect(body).toMatchObject({ status: 'ready', failing: [], checks: { postgres: { ok: true }, redis: { ok: true }, s3: { ok: true } } });
  });

  it('GET /metrics is 200 from this machine and counts requests by route', async () => {
    await api.http.get('/healthz').expect(200);
    const { text } = await api.http.get('/metrics').expect(200);
    expect(text).toContain('visavis_http_request_duration_seconds_count{method="GET",route="/healthz",status="200"}');
  });

  it('GET /metrics is 404 for who comes through a proxy', async () => {
    await api.http.get('/metrics').set('x-forwarded-for', '203.0.113.7').expect(404);
  });
});
