import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The mediasoup worker tests run against: `MEDIASOUP_WORKER_BIN`, or the one that `npm start` or `npm test` put into the user's cache; undefined if none. */
export function findWorkerBinary(): string | undefined {
  const { version } = JSON.parse(readFileSync(join(mediasoupFolder(), 'package.json'), 'utf8')) as { version: string };
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
  const folder = `${version}-${process.platform}-${process.arch}`;
  const candidates = [process.env['MEDIASOUP_WORKER_BIN'], join(cache, 'visavis', 'mediasoup-worker', folder, 'mediasoup-worker')];
  return candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
}

function mediasoupFolder(): string {
  return join(createRequire(import.meta.url).resolve('mediasoup'), '..', '..', '..');
}
