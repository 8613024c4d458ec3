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
    expect(body).toMatchObject({ status: 'ready', failing: [], checks: { postgres: { ok: true }, redis: { ok: true }, s3: { ok: true }, media: { ok: true } } });
  });

  it('GET /metrics is 200 from this machine and counts requests by route', async () => {
    await api.http.get('/healthz').expect(200);
    const { text } = await api.http.get('/metrics').expect(200);
    expect(text).toContain('visavis_http_request_duration_seconds_count{method="GET",route="/healthz",status="200"}');
  });

  it('GET /metrics counts sessions, viewers and waiting work', async () => {
    const tenant = await api.createTenant();
    await api.createSession(tenant);
    const { text } = await api.http.get('/metrics').expect(200);
    expect(text).toContain('visavis_sessions{state="live"} 1');
    expect(text).toContain('visavis_sessions{state="starting"} 0');
    expect(text).toContain('visavis_viewers 0');
    expect(text).toMatch(/visavis_avatar_preparation_jobs\{state="waiting"\} \d/);
    expect(text).toMatch(/visavis_media_worker_memory_bytes\{worker="0"\} \d{6}/);
  });

  it('GET /metrics wants the token where there is one', async () => {
    const other = await api.another({ METRICS_TOKEN: 'a-token-for-metrics' });
    try {
      await other.http.get('/metrics').expect(404);
      await other.http.get('/metrics').auth('a-token-for-metrics', { type: 'bearer' }).expect(200);
    } finally {
      await other.close();
    }
  });

  it('GET /metrics is 404 for who comes through a proxy', async () => {
    await api.http.get('/metrics').set('x-forwarded-for', '203.0.113.7').expect(404);
  });
});
