import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchUpload } from './fetch-upload';

const bytes = randomBytes(3_000_000);
let server: Server;
let folder: string;
let base: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-fetch-test-'));
  server = createServer((request, response) => {
    if (request.url === '/whole') response.end(bytes);
    else if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1000), () => response.destroy());
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

it('an upload comes to the disk as it is', async () => {
  await fetchUpload(`${base}/whole`, join(folder, 'whole'));
  expect((await readFile(join(folder, 'whole'))).equals(bytes)).toBe(true);
});

it('one that is gone or cut off is an error, so that the job is tried again', async () => {
  await expect(fetchUpload(`${base}/gone`, join(folder, 'gone'))).rejects.toThrow('404');
  await expect(fetchUpload(`${base}/cut`, join(folder, 'cut'))).rejects.toThrow();
});
