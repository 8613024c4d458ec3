// Where the mediasoup worker binary is kept, and whether the one that is there can be used. No dependencies: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const packageDir = join(here, '..', '..', 'node_modules', 'mediasoup');
export const shimDir = join(here, 'include');

/** The user's cache folder of this project: `~/.cache/visavis`, on a Mac `~/Library/Caches/visavis`. */
export function userCacheDir() {
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, 'visavis');
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches', 'visavis') : join(homedir(), '.cache', 'visavis');
}

/** The mediasoup version that npm installed, for example `3.27.1`. */
export function mediasoupVersion() {
  return JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')).version;
}

/** The folder that belongs to one version on one kind of machine. */
export function workerDir(version = mediasoupVersion()) {
  return join(userCacheDir(), 'mediasoup-worker', `${version}-${process.platform}-${process.arch}`);
}

/** The binary's final place. It is only ever put there whole, by a rename. */
export function workerBinary(version = mediasoupVersion()) {
  return join(workerDir(version), 'mediasoup-worker');
}

/** Whether `binary` starts on this system: without its parent's greeting a worker leaves with code 41, before it does anything. */
export function workerRuns(binary) {
  if (!existsSync(binary)) return false;
  return spawnSync(binary, [], { env: {}, stdio: 'ignore', timeout: 10_000 }).status === 41;
}

/** Raise it when flags, libraries or sources in compile-worker.mjs change what comes out. */
const recipeVersion = 1;

/** Changes with the recipe's version and with the headers, so that a binary built by an older recipe is built again. */
export function recipeHash() {
  const hash = createHash('sha256').update(String(recipeVersion));
  for (const file of headersBelow(shimDir).sort()) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** The cached binary's path if it runs here and is of this recipe (a downloaded one has none), else undefined. */
export function cachedWorker() {
  const binary = workerBinary();
  const origin = readOrigin();
  if (!origin || (origin.recipe && origin.recipe !== recipeHash())) return undefined;
  return workerRuns(binary) ? binary : undefined;
}

function readOrigin() {
  try {
    return JSON.parse(readFileSync(join(workerDir(), 'origin.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

function headersBelow(dir) {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? headersBelow(path) : [path];
  });
}
