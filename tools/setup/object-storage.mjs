// The embedded S3 server: s3rver, a process of its own, on a free port of the loopback, its objects below VISAVIS_HOME.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { delay, describeExit, lastLines } from './children.mjs';
import { freePort } from './home.mjs';
import { SetupError } from './progress.mjs';

const server = join(dirname(fileURLToPath(import.meta.url)), 'object-storage-server.mjs');
const startTimeoutMs = 30_000;

/** s3rver knows one account, with these keys; it listens on the loopback only. */
export const embeddedStorageKeys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

/**
 * @param {{ home: string, children: import('./children.mjs').Children, bucket: string, onExit: Function }} options
 * @returns {Promise<string>} its endpoint
 */
export async function startObjectStorage({ home, children, bucket, onExit }) {
  const directory = join(home, 'objects');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const port = await freePort();
  const child = children.start({ name: 's3', command: process.execPath, args: [server, directory, String(port), bucket], onExit });
  const endpoint = `http://127.0.0.1:${port}`;
  for (const began = Date.now(); !(await answers(endpoint)); await delay(50)) {
    if (child.exit) throw new SetupError(`The S3 server ${describeExit(child)}. Its log, ${child.logPath}, ends with:\n${lastLines(child)}`);
    if (Date.now() - began > startTimeoutMs) throw new SetupError(`The S3 server does not answer. Its log is ${child.logPath}`);
  }
  return endpoint;
}

async function answers(endpoint) {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(2000) });
    return true;
  } catch {
    return false;
  }
}
