// A boundary that nobody can cross is worth something only if crossing it is reported. Each case is a file that breaks one rule, linted in memory.
import { ESLint } from 'eslint';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

const planted: readonly { what: string; file: string; code: string; rule: string }[] = [
  { what: 'an app imports another app', file: 'apps/api/src/planted.ts', code: `import '../../worker/src/main.ts';`, rule: '@nx/enforce-module-boundaries' },
  { what: 'a library imports an app', file: 'libs/queue/src/planted.ts', code: `import '../../../apps/api/src/config.ts';`, rule: '@nx/enforce-module-boundaries' },
  { what: 'a library of rules imports one that does I/O', file: 'libs/session-states/src/planted.ts', code: `import '@visavis/db';`, rule: '@nx/enforce-module-boundaries' },
  { what: 'the worker reaches the database', file: 'apps/worker/src/planted.ts', code: `import '@visavis/db';`, rule: '@nx/enforce-module-boundaries' },
  { what: 'the worker reaches mediasoup', file: 'apps/worker/src/planted.ts', code: `import '@visavis/media';`, rule: '@nx/enforce-module-boundaries' },
  { what: 'the dashboard imports what cannot run in a browser', file: 'apps/dashboard/src/planted.ts', code: `import '@visavis/queue';`, rule: '@nx/enforce-module-boundaries' },
  { what: 'an app opens PostgreSQL', file: 'apps/api/src/planted.ts', code: `import pg from 'pg';\npg;`, rule: 'no-restricted-imports' },
  { what: 'an app imports the Prisma client', file: 'apps/api/src/planted.ts', code: `import '@prisma/client';`, rule: 'no-restricted-imports' },
  { what: 'an app imports mediasoup', file: 'apps/api/src/planted.ts', code: `import 'mediasoup';`, rule: 'no-restricted-imports' },
  { what: 'a library imports a part of mediasoup', file: 'libs/contracts/src/planted.ts', code: `import 'mediasoup/types';`, rule: 'no-restricted-imports' },
  { what: 'an app opens Redis', file: 'apps/worker/src/planted.ts', code: `import 'ioredis';`, rule: 'no-restricted-imports' },
  { what: 'a library uses BullMQ', file: 'libs/media/src/planted.ts', code: `import 'bullmq';`, rule: 'no-restricted-imports' },
  { what: 'an app calls FFmpeg', file: 'apps/worker/src/planted.ts', code: `import 'node-av/api';`, rule: 'no-restricted-imports' },
  { what: 'an app talks to S3', file: 'apps/api/src/planted.ts', code: `import '@aws-sdk/client-s3';`, rule: 'no-restricted-imports' },
  { what: 'an app runs a network by itself', file: 'apps/worker/src/planted.ts', code: `import 'onnxruntime-node';`, rule: 'no-restricted-imports' },
  { what: 'an engine runs a network by itself', file: 'libs/engine-builtin/src/planted.ts', code: `import { InferenceSession } from 'onnxruntime-node';\nInferenceSession;`, rule: 'no-restricted-imports' },
  { what: 'the database library uses FFmpeg', file: 'libs/db/src/planted.ts', code: `import 'node-av';`, rule: 'no-restricted-imports' },
  { what: 'a library reads the environment', file: 'libs/media/src/planted.ts', code: `export const port = process.env.PORT;`, rule: 'no-restricted-syntax' },
  { what: 'a service reads the environment', file: 'apps/api/src/modules/planted.service.ts', code: `export const port = process.env['PORT'];`, rule: 'no-restricted-syntax' },
  { what: 'an app fetches an address by itself', file: 'apps/api/src/planted.ts', code: `export const get = (url: string) => fetch(url);`, rule: 'no-restricted-syntax' },
];

const allowed: readonly { what: string; file: string; code: string }[] = [
  { what: 'libs/db opens PostgreSQL', file: 'libs/db/src/planted.ts', code: `import 'pg';\nimport '@prisma/client';` },
  { what: 'libs/media imports mediasoup', file: 'libs/media/src/planted.ts', code: `import 'mediasoup';` },
  { what: 'an app names BullMQ for Nest', file: 'apps/worker/src/planted.ts', code: `import 'bullmq';` },
  { what: 'libs/viseme-net runs a network', file: 'libs/viseme-net/src/planted.ts', code: `import 'onnxruntime-node';` },
  { what: 'main reads the environment', file: 'apps/worker/src/main.ts', code: `export const environment = process.env;` },
  { what: 'the API uses the database library', file: 'apps/api/src/planted.ts', code: `import '@visavis/db';` },
  { what: 'the dashboard uses the contracts', file: 'apps/dashboard/src/planted.ts', code: `import '@visavis/contracts';` },
];

describe('the lint', () => {
  let eslint: ESLint;

  beforeAll(() => {
    // The boundary rule reads Nx's project graph from its cache, and lets everything pass where there is none.
    execFileSync(join(root, 'node_modules', '.bin', 'nx'), ['show', 'projects'], { cwd: root, env: { ...process.env, NX_DAEMON: 'false' } });
    eslint = new ESLint({ cwd: root });
  }, 120_000);

  async function reported(file: string, code: string): Promise<(string | null)[]> {
    const [result] = await eslint.lintText(`${code}\n`, { filePath: join(root, file) });
    return (result?.messages ?? []).map((message) => message.ruleId);
  }

  it.each(planted)('reports it when $what', { timeout: 60_000 }, async ({ file, code, rule }) => {
    expect(await reported(file, code)).toContain(rule);
  });

  it.each(allowed)('says nothing when $what', { timeout: 60_000 }, async ({ file, code }) => {
    expect(await reported(file, code)).toEqual([]);
  });
});
