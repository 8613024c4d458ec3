import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatId } from '@visavis/ids';
import { createTestApp, type TestApp, type TestTenant } from '../testing/test-app';

describe('any request', () => {
  let api: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    api = await createTestApp();
    tenant = await api.createTenant();
  });
  afterAll(() => api?.close());

  const post = (body: string | Buffer, type = 'application/json') => api.http.post('/v1/api-keys').auth(tenant.key, { type: 'bearer' }).set('content-type', type).send(body);

  it('has an id, the caller\'s own if it gave a harmless one', async () => {
    expect((await api.http.get('/healthz')).headers['x-request-id']).toMatch(/^req_/);
    expect((await api.http.get('/healthz').set('x-request-id', 'trace-0123456789')).headers['x-request-id']).toBe('trace-0123456789');
    expect((await api.http.get('/healthz').set('x-request-id', '<script>alert(1)</script>')).headers['x-request-id']).toMatch(/^req_/);
  });

  it('gets the headers that keep browsers careful', async () => {
    const { headers } = await api.http.get('/v1/avatars');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('is 404 as a problem where there is nothing', async () => {
    const { body, headers } = await api.http.get('/v1/nothing').expect(404);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({ code: 'not_found', status: 404, request_id: headers['x-request-id'] });
  });

  it('is 405 with Allow where another method would do', async () => {
    const { headers } = await api.http.put('/v1/avatars').expect(405);
    expect(headers.allow).toBe('GET, HEAD, POST');
  });

  it('is 400 for JSON that cannot be read', async () => {
    expect((await post('{"name":').expect(400)).body).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('JSON') });
  });

  it('is 400 for JSON with a prototype in it', async () => {
    await post('{"__proto__":{"admin":true},"name":"x"}').expect(400);
  });

  it('is 400 for a body that is no object', async () => {
    await post('"text"').expect(400);
    await post('null').expect(400);
  });

  it('is 415 for a type that nobody takes', async () => {
    expect((await post('<xml/>', 'application/xml').expect(415)).body.code).toBe('unsupported_media_type');
  });

  it('is 413 for a body that is too large', async () => {
    expect((await post(JSON.stringify({ name: 'x'.repeat(1024 * 1024 + 1) })).expect(413)).body.code).toBe('payload_too_large');
  });

  it('may be larger where a route takes audio, and is 413 beyond that', async () => {
    const session = formatId('ses', await api.createSession(tenant));
    const speak = (bytes: number) => {
      const wav = Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'), Buffer.alloc(bytes)]);
      return api.http.post(`/v1/sessions/${session}/speak`).auth(tenant.key, { type: 'bearer' }).send({ audio: wav.toString('base64') });
    };
    await speak(3 * 1024 * 1024).expect(202);
    await speak(16 * 1024 * 1024).expect(413);
  });

  it('may say JSON without a body', async () => {
    await api.http.delete('/v1/api-keys/key_019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d10').auth(tenant.key, { type: 'bearer' }).set('content-type', 'application/json').expect(404);
  });

  it('is 400 for an address that cannot be decoded', async () => {
    const { body } = await api.http.get('/v1/avatars/%E0%A4%A').auth(tenant.key, { type: 'bearer' }).expect(400);
    expect(body.code).toBe('invalid_request');
  });

  it('is 429 when a key has used up its minute, and says when it may come back', async () => {
    const limited = await api.another({ RATE_LIMIT_PER_MINUTE: '3' });
    try {
      const { key } = await api.createTenant();
      const get = () => limited.http.get('/v1/voices').auth(key, { type: 'bearer' });
      for (const remaining of ['2', '1', '0']) expect((await get().expect(200)).headers['ratelimit-remaining']).toBe(remaining);
      const { body, headers } = await get().expect(429);
      expect(body.code).toBe('rate_limited');
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(headers['ratelimit-limit']).toBe('3');
    } finally {
      await limited.close();
    }
  });
});
