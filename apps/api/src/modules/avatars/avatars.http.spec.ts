import { Queue } from 'bullmq';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatId, newId, parseId } from '@visavis/ids';
import { AVATAR_PREPARE_QUEUE, createFleet, createQueueConnection, QUEUE_PREFIX, type Redis } from '@visavis/queue';
import { createTestApp, WORKER_TOKEN, type TestApp, type TestTenant } from '../../testing/test-app';
import { REDIS } from '../../tokens';
import { OutdatedAvatars } from './outdated-avatars';
import { PreparationSweep } from './preparation-sweep';

const MINUTE_MS = 60_000;
/** By its first bytes; what is in it is the worker's to see. */
const clip = Buffer.concat([Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1'), Buffer.alloc(3000, 7)]);
const uploadsInTmp = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('visavis-upload-')).sort();

describe('avatars', () => {
  let api: TestApp;
  let tenant: TestTenant;
  let queue: Queue;
  let queueConnection: Redis;
  let portrait: Buffer;
  beforeAll(async () => {
    api = await createTestApp();
    tenant = await api.createTenant();
    queueConnection = createQueueConnection(process.env.TEST_REDIS_URL!);
    queue = new Queue(AVATAR_PREPARE_QUEUE, { connection: queueConnection, prefix: QUEUE_PREFIX });
    portrait = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#a86' } }).jpeg().toBuffer();
  });
  afterEach(async () => {
    await queue.drain(true);
  });
  afterAll(async () => {
    await queue?.close();
    queueConnection?.disconnect();
    await api?.close();
  });

  const upload = (key = tenant.key) => api.http.post('/v1/avatars').auth(key, { type: 'bearer' });
  const read = (id: string) => api.http.get(`/v1/avatars/${id}`).auth(tenant.key, { type: 'bearer' });
  const create = async (): Promise<string> => String((await upload().attach('image', portrait, 'Griet.jpg').expect(201)).body.id);
  const worker = (method: 'get' | 'post', id: string, path: string) => api.http[method](`/internal/worker/avatars/${id}/${path}`).auth(WORKER_TOKEN, { type: 'bearer' });

  /** Does what a worker does: fetches, stores, reports. */
  async function prepare(id: string): Promise<void> {
    const { body: grant } = await worker('get', id, 'grant').expect(200);
    const bundle = Buffer.from('a bundle');
    expect((await fetch(String(grant.bundle_put_url), { method: 'PUT', body: bundle, headers: { 'content-type': 'application/octet-stream' } })).status).toBe(200);
    expect((await fetch(String(grant.preview_put_url), { method: 'PUT', body: new Uint8Array(portrait), headers: { 'content-type': 'image/jpeg' } })).status).toBe(200);
    await worker('post', id, 'progress').send({ fraction: 0.5, step: 'finding the face' }).expect(204);
    await worker('post', id, 'result')
      .send({ status: 'ready', engine: 'builtin', engine_version: '1', bundle_sha256: createHash('sha256').update(bundle).digest('hex'), report: { eye_distance_px: 90 } })
      .expect(204);
  }

  describe('made from a form', () => {
    it('POST is 201, stores the picture and queues one job', async () => {
      const { body, headers } = await upload().field('name', 'Griet').attach('image', portrait, 'griet.jpg').expect(201);
      expect(body).toMatchObject({ name: 'Griet', status: 'processing', progress: 0, preview_url: null, failure: null });
      expect(headers.location).toBe(`/v1/avatars/${body.id}`);
      expect((await queue.getJob(body.id))?.data).toEqual({ avatar_id: body.id });
      const { body: grant } = await worker('get', body.id, 'grant').expect(200);
      expect(Buffer.from(await (await fetch(String(grant.source_url))).arrayBuffer()).equals(portrait)).toBe(true);
    });

    it('takes the file\'s name where none is given', async () => {
      const { body } = await upload().attach('file', portrait, 'Girl with a pearl earring.jpeg').expect(201);
      expect(body.name).toBe('Girl with a pearl earring');
    });

    it.each(['png', 'webp', 'avif'] as const)('takes %s', async (format) => {
      await upload().attach('image', await sharp(portrait)[format]().toBuffer(), `face.${format}`).expect(201);
    });

    it('POST is 415 for a text named .png', async () => {
      const { body } = await upload().attach('image', Buffer.from('I am a text'), { filename: 'face.png', contentType: 'image/png' }).expect(415);
      expect(body).toMatchObject({ code: 'unsupported_media_type', errors: [{ path: 'image', message: expect.stringContaining('JPEG') }] });
    });

    it('POST is 413 for more than 20 MB', async () => {
      const { body } = await upload().attach('image', Buffer.concat([portrait, Buffer.alloc(20 * 1024 * 1024)]), 'big.jpg').expect(413);
      expect(body).toMatchObject({ code: 'payload_too_large', detail: expect.stringContaining('20 MB') });
    });

    it('takes a clip in any of the three fields, and says that it is one', async () => {
      for (const field of ['video', 'image', 'file']) {
        const { body } = await upload().attach(field, clip, 'talking.bin').expect(201);
        expect(body).toMatchObject({ kind: 'video', name: 'talking', stock: false, status: 'processing', preview_video_url: null });
        const { body: grant } = await worker('get', body.id, 'grant').expect(200);
        expect(Buffer.from(await (await fetch(String(grant.source_url))).arrayBuffer()).equals(clip)).toBe(true);
      }
    });

    it('a clip may have more than a picture, POST is 413 for one of more than 200 MB, and no file stays behind', async () => {
      const before = await uploadsInTmp();
      await upload().attach('video', Buffer.concat([clip, Buffer.alloc(25 * 1024 * 1024)]), 'long.mp4').expect(201);
      const { body } = await upload().attach('video', Buffer.concat([clip, Buffer.alloc(200 * 1024 * 1024)]), 'longer.mp4').expect(413);
      expect(body).toMatchObject({ code: 'payload_too_large', detail: expect.stringMatching(/200 MB.*cut it shorter/) });
      // Folders of earlier requests may just be going.
      await expect.poll(async () => (await uploadsInTmp()).filter((name) => !before.includes(name))).toEqual([]);
    });

    it('POST is 400 without a file', async () => {
      expect((await upload().field('name', 'Nobody').expect(400)).body.errors[0].path).toBe('image');
    });

    it('POST is 400 with an empty file, with two, or with a field that nobody knows', async () => {
      await upload().attach('image', Buffer.alloc(0), 'empty.jpg').expect(400);
      await upload().attach('image', portrait, 'a.jpg').attach('file', portrait, 'b.jpg').expect(400);
      await upload().field('colour', 'red').attach('image', portrait, 'a.jpg').expect(400);
    });

    it('POST is 403 without avatars:write', async () => {
      const { key } = await api.createKey(tenant.tenantId, ['avatars:read']);
      await upload(key).attach('image', portrait, 'a.jpg').expect(403);
    });

    it('POST with an Idempotency-Key makes one avatar for one picture, and is 422 for another picture', async () => {
      const send = (picture: Buffer) => upload().set('idempotency-key', 'portrait-1').attach('image', picture, 'a.jpg');
      const first = await send(portrait).expect(201);
      expect((await send(portrait).expect(201)).body.id).toBe(first.body.id);
      await send(await sharp(portrait).negate().jpeg().toBuffer()).expect(422);
    });
  });

  describe('made from an upload', () => {
    const order = () => upload().send({ name: 'Later', content_type: 'image/jpeg' });

    it('is prepared after the picture was PUT and complete was called', async () => {
      const { body } = await order().expect(201);
      expect(body.avatar.progress_step).toBe('waiting for the upload');
      expect(await queue.getJob(body.avatar.id)).toBeUndefined();
      expect((await fetch(String(body.upload.url), { method: 'PUT', headers: body.upload.headers as Record<string, string>, body: new Uint8Array(portrait) })).status).toBe(200);
      await api.http.post(`/v1/avatars/${body.avatar.id}/complete`).auth(tenant.key, { type: 'bearer' }).expect(200);
      expect(await queue.getJob(body.avatar.id)).toBeDefined();
      await api.http.post(`/v1/avatars/${body.avatar.id}/complete`).auth(tenant.key, { type: 'bearer' }).expect(200);
    });

    it('complete is 409 before the picture has arrived', async () => {
      const { body } = await order().expect(201);
      await api.http.post(`/v1/avatars/${body.avatar.id}/complete`).auth(tenant.key, { type: 'bearer' }).expect(409);
    });

    it('complete is 415 when what was uploaded is no picture', async () => {
      const { body } = await order().expect(201);
      await fetch(String(body.upload.url), { method: 'PUT', headers: body.upload.headers as Record<string, string>, body: 'text' });
      await api.http.post(`/v1/avatars/${body.avatar.id}/complete`).auth(tenant.key, { type: 'bearer' }).expect(415);
    });

    it('takes clips, and goes by what arrived', async () => {
      const { body } = await upload().send({ name: 'Me', content_type: 'video/quicktime' }).expect(201);
      expect(body.avatar.kind).toBe('video');
      await fetch(String(body.upload.url), { method: 'PUT', headers: body.upload.headers as Record<string, string>, body: new Uint8Array(portrait) });
      expect((await api.http.post(`/v1/avatars/${body.avatar.id}/complete`).auth(tenant.key, { type: 'bearer' }).expect(200)).body.kind).toBe('photo');
    });

    it('complete is 413 for a picture that is too large', async () => {
      const { body } = await order().expect(201);
      await fetch(String(body.upload.url), { method: 'PUT', headers: body.upload.headers as Record<string, string>, body: new Uint8Array(Buffer.concat([portrait, Buffer.alloc(20 * 1024 * 1024)])) });
      await api.http.post(`/v1/avatars/${body.avatar.id}/complete`).auth(tenant.key, { type: 'bearer' }).expect(413);
    });

    it('POST is 400 for a type that is not taken', async () => {
      expect((await upload().send({ name: 'x', content_type: 'image/gif' }).expect(400)).body.errors[0].path).toBe('content_type');
    });
  });

  describe('prepared by a worker', () => {
    it('becomes ready, with a preview that its address alone can show', async () => {
      const id = await create();
      await prepare(id);
      const { body } = await read(id).expect(200);
      expect(body).toMatchObject({ status: 'ready', progress: 1, engine: 'builtin', report: { eye_distance_px: 90 } });
      const { pathname, search } = new URL(String(body.preview_url));
      const preview = await api.http.get(pathname + search).expect(200);
      expect(preview.headers['content-type']).toBe('image/jpeg');
      expect(Buffer.from(preview.body as Buffer).equals(portrait)).toBe(true);
      await api.http.get(pathname).expect(401);
      await api.http.get(`${pathname}${search.slice(0, -1)}`).expect(404);
      await api.http.get(pathname).auth(tenant.key, { type: 'bearer' }).expect(200);
    });

    it('says how far it is', async () => {
      const id = await create();
      await worker('post', id, 'progress').send({ fraction: 0.4, step: 'fitting the mesh' }).expect(204);
      expect((await read(id)).body).toMatchObject({ progress: expect.closeTo(0.4, 3), progress_step: 'fitting the mesh' });
    });

    it('fails with a reason', async () => {
      const id = await create();
      await worker('post', id, 'result').send({ status: 'failed', code: 'no_face', detail: 'No face was found; use a portrait.' }).expect(204);
      expect((await read(id)).body).toMatchObject({ status: 'failed', failure: { code: 'no_face', detail: 'No face was found; use a portrait.' } });
    });

    it('is 409 for a bundle that does not lie in storage', async () => {
      const id = await create();
      await worker('get', id, 'grant').expect(200);
      await worker('post', id, 'result').send({ status: 'ready', engine: 'builtin', engine_version: '1', bundle_sha256: '0'.repeat(64), report: {} }).expect(409);
      expect((await read(id)).body.status).toBe('processing');
    });

    it('is 409 for an attempt that another one has replaced', async () => {
      const id = await create();
      const { body: old } = await worker('get', id, 'grant').expect(200);
      await fetch(String(old.bundle_put_url), { method: 'PUT', body: 'old', headers: { 'content-type': 'application/octet-stream' } });
      await worker('get', id, 'grant').expect(200);
      await worker('post', id, 'result')
        .send({ status: 'ready', engine: 'builtin', engine_version: '1', bundle_sha256: createHash('sha256').update('old').digest('hex'), report: {} })
        .expect(409);
    });

    it('is 409 once it is done', async () => {
      const id = await create();
      await prepare(id);
      await worker('get', id, 'grant').expect(409);
    });
  });

  describe('whose preparation was lost', () => {
    const sweep = (laterMs: number) => api.app.get(PreparationSweep, { strict: false }).run(Date.now() + laterMs);
    const age = async (id: string) => {
      await api.database.ownerSql("UPDATE avatars SET created_at = now() - interval '1 minute' WHERE id = $1", [parseId('avt', id)]);
    };

    it('is queued again when its job is gone', async () => {
      const id = await create();
      await age(id);
      await queue.remove(id);
      await sweep(0);
      expect(await queue.getJob(id)).toBeDefined();
    });

    it('fails with something to do about it when its job is gone for good', async () => {
      const id = await create();
      await age(id);
      await queue.remove(id);
      await sweep(40 * MINUTE_MS);
      expect((await read(id)).body).toMatchObject({ status: 'failed', failure: { code: 'preparation_lost', detail: expect.stringContaining('upload the picture or clip again') } });
    });

    it('fails when the picture never came', async () => {
      const { body } = await upload().send({ name: 'Never', content_type: 'image/jpeg' }).expect(201);
      await age(body.avatar.id);
      await sweep(61 * MINUTE_MS);
      expect((await read(body.avatar.id)).body.failure.code).toBe('upload_missing');
    });
  });

  describe('whose engine was brought to a new version', () => {
    const beat = (engines: string, workerId = 'w') => createFleet(api.app.get(REDIS, { strict: false })).beat({ workerId, slots: 1, draining: false, warmAvatarIds: [], info: { engines } });
    const look = () => api.app.get(OutdatedAvatars, { strict: false }).run();

    it('is prepared again once no worker has the old one, behind what was just uploaded', async () => {
      const id = await create();
      await prepare(id);
      await queue.remove(id); // a worker that is done takes its job away
      await beat('builtin@1', 'old');
      await beat('builtin@2', 'new');
      await look();
      expect((await read(id)).body.status).toBe('ready');
      await createFleet(api.app.get(REDIS, { strict: false })).leave('old');
      await look();
      expect((await read(id)).body).toMatchObject({ status: 'processing', progress: 0 });
      expect((await queue.getJob(id))?.opts.priority).toBe(1);
      await prepare(id);
      await createFleet(api.app.get(REDIS, { strict: false })).leave('new');
    });

    it('stays as it is while no worker says what it has', async () => {
      const id = await create();
      await prepare(id);
      await beat('builtin');
      await look();
      expect((await read(id)).body.status).toBe('ready');
      await createFleet(api.app.get(REDIS, { strict: false })).leave('w');
    });
  });

  it('GET lists the newest first', async () => {
    const own = await api.createTenant();
    const { body } = await upload(own.key).attach('image', portrait, 'a.jpg').expect(201);
    const list = await api.http.get('/v1/avatars').auth(own.key, { type: 'bearer' }).expect(200);
    expect(list.body.data.map((avatar: { id: string }) => avatar.id)).toEqual([body.id, formatId('avt', own.avatarId)]);
  });

  it('PATCH renames, and is 400 for an empty name', async () => {
    const id = await create();
    const rename = (name: string) => api.http.patch(`/v1/avatars/${id}`).auth(tenant.key, { type: 'bearer' }).send({ name });
    expect((await rename('Johannes').expect(200)).body.name).toBe('Johannes');
    await rename('  ').expect(400);
  });

  it('DELETE is 204, and then it is 404 and its files are gone', async () => {
    const id = await create();
    await prepare(id);
    const address = new URL(String((await read(id)).body.preview_url));
    await api.http.delete(`/v1/avatars/${id}`).auth(tenant.key, { type: 'bearer' }).expect(204);
    await read(id).expect(404);
    await api.http.get(address.pathname + address.search).expect(404);
    await api.http.delete(`/v1/avatars/${id}`).auth(tenant.key, { type: 'bearer' }).expect(404);
  });

  it('DELETE is 409 while a session uses it', async () => {
    const own = await api.createTenant();
    await api.createSession(own);
    await api.http.delete(`/v1/avatars/${formatId('avt', own.avatarId)}`).auth(own.key, { type: 'bearer' }).expect(409);
  });

  it('GET is 404 for an id that names nothing', async () => {
    await read(newId('avt')).expect(404);
  });
});
