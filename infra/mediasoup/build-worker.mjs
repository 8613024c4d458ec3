// Puts a mediasoup worker binary that runs on this system into the user's cache and prints its path:
//   node infra/mediasoup/build-worker.mjs
// It takes the prebuilt one that mediasoup's postinstall downloads, and where that is not to be had, builds it from the package's sources. Safe to repeat,
// to kill at any moment and to start twice at once.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lock } from '../../tools/setup/file-lock.mjs';
import { buildPackages, compileWorker } from './compile-worker.mjs';
import { cachedWorker, mediasoupVersion, packageDir, recipeHash, workerBinary, workerDir, workerRuns } from './worker-cache.mjs';

const downloadTimeoutMs = 45_000;

/** Build packages that this Debian system lacks; every one of them where there is no dpkg. */
export function missingBuildPackages() {
  // dpkg's own placeholders, not JavaScript's.
  // eslint-disable-next-line no-template-curly-in-string
  const result = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...buildPackages], { encoding: 'utf8' });
  const installed = new Set(
    (result.stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return buildPackages.filter((name) => !installed.has(name));
}

/**
 * Tries mediasoup's own postinstall, which downloads a prebuilt worker, and keeps the binary if it runs here.
 * @returns {Promise<boolean>} whether the cache now has a worker
 */
export async function downloadPrebuiltWorker() {
  const output = join(packageDir, 'worker', 'out', 'Release', 'mediasoup-worker');
  if (!workerRuns(output)) await runPostinstall();
  if (!workerRuns(output)) return false;
  const copy = join(workerDir(), `mediasoup-worker.${process.pid}`);
  mkdirSync(workerDir(), { recursive: true });
  copyFileSync(output, copy);
  keep(copy, {});
  return true;
}

/**
 * Builds the worker from the package's sources; needs the build packages.
 * @param {(done: number, total: number) => void} onProgress
 */
export async function buildWorkerFromSource(onProgress) {
  mkdirSync(workerDir(), { recursive: true });
  const release = await lock(join(workerDir(), 'build.lock'));
  try {
    if (cachedWorker()) return;
    const buildDir = join(workerDir(), 'build');
    const recipe = recipeHash();
    const binary = await compileWorker(buildDir, onProgress);
    if (!workerRuns(binary)) throw new Error(`the mediasoup worker was built, but ${binary} does not run`);
    keep(binary, { recipe });
    rmSync(buildDir, { recursive: true, force: true });
  } finally {
    release();
  }
}

/** Moves a finished binary into its place. The note of its origin goes first: a note without a binary is not a worker, a binary without a note neither. */
function keep(binary, origin) {
  chmodSync(binary, 0o755);
  writeFileSync(join(workerDir(), 'origin.json'), JSON.stringify({ version: mediasoupVersion(), ...origin }));
  renameSync(binary, workerBinary());
}

/** Runs the postinstall and ends it as soon as it gives up downloading: its own build would need the internet too. */
function runPostinstall() {
  return new Promise((resolve) => {
    const env = { ...process.env };
    delete env.MEDIASOUP_WORKER_BIN;
    const child = spawn(process.execPath, ['npm-scripts.mjs', 'postinstall'], { cwd: packageDir, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    };
    const timer = setTimeout(end, downloadTimeoutMs);
    const watch = (chunk) => {
      if (String(chunk).includes('building it locally')) end();
    };
    child.stdout.on('data', watch);
    child.stderr.on('data', watch);
    process.once('exit', end);
    child.on('error', () => resolve());
    child.on('close', () => {
      clearTimeout(timer);
      process.removeListener('exit', end);
      resolve();
    });
  });
}

/** The command that installs the given packages, as a person would type it. */
export function installCommand(packages) {
  return `sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

async function main() {
  const cached = cachedWorker();
  if (cached) return cached;
  process.stderr.write(`mediasoup worker ${mediasoupVersion()}: looking for the prebuilt one\n`);
  if (await downloadPrebuiltWorker()) return workerBinary();

  const missing = missingBuildPackages();
  if (missing.length > 0 && process.getuid?.() !== 0) {
    process.stderr.write(`No prebuilt mediasoup worker could be downloaded. To build it, first run:\n  ${installCommand(missing)}\n`);
    process.exit(1);
  }
  if (missing.length > 0) {
    process.stderr.write(`installing ${missing.join(' ')}\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env });
    const result = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { stdio: ['ignore', 'ignore', 'inherit'], env });
    if (result.status !== 0) throw new Error('apt-get install failed');
  }
  let shown = Date.now();
  await buildWorkerFromSource((done, total) => {
    if (Date.now() - shown < 10_000 && done !== total) return;
    shown = Date.now();
    process.stderr.write(`  compiled ${done} of ${total} files\n`);
  });
  return workerBinary();
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  main().then(
    (path) => process.stdout.write(`${path}\n`),
    (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  );
}
