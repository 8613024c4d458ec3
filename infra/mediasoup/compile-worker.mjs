// Compiles the mediasoup worker from the sources inside its npm package, with g++ and ninja against the distribution's libraries. The package's own
// build wants a newer meson than Debian 12 has and downloads every library; this needs neither. Sources and schemas are read from the package's own
// meson files, so a new version brings its own list.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beganAt, delay } from '../../tools/setup/children.mjs';
import { processAlive } from '../../tools/setup/file-lock.mjs';
import { packageDir, shimDir } from './worker-cache.mjs';

/** Debian and Ubuntu packages that the build needs. */
export const buildPackages = [
  'g++',
  'ninja-build',
  'pkg-config',
  'libuv1-dev',
  'libssl-dev',
  'libsrtp2-dev',
  'libflatbuffers-dev',
  'flatbuffers-compiler',
  'libabsl-dev',
];

const libraries = [
  'libuv',
  'openssl',
  'libsrtp2',
  'absl_raw_hash_set',
  'absl_hash',
  'absl_strings',
  'absl_throw_delegate',
  'absl_bad_optional_access',
  'absl_bad_variant_access',
];

// In the package's meson.build these stand behind an option that is off by default; main.cpp belongs to the executable only.
const sourcesBesideCommon = [
  'src/main.cpp',
  'src/DepLibWebRTC.cpp',
  'src/RTC/TransportCongestionControlClient.cpp',
  'src/RTC/TransportCongestionControlServer.cpp',
];

/**
 * Builds in `buildDir` and returns the path of the finished binary. What an interrupted build left there is used again.
 * @param {string} buildDir
 * @param {(done: number, total: number) => void} onProgress called for every finished step
 */
export async function compileWorker(buildDir, onProgress) {
  copySources(buildDir);
  generateFlatbuffers(buildDir);
  writeNinjaFile(buildDir);
  await runNinja(buildDir, onProgress);
  return join(buildDir, 'mediasoup-worker');
}

/** The build works on a copy, so that it goes on when the checkout, or its node_modules, is removed or reinstalled meanwhile. */
function copySources(buildDir) {
  const target = join(buildDir, 'worker');
  if (existsSync(target)) return;
  const partial = join(buildDir, 'worker.partial');
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  for (const part of ['src', 'include', 'fbs', 'deps/libwebrtc', 'meson.build']) {
    cpSync(join(packageDir, 'worker', part), join(partial, part), { recursive: true, preserveTimestamps: true });
  }
  renameSync(partial, target);
}

function generateFlatbuffers(buildDir) {
  const target = join(buildDir, 'generated');
  if (existsSync(target)) return;
  const partial = join(buildDir, 'generated.partial');
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const schemaDir = join(buildDir, 'worker', 'fbs');
  const schemas = readdirSync(schemaDir).filter((name) => name.endsWith('.fbs')).map((name) => join(schemaDir, name));
  const options = ['--cpp', '--cpp-field-case-style', 'lower', '--reflect-names', '--scoped-enums', '--filename-suffix', ''];
  const result = spawnSync('flatc', [...options, '-o', join(partial, 'FBS'), ...schemas], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`flatc failed: ${result.stderr || result.stdout || result.error}`);
  renameSync(partial, target);
}

function writeNinjaFile(buildDir) {
  const workerSources = [...mesonList(join(buildDir, 'worker', 'meson.build'), 'common_sources'), ...sourcesBesideCommon];
  const webrtcSources = mesonList(join(buildDir, 'worker', 'deps', 'libwebrtc', 'meson.build'), 'libwebrtc_sources');
  const cflags = pkgConfig('--cflags');
  const includes = [shimDir, 'worker/include', 'generated', 'worker/deps/libwebrtc', 'worker/deps/libwebrtc/libwebrtc'];
  const common = [
    '-std=c++20 -O2 -w -DMS_LITTLE_ENDIAN -DMS_EXECUTABLE -DFLATBUFFERS_LOCALE_INDEPENDENT=1',
    ...includes.map((dir) => `-I ${shellQuoted(dir)}`),
    `-include ${shellQuoted(join(shimDir, 'bio-ctrl-answers.h'))}`,
    cflags,
  ].join(' ');

  const lines = [
    `flags = ${common.replaceAll('$', '$$')}`,
    'rule compile',
    '  command = g++ $flags $extra -MMD -MF $out.d -c $in -o $out',
    '  depfile = $out.d',
    '  deps = gcc',
    '  description = $in',
    'rule link',
    `  command = g++ -o $out $in ${pkgConfig('--libs')} -lpthread`,
    '  description = link',
  ];
  const objects = [];
  const add = (source, extra) => {
    const object = `objects/${source.replaceAll('/', '_')}.o`;
    objects.push(object);
    lines.push(`build ${object}: compile worker/${source}`, `  extra = ${extra}`);
  };
  for (const source of workerSources) add(source, '');
  for (const source of webrtcSources) add(`deps/libwebrtc/${source}`, '-DHAVE_FLATBUFFERS');
  lines.push(`build mediasoup-worker: link ${objects.join(' ')}`, 'default mediasoup-worker', '');
  const text = lines.join('\n');
  const path = join(buildDir, 'build.ninja');
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

/** The first list called `name` in a meson file: `name = [ 'a', 'b' ]`. */
function mesonList(path, name) {
  const text = readFileSync(path, 'utf8');
  const body = new RegExp(`^${name} = \\[([^\\]]*)\\]`, 'm').exec(text)?.[1];
  const entries = [...(body ?? '').matchAll(/'([^']+)'/g)].map((match) => match[1]);
  if (entries.length === 0) throw new Error(`${path} has no list ${name}: this mediasoup version is laid out differently`);
  return entries;
}

function pkgConfig(option) {
  const result = spawnSync('pkg-config', [option, ...libraries], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`pkg-config failed: ${result.stderr || result.error}`);
  return result.stdout.trim();
}

function shellQuoted(text) {
  return `'${text.replaceAll("'", `'\\''`).replaceAll(' ', '$ ')}'`;
}

async function runNinja(buildDir, onProgress) {
  const note = join(buildDir, 'ninja.json');
  await endOldNinja(note);
  // A group of its own, compilers included, that ends with this process however it ends; if that was by SIGKILL, the note is how the next run ends it.
  const child = spawn('ninja', ['-C', buildDir, '-j', String(availableParallelism())], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NINJA_STATUS: '[%f/%t] ' },
    detached: true,
  });
  const end = () => endGroup(child.pid);
  process.once('exit', end);
  if (child.pid) writeFileSync(note, JSON.stringify({ pid: child.pid, began: beganAt(child.pid) }));

  let tail = '';
  let pending = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk) => {
    tail = (tail + chunk).slice(-6000);
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      const status = /^\[(\d+)\/(\d+)\]/.exec(line);
      if (status) onProgress(Number(status[1]), Number(status[2]));
    }
  });
  child.stderr.on('data', (chunk) => (tail = (tail + chunk).slice(-6000)));
  await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.removeListener('exit', end);
      if (code === 0) resolve();
      else reject(new Error(`compiling the mediasoup worker failed (${signal ?? `code ${code}`})\n${tail}`));
    });
  });
}

/** Two builds in one folder would write each other's files. */
async function endOldNinja(note) {
  if (!existsSync(note)) return;
  const { pid, began } = JSON.parse(readFileSync(note, 'utf8'));
  if (!began || beganAt(pid) !== began) return;
  endGroup(pid);
  for (let waited = 0; processAlive(pid) && waited < 10_000; waited += 100) await delay(100);
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It ended by itself.
  }
}
