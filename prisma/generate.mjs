// Writes the Prisma client to libs/db/src/generated. Does nothing when the schema and Prisma are those of the last time; --force does it anyway.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, '../libs/db/src/generated');
const stampPath = join(output, '.stamp');
const prismaPackage = createRequire(import.meta.url).resolve('prisma/package.json');

const stamp = await currentStamp();
const before = await readFile(stampPath, 'utf8').catch(() => '');
if (before === stamp && !process.argv.includes('--force')) {
  process.stdout.write('Prisma client: up to date\n');
} else {
  // A client half written by a killed run has no stamp and is written again.
  await rm(output, { recursive: true, force: true });
  await generate();
  await writeFile(stampPath, stamp);
  process.stdout.write('Prisma client: generated\n');
}

async function currentStamp() {
  const { version } = JSON.parse(await readFile(prismaPackage, 'utf8'));
  const schema = await readFile(join(here, 'schema.prisma'));
  return createHash('sha256').update(version).update('\0').update(schema).digest('hex');
}

function generate() {
  const { promise, resolve, reject } = Promise.withResolvers();
  const child = spawn(process.execPath, [join(dirname(prismaPackage), 'build/index.js'), 'generate', '--no-hints'], {
    cwd: here,
    // Generating needs no schema engine, but Prisma would download one. Any executable keeps it from that; this one is surely there.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  child.stderr.on('data', (chunk) => (printed += chunk));
  child.on('error', reject);
  child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`prisma generate failed (exit ${code}):\n${printed}`))));
  return promise;
}
