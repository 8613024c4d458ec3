// The project runs on Node 24. On an older Node this stage fetches it, as npm's `node` package carries the binary, into the user's cache and starts the
// program again with it. Runs on Node 20 before anything is installed, so it imports nothing but Node and its neighbours.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { userCacheDir } from '../../infra/mediasoup/worker-cache.mjs';
import { lock } from './file-lock.mjs';
import { SetupError, say, step } from './progress.mjs';

const wantedMajor = 24;
const fetchedVersion = '24.21.0';

/**
 * Returns in a process that runs on Node 24 or newer. In an older one it never does: the program runs again on the right Node, with this process
 * passing signals on and leaving with the same code.
 */
export async function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= wantedMajor) {
    // npm and npx, and the tools they start, must find this same Node first.
    process.env.PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;
    return;
  }
  const node = await fetchedNode();
  await new Promise(() => runAgainOn(node));
}

async function fetchedNode() {
  const dir = join(userCacheDir(), 'node', `${fetchedVersion}-${process.platform}-${process.arch}`);
  const node = join(dir, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (runs(node)) return node;
  await step(`Node ${fetchedVersion} from npm (this machine has ${process.versions.node})`, async () => {
    const release = await lock(`${dir}.lock`);
    try {
      if (!runs(node)) install(dir);
    } finally {
      release();
    }
    if (runs(node)) say(`  kept in ${dirname(node)}; put that first on your PATH to run single tools by hand`);
    else throw new SetupError(`Node ${fetchedVersion} was installed in ${dir}, but does not start there. Install Node ${wantedMajor} yourself and run this again.`);
  });
  return node;
}

/** Installs aside and renames, so that a killed install leaves nothing that looks finished. The package's preinstall script links the binary. */
function install(dir) {
  const partial = `${dir}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts=false', `node@${fetchedVersion}`];
  const env = { ...process.env };
  // npm hands its own settings to the scripts it runs as npm_config_*; this install must not inherit the project's.
  for (const name of Object.keys(env)) if (/^npm_config_(ignore_scripts|prefix|global|local_prefix|include|omit)$/i.test(name)) delete env[name];
  const result = spawnSync('npm', args, { cwd: partial, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status !== 0) throw new SetupError(`npm could not install node@${fetchedVersion}:\n${(result.stderr || result.stdout || String(result.error)).trim().slice(-1500)}`);
  rmSync(dir, { recursive: true, force: true });
  renameSync(partial, dir);
}

function runs(node) {
  return existsSync(node) && spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 20_000 }).stdout?.trim() === `v${fetchedVersion}`;
}

function runAgainOn(node) {
  const env = { ...process.env, VISAVIS_STARTED_BY: String(process.pid) };
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  stopWhenOrphaned(() => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0);
    process.exit();
  });
}

/**
 * Calls `stop` once when the program that started this one is gone: npm killed with SIGKILL takes nothing down with it. Only where that is surely npm or
 * our own first stage, so that a program started from a shell in the background outlives the shell.
 */
export function stopWhenOrphaned(stop) {
  const underNpm = process.env.npm_lifecycle_event !== undefined;
  if (!underNpm && process.env.VISAVIS_STARTED_BY === undefined) return;
  const parent = process.ppid;
  // npm runs scripts through a shell; where that stays in between, npm is our parent's parent.
  const grandparent = underNpm ? parentOf(parent) : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (grandparent === undefined || parentOf(parent) === grandparent)) return;
    clearInterval(timer);
    stop();
  }, 1000);
  timer.unref();
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    return undefined;
  }
}
