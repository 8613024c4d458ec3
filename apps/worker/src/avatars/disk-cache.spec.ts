import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DiskCache } from './disk-cache';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'visavis-cache-'));
});
afterEach(() => rm(directory, { recursive: true }));

const age = (name: string, seconds: number) => utimes(join(directory, name), seconds, seconds);

it('keeps what was written, for any process', async () => {
  await new DiskCache(directory, 1000).write('a.bundle', Uint8Array.of(1, 2));
  expect([...(await new DiskCache(directory, 1000).read('a.bundle'))!]).toEqual([1, 2]);
  expect(await new DiskCache(directory, 1000).read('b.bundle')).toBeUndefined();
});

it('lets bundles and loops go by when they were used last, together', async () => {
  const cache = new DiskCache(directory, 250);
  await cache.write('a.bundle', new Uint8Array(100));
  await cache.write('a.loop', new Uint8Array(100));
  await age('a.bundle', 1000);
  await age('a.loop', 2000);
  await cache.read('a.bundle');
  await cache.write('b.bundle', new Uint8Array(100));
  expect((await readdir(directory)).sort()).toEqual(['a.bundle', 'b.bundle']);
});

it('refuses what it would never delete', async () => {
  await expect(new DiskCache(directory, 250).write('a.txt', new Uint8Array(1))).rejects.toThrow('never be deleted');
});
