// VISAVIS_HOME: the folder of one installation's state. Everything that a copy of the product keeps on disk is below it.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { tryLock } from './file-lock.mjs';
import { SetupError } from './progress.mjs';
import { rootDir } from './checkout.mjs';

// What people said and uploaded, and what of it the logs repeat. The programs that fill these folders write files that everyone may read.
const privateFolders = ['logs', 'objects', 'redis', 'worker-cache'];

/** The home that the environment names, by default `.visavis` in the checkout. */
export function homeFromEnvironment() {
  return resolve(process.env.VISAVIS_HOME || join(rootDir, '.visavis'));
}

/**
 * Opens a home for this process alone.
 * @returns {() => void} call it to let go
 */
export function openHome(home) {
  try {
    mkdirSync(home, { recursive: true });
    // As root, PostgreSQL runs as another user and has to pass through to its own folder, so what nobody else may read is closed one by one: folders here,
    // also those of a home that was made with other modes, and single files as they are written.
    chmodSync(home, 0o711);
    for (const name of privateFolders) {
      const folder = join(home, name);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
    }
  } catch (error) {
    throw new SetupError(`VISAVIS_HOME=${home} cannot be used: ${error.message}`);
  }
  const lock = tryLock(join(home, 'supervisor.pid'));
  if ('owner' in lock) {
    const url = readJsonFile(join(home, 'dev.json'))?.url;
    throw new SetupError(
      `Visavis already runs from ${home}${url ? ` at ${url}` : ''} (process ${lock.owner}).\nStop it with Ctrl-C, or start a second copy: VISAVIS_HOME=/some/where/else PORT=0 npm start`,
    );
  }
  return lock.release;
}

/** The secrets of this home, made once: what encrypts, signs, and opens its own services. */
export function homeSecrets(home) {
  const path = join(home, 'secrets.json');
  const known = readJsonFile(path) ?? {};
  const hex = (bytes) => randomBytes(bytes).toString('hex');
  const secrets = {
    secretKey: known.secretKey ?? hex(32),
    workerToken: known.workerToken ?? hex(24),
    ownerPassword: known.ownerPassword ?? hex(18),
    rolePassword: known.rolePassword ?? hex(18),
    redisPassword: known.redisPassword ?? hex(18),
  };
  if (JSON.stringify(secrets) !== JSON.stringify(known)) writeSecretFile(path, secrets);
  return secrets;
}

/** Writes JSON that only this user may read, in one step: a reader never sees half of it. */
export function writeSecretFile(path, value) {
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
}

export function readJsonFile(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A TCP port on the loopback that is free now. */
export function freePort(host = '127.0.0.1') {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, host, () => {
      const { port } = server.address();
      server.close(() => resolvePort(port));
    });
  });
}

/** The port that PORT asks for, 0 meaning any free one; a port that is taken is said before anything is started. */
export async function publicPort(host, text = process.env.PORT ?? '3000') {
  const port = Number(text || '3000');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new SetupError(`PORT=${text} is not a port: give a number from 0 to 65535.`);
  if (port === 0) return freePort(host);
  await new Promise((resolvePort, reject) => {
    const server = createServer();
    server.on('error', (error) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be opened (${error.message})`;
      reject(new SetupError(`Port ${port} ${reason}. Choose another, or 0 for any free one: PORT=0 npm start`));
    });
    server.listen(port, host, () => server.close(resolvePort));
  });
  return port;
}
