// Real: the S3 server at TEST_S3_ENDPOINT.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Storage } from './index.ts';

const endpoint = process.env.TEST_S3_ENDPOINT;

describe('storage', () => {
  let storage: Storage;
  const folder = `storage-tests/${randomBytes(6).toString('hex')}`;
  beforeAll(async () => {
    if (endpoint === undefined) throw new Error('these tests need TEST_S3_ENDPOINT; npm test sets it');
    storage = new Storage({
      endpoint,
      region: process.env.TEST_S3_REGION ?? 'us-east-1',
      bucket: process.env.TEST_S3_BUCKET ?? 'visavis-tests',
      accessKeyId: process.env.TEST_S3_ACCESS_KEY_ID ?? 'S3RVER',
      secretAccessKey: process.env.TEST_S3_SECRET_ACCESS_KEY ?? 'S3RVER',
      forcePathStyle: true,
    });
    await storage.ensureBucket();
  });
  afterAll(() => storage?.close());

  it('makes the bucket once, however often and at once it is asked', async () => {
    await Promise.all([storage.ensureBucket(), storage.ensureBucket()]);
    await storage.ping();
  });

  it('gives back what was put, byte by byte', async () => {
    const bytes = randomBytes(300_000);
    await storage.put(`${folder}/a`, bytes, 'application/octet-stream');
    const object = await storage.get(`${folder}/a`);
    expect(object?.sizeBytes).toBe(bytes.length);
    expect((await buffer(object!.body)).equals(bytes)).toBe(true);
    expect(await storage.head(`${folder}/a`)).toMatchObject({ sizeBytes: bytes.length, contentType: 'application/octet-stream' });
    expect((await storage.getStart(`${folder}/a`, 32))?.equals(bytes.subarray(0, 32))).toBe(true);
  });

  it('takes a file from the disk, and gives it back in parts', async () => {
    const bytes = randomBytes(6_000_000);
    const directory = await mkdtemp(join(tmpdir(), 'visavis-storage-test-'));
    try {
      await writeFile(join(directory, 'file'), bytes);
      await storage.putFile(`${folder}/file`, join(directory, 'file'), 'video/mp4');
    } finally {
      await rm(directory, { recursive: true });
    }
    expect((await buffer((await storage.get(`${folder}/file`))!.body)).equals(bytes)).toBe(true);
    expect(await storage.head(`${folder}/file`)).toMatchObject({ sizeBytes: bytes.length, contentType: 'video/mp4' });
    const part = await storage.get(`${folder}/file`, { start: 100, end: 299 });
    expect(part?.sizeBytes).toBe(200);
    expect((await buffer(part!.body)).equals(bytes.subarray(100, 300))).toBe(true);
  });

  it('answers null for what is not there', async () => {
    expect(await storage.get(`${folder}/none`)).toBeNull();
    expect(await storage.head(`${folder}/none`)).toBeNull();
    expect(await storage.getStart(`${folder}/none`, 8)).toBeNull();
  });

  it('deletes, twice if need be', async () => {
    await storage.put(`${folder}/b`, 'x', 'text/plain');
    await storage.delete(`${folder}/b`);
    await storage.delete(`${folder}/b`);
    expect(await storage.head(`${folder}/b`)).toBeNull();
  });

  it('signs addresses that work without credentials', async () => {
    const put = await storage.presignPut(`${folder}/c`, 'image/jpeg', { expiresInS: 60, audience: 'browser' });
    expect((await fetch(put, { method: 'PUT', body: 'picture', headers: { 'content-type': 'image/jpeg' } })).status).toBe(200);
    const get = await storage.presignGet(`${folder}/c`, { expiresInS: 60 });
    expect(await (await fetch(get)).text()).toBe('picture');
  });

  it('signs an address to put any type to', async () => {
    const put = await storage.presignPut(`${folder}/d`, null, { expiresInS: 60 });
    expect((await fetch(put, { method: 'PUT', body: 'bundle', headers: { 'content-type': 'application/zip' } })).status).toBe(200);
  });

  it('gives browsers another address where they know the server by another name', async () => {
    const other = new Storage({ endpoint, publicEndpoint: 'https://files.example.com', region: 'us-east-1', bucket: 'some-bucket', accessKeyId: 'a', secretAccessKey: 'b', forcePathStyle: true });
    expect(await other.presignGet('x', { expiresInS: 60, audience: 'browser' })).toMatch(/^https:\/\/files\.example\.com\/some-bucket\/x\?/);
    expect(await other.presignGet('x', { expiresInS: 60 })).toContain(new URL(endpoint!).host);
    other.close();
  });
});
