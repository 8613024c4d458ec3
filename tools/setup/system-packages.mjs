// What has to come from the system's package manager: which of it is missing, and how it gets there. As root on Debian and its kin it is installed; with
// Homebrew too; anyone else is told the one command to run.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { SetupError, say, step } from './progress.mjs';

/** Programs by need. `optional` ones improve the result and are installed where that needs no asking. */
const programs = {
  redis: { command: 'redis-server', apt: 'redis-server', brew: 'redis' },
  flite: { command: 'flite', apt: 'flite', brew: 'flite', optional: true },
  chromium: { command: 'chromium', apt: 'chromium', brew: 'chromium' },
  // Firefox refuses media on the loopback, so its test makes a network namespace.
  ip: { command: 'ip', apt: 'iproute2', optional: true },
  firefox: { command: 'firefox-esr', apt: 'firefox-esr', optional: true },
};

const chromiumPlaces = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const isRoot = process.getuid?.() === 0;

/** A program's full path, or undefined. */
export function findProgram(name) {
  if (name.startsWith('/')) return existsSync(name) ? name : undefined;
  const result = spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** Chromium or Chrome for the tests: CHROMIUM_PATH if set, else the usual places. */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  return chromiumPlaces.map(findProgram).find(Boolean);
}

function isPresent(need) {
  return need === 'chromium' ? findChromium() !== undefined : findProgram(programs[need].command) !== undefined;
}

/** The needs among `needs` that this machine lacks. */
export function missingPrograms(needs) {
  return needs.filter((need) => !isPresent(need));
}

/**
 * Installs the missing programs and packages, or throws a SetupError that names the one command for all of them.
 * @param {string[]} needs keys of `programs`, optional ones among them
 * @param {string[]} [aptPackages] further Debian packages that are missing
 */
export async function ensureSystemPackages(needs, aptPackages = []) {
  const missing = missingPrograms(needs);
  const required = missing.filter((need) => !programs[need].optional);
  const manager = findProgram('apt-get') ? 'apt' : findProgram('brew') ? 'brew' : undefined;

  if (manager === 'apt' && isRoot) {
    const packages = [...missing.map((need) => programs[need].apt), ...aptPackages];
    if (packages.length === 0) return;
    try {
      await aptInstall(packages, missing.includes('redis'));
    } catch (error) {
      // Without a network, what only makes things better must not keep the rest from starting.
      if (required.length > 0 || aptPackages.length > 0) throw error;
      say(`  goes on without ${packages.join(', ')}`);
    }
    return;
  }
  if (manager === 'brew' && !isRoot) {
    const packages = missing.map((need) => programs[need].brew).filter(Boolean);
    if (packages.length > 0) await step(`Homebrew: ${packages.join(', ')}`, () => run('brew', ['install', ...packages]));
    return;
  }
  if (required.length === 0 && aptPackages.length === 0) return;
  if (manager === 'apt') {
    // Optional programs are in the command too: whoever types it once has everything.
    const packages = [...missing.map((need) => programs[need].apt), ...aptPackages];
    throw new SetupError(`Some system packages are missing. Run this once, then start again:\n\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}\n`);
  }
  const names = [...required.map((need) => programs[need].command), ...aptPackages];
  throw new SetupError(`Please install with your system's package manager, then start again: ${names.join(', ')}`);
}

async function aptInstall(packages, withRedis) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', APT_LISTCHANGES_FRONTEND: 'none' };
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];
  await step(`System packages: ${packages.join(', ')}`, async (note) => {
    // A run that was killed in the middle of dpkg leaves packages half configured.
    await run('dpkg', ['--configure', '-a'], env).catch(() => undefined);
    const update = () => run('apt-get', [...options, 'update', '-q'], env, note);
    const install = () => run('apt-get', [...options, 'install', '-y', '-q', '--no-install-recommends', ...packages], env, note);
    const fresh = aptListsPresent();
    if (!fresh) await update();
    try {
      await install();
    } catch (error) {
      // Old lists name package versions that the mirror no longer has.
      if (!fresh) throw error;
      await update();
      await install();
    }
    // The package starts a Redis of its own on the standard port. We start ours on another, and leave nothing running that nobody asked for.
    if (withRedis && existsSync('/run/systemd/system')) await run('systemctl', ['disable', '--now', 'redis-server.service'], env).catch(() => undefined);
  });
}

function aptListsPresent() {
  try {
    return readdirSync('/var/lib/apt/lists').some((name) => name.endsWith('_Packages') || name.endsWith('_Packages.lz4'));
  } catch {
    return false;
  }
}

function run(command, args, env = process.env, note) {
  return new Promise((resolve, reject) => {
    // A process group of its own: Ctrl-C must not hit dpkg half-way through a package.
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let tail = '';
    const collect = (chunk) => {
      tail = (tail + chunk).slice(-3000);
      const lines = String(chunk).trim().split('\n');
      note?.(lines.at(-1).slice(0, 80));
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => reject(new SetupError(`${command} could not be started: ${error.message}`)));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new SetupError(`${command} ${args.join(' ')} failed:\n${tail}`))));
  });
}
