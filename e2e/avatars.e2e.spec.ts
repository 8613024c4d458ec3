import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepared, speakingAvatar, testPortrait } from './support/avatars.ts';
import { landscape, painting, pngBomb, tinyFace, twoFaces } from './support/pictures.ts';
import { Api } from './support/api.ts';
import { findProduct } from './support/product.ts';
import { report } from './support/stage.ts';

describe('avatars', () => {
  let api: Api;
  const uploaded: string[] = [];

  beforeAll(() => {
    const product = findProduct();
    api = new Api(product.url, product.apiKey);
  });

  afterAll(async () => {
    for (const id of uploaded) await api.try('DELETE', `/v1/avatars/${id}`);
  });

  async function upload(picture: Uint8Array, filename: string) {
    const answer = await api.tryUpload(picture, filename);
    if (answer.status === 201) uploaded.push(answer.body.id);
    return answer;
  }

  it('are made of a portrait: ready, with a preview and what was measured', async () => {
    const startedAtMs = performance.now();
    const avatar = await speakingAvatar(api);
    report('a portrait was ready after', { seconds: (performance.now() - startedAtMs) / 1000 });
    expect(avatar).toMatchObject({ status: 'ready', progress: 1, failure: null, engine: 'builtin' });
    const preview = await fetch(avatar.preview_url ?? '');
    expect(preview.status).toBe(200);
    expect(preview.headers.get('content-type')).toBe('image/jpeg');
    const { width = 0, height = 0 } = await sharp(Buffer.from(await preview.arrayBuffer())).metadata();
    expect(Math.max(width, height)).toBeGreaterThanOrEqual(256);
    expect(avatar.report?.['eye_distance_px']).toBeGreaterThan(32);
  });

  it('come as an upload to a presigned address too', async () => {
    const order = await api.call<{ avatar: { id: string }; upload: { url: string; headers: Record<string, string> } }>('POST', '/v1/avatars', { name: 'Presigned', content_type: 'image/jpeg' });
    uploaded.push(order.avatar.id);
    const put = await fetch(order.upload.url, { method: 'PUT', headers: order.upload.headers, body: Uint8Array.from(testPortrait()) });
    expect(put.status).toBe(200);
    await api.call('POST', `/v1/avatars/${order.avatar.id}/complete`);
    expect((await prepared(api, order.avatar.id)).status).toBe('ready');
  });

  it.each([
    ['no_face', 'a landscape', () => landscape()],
    ['several_faces', 'two people', () => twoFaces(painting('lisa'), painting('pearl'))],
    ['face_too_small', 'a face of a few pixels', () => tinyFace(painting('lisa'))],
  ])('fail with %s for %s', async (code, _what, picture) => {
    const { status, body } = await upload(await picture(), 'picture.jpg');
    expect(status).toBe(201);
    const avatar = await prepared(api, body.id);
    expect(avatar).toMatchObject({ status: 'failed', failure: { code }, preview_url: null });
    // A reason that a person can act on is a sentence, and says what to do.
    expect(avatar.failure?.detail).toMatch(/^[A-Z0-9].{30,}\.$/);
  });

  it('refuse a text that calls itself a picture', async () => {
    const { status, body } = await upload(Buffer.from('Dear avatar, this is only a letter.\n'.repeat(50)), 'letter.png');
    expect(status).toBe(415);
    expect(body).toMatchObject({ code: 'unsupported_media_type' });
    expect(body.detail).toMatch(/JPEG, PNG/);
  });

  it('refuse a picture that unpacks to 100 megapixels, and go on working', async () => {
    const { status, body } = await upload(pngBomb(), 'bomb.png');
    if (status === 201) {
      const avatar = await prepared(api, body.id);
      expect(avatar).toMatchObject({ status: 'failed', failure: { code: 'image_too_large' } });
    } else expect([413, 415, 422]).toContain(status);
    expect((await api.call<{ status: string }>('GET', '/healthz')).status).toBeTruthy();
  });

  it('can be deleted, and are gone then', async () => {
    const { body } = await upload(await landscape(), 'hills.jpg');
    await prepared(api, body.id);
    expect((await api.try('DELETE', `/v1/avatars/${body.id}`)).status).toBe(204);
    expect((await api.try('GET', `/v1/avatars/${body.id}`)).status).toBe(404);
  });
});
