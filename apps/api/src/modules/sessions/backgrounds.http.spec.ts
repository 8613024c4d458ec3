// Real: the API, PostgreSQL, Redis, S3, mediasoup. The worker is this test, and so is the server of pictures.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedger } from '@visavis/credits';
import { formatId } from '@visavis/ids';
import { createFleet, createRedis, SLOT_PIXELS, type Fleet, type Redis } from '@visavis/queue';
import { createTestApp, WORKER_TOKEN, type TestApp, type TestTenant } from '../../testing/test-app';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('a session’s background', () => {
  let api: TestApp;
  let redis: Redis;
  let fleet: Fleet;
  let tenant: TestTenant;
  let server: Server;
  let base: string;
  let picture: Buffer;
  let beating: NodeJS.Timeout;

  beforeAll(async () => {
    api = await createTestApp({ SAFE_FETCH_ALLOW_HOSTS: '127.0.0.1' });
    redis = createRedis(process.env['TEST_REDIS_URL'] ?? '');
    fleet = createFleet(redis);
    picture = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#336699' } }).png().toBuffer();
    server = createServer((request, response) => {
      if (request.url === '/office.png') response.end(picture);
      else if (request.url === '/page.html') response.end('<!doctype html>');
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    tenant = await api.createTenant();
    await createLedger(api.database.db).grant(tenant.tenantId, 100_000_000n, { idempotencyKey: 'test' });
    const beat = () => fleet.beat({ workerId: 'w', slots: 6, draining: false, warmAvatarIds: [], info: {} });
    await beat();
    beating = setInterval(() => void beat(), 500);
  });
  afterAll(async () => {
    clearInterval(beating);
    server.close();
    await api.close();
    redis.disconnect();
  });

  const create = (body: object) => api.http.post('/v1/sessions').set(bearer(tenant.key)).send({ avatar_id: formatId('avt', tenant.avatarId), ...body });
  const claim = (id: string) => api.http.post(`/internal/worker/sessions/${id}/claim`).set(bearer(WORKER_TOKEN)).send({ epoch: 1, worker_id: 'w' });
  const end = (id: string) => api.http.delete(`/v1/sessions/${id}`).set(bearer(tenant.key)).expect(200);

  it('is what the upload has, unless it is asked for', async () => {
    const { body } = await create({});
    expect(body).toMatchObject({ background: { type: 'keep' }, video: { width: 512, coded_width: 512, coded_height: 512 } });
    expect((await claim(body.id)).body).toMatchObject({ background: { type: 'keep' }, resume: { cues: [], cue_number: 0 } });
    await end(body.id);
  });

  it.each([
    [{ type: 'color', color: '#1f6feB' }, { type: 'color', color: '#1f6feB' }],
    [{ type: 'green' }, { type: 'green' }],
    [{ type: 'blur' }, { type: 'blur', strength: 0.5 }],
  ])('%j is kept with the session and told to its worker', async (background, kept) => {
    const { body } = await create({ background });
    expect(body.background).toEqual(kept);
    expect((await api.http.get(`/v1/sessions/${body.id}`).set(bearer(tenant.key))).body.background).toEqual(kept);
    expect((await claim(body.id)).body.background).toEqual(kept);
    await end(body.id);
  });

  it('that is transparent makes the video twice as wide, which counts', async () => {
    const before = await fleet.freeSlots();
    const { body } = await create({ background: { type: 'transparent' } });
    expect(body.video).toEqual({ width: 512, height: 512, fps: 25, codec: 'h264', coded_width: 1024, coded_height: 512 });
    expect((await claim(body.id)).body).toMatchObject({ background: { type: 'transparent' }, video: { width: 512, height: 512 } });
    const [row] = await api.database.ownerSql<{ weight_pixels: number }>('SELECT weight_pixels FROM sessions WHERE id = $1', [body.id.slice(4)]);
    expect(row?.weight_pixels).toBe(2 * SLOT_PIXELS);
    expect(await fleet.freeSlots()).toBe(before - 2);
    await end(body.id);
    for (const size of [{ width: 1024, height: 480 }, { width: 960, height: 1280 }]) {
      expect((await create({ background: { type: 'transparent' }, video: size })).body).toMatchObject({ status: 400, errors: [{ path: 'video', message: expect.stringContaining('twice as wide') }] });
    }
  });

  it('that is a picture is fetched once, lies in our storage while the session lasts, and is gone with it', async () => {
    const { body } = await create({ background: { type: 'image', image_url: `${base}/office.png` } });
    expect(body.background).toEqual({ type: 'image', image_url: `${base}/office.png` });
    const { background } = (await claim(body.id)).body;
    expect(background.type).toBe('image');
    expect(background.url).not.toContain(base);
    expect(Buffer.from(await (await fetch(background.url)).arrayBuffer()).equals(picture)).toBe(true);
    await end(body.id);
    expect((await fetch(background.url)).status).toBe(404);
  });

  it.each([
    ['/page.html', 'is not a JPEG, PNG, WebP or AVIF picture'],
    ['/nothing.png', '404'],
  ])('that lies at %s is refused, and nothing is left behind', async (path, reason) => {
    const before = await fleet.freeSlots();
    const { body } = await create({ background: { type: 'image', image_url: base + path } });
    expect(body).toMatchObject({ status: 400, errors: [{ path: 'background.image_url' }] });
    expect(body.detail).toContain(reason);
    expect(await fleet.freeSlots()).toBe(before);
  });

  it.each([
    [{ type: 'colour', color: '#ffffff' }, 'background'],
    [{ type: 'color', color: 'red' }, 'background.color'],
    [{ type: 'color' }, 'background.color'],
    [{ type: 'blur', strength: 2 }, 'background.strength'],
    [{ type: 'image', image_url: 'file:///etc/passwd' }, 'background.image_url'],
    [{ type: 'image', image_url: 'http://169.254.169.254/x.png' }, 'background.image_url'],
  ])('%j is refused', async (background, path) => {
    const { body } = await create({ background });
    expect(body.status).toBe(400);
    expect(body.errors[0].path).toMatch(path);
  });
});
