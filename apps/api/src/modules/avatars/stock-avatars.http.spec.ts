// Real: the API, PostgreSQL, Redis, S3. The worker is this test.
import { Queue } from 'bullmq';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedger } from '@visavis/credits';
import { formatId } from '@visavis/ids';
import { AVATAR_PREPARE_QUEUE, createFleet, createQueueConnection, createRedis, QUEUE_PREFIX, type Redis } from '@visavis/queue';
import { createTestApp, WORKER_TOKEN, type TestApp, type TestTenant } from '../../testing/test-app';
import { PreparationSweep } from './preparation-sweep';
import { StockAvatars } from './stock-avatars.service';

const clip = Buffer.concat([Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1'), Buffer.alloc(5000, 7)]);
const ENTRIES = [
  { slug: 'griet', name: 'Griet', kind: 'painting', file: 'griet.jpg', credit: 'Johannes Vermeer, about 1665', voice: 'en-us-slt', preview: 'griet.mp4' },
  { slug: 'lisa', name: 'Lisa', kind: 'painting', file: 'lisa.jpg', credit: 'Leonardo da Vinci', voice: 'it' },
  { slug: 'nikolai', name: 'Nikolai', kind: 'painting', file: 'nikolai.jpg' },
];

describe('stock avatars', () => {
  let api: TestApp;
  let folder: string;
  let tenant: TestTenant;
  let other: TestTenant;
  let queue: Queue;
  let connection: Redis;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'visavis-stock-test-'));
    for (const [index, { file }] of ENTRIES.entries()) await writeFile(join(folder, file), await portrait(index));
    await writeFile(join(folder, 'griet.mp4'), clip);
    await writeFile(join(folder, 'stock.json'), JSON.stringify(ENTRIES));
    api = await createTestApp({ STOCK_AVATARS_DIR: folder });
    [tenant, other] = [await api.createTenant(), await api.createTenant()];
    connection = createQueueConnection(process.env.TEST_REDIS_URL!);
    queue = new Queue(AVATAR_PREPARE_QUEUE, { connection, prefix: QUEUE_PREFIX });
    for (let i = 0; i < 200 && (await list(tenant)).length < ENTRIES.length; i++) await new Promise((resolve) => setTimeout(resolve, 25));
  });
  afterAll(async () => {
    await queue?.drain(true);
    await queue?.close();
    connection?.disconnect();
    await api?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const portrait = (shade: number) => sharp({ create: { width: 64, height: 64, channels: 3, background: { r: 60 * shade, g: 90, b: 120 } } }).jpeg().toBuffer();
  const get = (path: string, { key }: TestTenant) => api.http.get(path).auth(key, { type: 'bearer' });
  const list = async (of: TestTenant, query = 'stock=true') => (await get(`/v1/avatars?${query}`, of).expect(200)).body.data as { id: string; name: string; status: string; preview_video_url: string | null }[];
  const idOf = async (name: string) => (await list(tenant)).find((avatar) => avatar.name === name)!.id;
  const worker = (method: 'get' | 'post', id: string, path: string) => api.http[method](`/internal/worker/avatars/${id}/${path}`).auth(WORKER_TOKEN, { type: 'bearer' });
  const ensure = () => api.app.get(StockAvatars, { strict: false }).ensure(folder);

  async function prepare(id: string): Promise<void> {
    const { body: grant } = await worker('get', id, 'grant').expect(200);
    expect((await fetch(String(grant.source_url))).status).toBe(200);
    for (const [url, body, type] of [[grant.bundle_put_url, 'bundle', 'application/octet-stream'], [grant.preview_put_url, 'jpeg', 'image/jpeg']] as const) {
      expect((await fetch(String(url), { method: 'PUT', body, headers: { 'content-type': type } })).status).toBe(200);
    }
    const bundle_sha256 = createHash('sha256').update('bundle').digest('hex');
    await worker('post', id, 'result').send({ status: 'ready', engine: 'builtin', engine_version: '2', bundle_sha256, report: {} }).expect(204);
  }

  it('are everyone’s, after one’s own, in the order of the list', async () => {
    for (const one of [tenant, other]) expect((await list(one)).map(({ name }) => name)).toEqual(['Griet', 'Lisa', 'Nikolai']);
    const all = await list(tenant, 'limit=100');
    expect(all.map(({ id }) => id)).toEqual([formatId('avt', tenant.avatarId), ...(await list(tenant)).map(({ id }) => id)]);
    expect((await list(tenant, 'stock=false')).map(({ id }) => id)).toEqual([formatId('avt', tenant.avatarId)]);
    const pages: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await get(`/v1/avatars?limit=1${cursor}`, tenant).expect(200);
      pages.push(...body.data.map(({ id }: { id: string }) => id));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(pages).toEqual(all.map(({ id }) => id));
  });

  it('say what they are, and are seen and move before they are prepared', async () => {
    const { body } = await get(`/v1/avatars/${await idOf('Griet')}`, tenant).expect(200);
    expect(body).toMatchObject({ stock: true, kind: 'photo', status: 'processing', voice_id: 'en-us-slt', credit: 'Johannes Vermeer, about 1665' });
    const picture = new URL(String(body.preview_url));
    expect(Buffer.from((await api.http.get(picture.pathname + picture.search).expect(200)).body as Buffer).equals(await portrait(0))).toBe(true);
    const { pathname, search } = new URL(String(body.preview_video_url));
    const whole = await api.http.get(pathname + search).expect(200);
    expect(whole.headers).toMatchObject({ 'content-type': 'video/mp4', 'accept-ranges': 'bytes', 'cross-origin-resource-policy': 'cross-origin' });
    expect(Buffer.from(whole.body as Buffer).equals(clip)).toBe(true);
    const part = await api.http.get(pathname + search).set('range', 'bytes=4-7').expect(206);
    expect(part.headers['content-range']).toBe(`bytes 4-7/${clip.length}`);
    expect(Buffer.from(part.body as Buffer).toString()).toBe('ftyp');
    await api.http.get(pathname + search).set('range', `bytes=${clip.length}-`).expect(416);
    await api.http.get(pathname).expect(401);
    await api.http.get(pathname).auth(other.key, { type: 'bearer' }).expect(200);
  });

  it('wait in line behind what customers upload, in their order', async () => {
    const { body } = await api.http.post('/v1/avatars').auth(tenant.key, { type: 'bearer' }).attach('image', await portrait(4), 'me.jpg').expect(201);
    expect((await queue.getJob(body.id))?.opts.priority ?? 0).toBe(0);
    const priorities = await Promise.all((await list(tenant)).map(async ({ id }) => (await queue.getJob(id))?.opts.priority));
    expect(priorities).toEqual([10, 11, 12]);
    await api.http.delete(`/v1/avatars/${body.id}`).auth(tenant.key, { type: 'bearer' }).expect(204);
  });

  it('can’t be renamed or deleted, and say why', async () => {
    const id = await idOf('Lisa');
    const renamed = await api.http.patch(`/v1/avatars/${id}`).auth(tenant.key, { type: 'bearer' }).send({ name: 'Mine' });
    expect(renamed.body).toMatchObject({ status: 403, code: 'forbidden', detail: expect.stringContaining('"Lisa" is a stock avatar') });
    expect((await api.http.delete(`/v1/avatars/${id}`).auth(tenant.key, { type: 'bearer' })).body).toMatchObject({ status: 403, detail: expect.stringContaining("can't be deleted") });
    expect(await idOf('Lisa')).toBe(id);
  });

  it('speak for whoever asks, at that account’s cost and with their own voice', async () => {
    const id = await idOf('Lisa');
    await prepare(id);
    const redis = createRedis(process.env['TEST_REDIS_URL'] ?? '');
    await createFleet(redis).beat({ workerId: 'w', slots: 4, draining: false, warmAvatarIds: [], info: {} });
    await createLedger(api.database.db).grant(other.tenantId, 10_000_000n, { idempotencyKey: 'test' });
    await api.database.ownerSql("INSERT INTO voices (id, name, language, gender, engine) VALUES ('de', 'German', 'de-DE', 'male', 'espeak-ng')");
    const start = (body: object) => api.http.post('/v1/sessions').auth(other.key, { type: 'bearer' }).send({ avatar_id: id, ...body }).expect(201);
    const [usual, own] = [(await start({})).body, (await start({ voice_id: 'de' })).body];
    expect([usual.voice_id, own.voice_id]).toEqual(['it', 'de']);
    expect((await get('/v1/credits', other)).body).toMatchObject({ available: 8, held: 2 });
    expect((await get(`/v1/sessions/${usual.id}`, tenant)).status).toBe(404);
    const { body: grant } = await api.http.post(`/internal/worker/sessions/${usual.id}/claim`).auth(WORKER_TOKEN, { type: 'bearer' }).send({ epoch: 1, worker_id: 'w' });
    expect(await (await fetch(String(grant.avatar.bundle_url))).text()).toBe('bundle');
    for (const session of [usual, own]) await api.http.delete(`/v1/sessions/${session.id}`).auth(other.key, { type: 'bearer' }).expect(200);
    redis.disconnect();
  });

  it('are left alone by a second start, but for what changed', async () => {
    const before = await list(tenant);
    await Promise.all([ensure(), ensure()]);
    expect(await list(tenant)).toEqual(before);
    expect(before.find(({ name }) => name === 'Lisa')?.status).toBe('ready');

    await writeFile(join(folder, 'new.jpg'), await portrait(3));
    await writeFile(join(folder, 'lisa.jpg'), await portrait(2.5));
    await writeFile(join(folder, 'stock.json'), JSON.stringify([{ ...ENTRIES[0]!, name: 'Girl' }, ENTRIES[1], ENTRIES[2], { slug: 'new', name: 'New', file: 'new.jpg', preview: 'griet.mp4' }]));
    await ensure();
    const after = await list(tenant);
    expect(after.map(({ name, status }) => `${name} ${status}`).sort()).toEqual(['Girl processing', 'Lisa processing', 'New processing', 'Nikolai processing']);
    expect(after.find(({ name }) => name === 'Girl')?.id).toBe(before.find(({ name }) => name === 'Griet')?.id);
    expect(await queue.getJob(after.find(({ name }) => name === 'New')!.id)).toBeDefined();
  });

  it('are tried again at the next start when they failed, and queued again when their job was lost', async () => {
    const id = await idOf('Nikolai');
    await worker('post', id, 'result').send({ status: 'failed', code: 'no_face', detail: 'No face.' }).expect(204);
    expect((await get(`/v1/avatars/${id}`, tenant)).body.status).toBe('failed');
    await ensure();
    expect((await get(`/v1/avatars/${id}`, tenant)).body).toMatchObject({ status: 'processing', failure: null });
    await queue.remove(id);
    await api.database.ownerSql("UPDATE avatars SET created_at = now() - interval '2 days' WHERE slug = 'nikolai'");
    await api.app.get(PreparationSweep, { strict: false }).run();
    expect(await queue.getJob(id)).toBeDefined();
  });
});
