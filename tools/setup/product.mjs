// The product on top of the services: migrations, seed, API, workers; and dev.json, which says how to reach it.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { apiEnvironment, migrationEnvironment, workerEnvironment } from '../dev-environment.mjs';
import { rootDir, run } from './checkout.mjs';
import { delay, describeExit, lastLines } from './children.mjs';
import { ensureDemoAvatar } from './demo-avatar.mjs';
import { readJsonFile, writeSecretFile } from './home.mjs';
import { SetupError, step } from './progress.mjs';
import { reportExit } from './supervisor.mjs';

const readyTimeoutMs = 90_000;
const restartPauseMs = 1_000;
const restartsAMinute = 5;

/**
 * Migrates, seeds and starts the apps, and waits until a session with the first stock avatar could start. The apps' environments are written to `api-environment.json` and
 * `worker-environment.json` in the home, for whoever starts one by hand (tools/run-app.mjs) and for tests.
 * @param {{ supervisor: import('./supervisor.mjs').Supervisor, services: object, secrets: object, workerBinary: string, host: string, port: number,
 *   workers: number, slots?: number, withApi?: boolean, restartWorkers: boolean, onApiExit: (child: object) => void, apiExtra?: object,
 *   workerExtra?: object }} options without the API there are no workers either
 * @returns {Promise<{ url: string, email: string, password: string, api_key: string }>} what dev.json says
 */
export async function startProduct(options) {
  const { supervisor, services, secrets, host, port } = options;
  const { home } = supervisor;
  const credentials = await migrateAndSeed({ home, services, secrets });
  // A server that listens everywhere is still reached here by the loopback.
  const url = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`;
  const publicUrl = process.env.PUBLIC_URL || url;

  const workerSettings = (id) => workerEnvironment({ ...options, home, apiUrl: url, workerId: id, extra: options.workerExtra });
  const apiSettings = apiEnvironment({ ...options, publicUrl, extra: options.apiExtra });
  writeSecretFile(join(home, 'api-environment.json'), apiSettings);
  writeSecretFile(join(home, 'worker-environment.json'), workerSettings('worker-by-hand'));

  if (options.withApi !== false) {
    await step('API', () => waitUntilReady(startApp(supervisor, 'api', 'api', apiSettings, options.onApiExit), url));
    if (options.workers > 0) {
      await step(options.workers === 1 ? 'Worker' : `${options.workers} workers`, async () => {
        const started = Array.from({ length: options.workers }, (_, index) => startWorker(options, `worker-${index + 1}`, workerSettings));
        await waitForCapacity(url, credentials.api_key, started);
        for (const slot of started) slot.up = true;
      });
      await ensureDemoAvatar({ url, apiKey: credentials.api_key });
    }
  }

  const dev = { url, ...credentials };
  writeSecretFile(join(home, 'dev.json'), dev);
  return dev;
}

async function migrateAndSeed({ home, services, secrets }) {
  const demoPath = join(home, 'demo.json');
  // The seed reads what it made before from this file, or makes it and writes it there: a key is stored hashed and can't be read back.
  const env = { ...migrationEnvironment({ services, secrets }), DEMO_CREDENTIALS_FILE: demoPath };
  await step('Database: migrations and demo account', async () => {
    await run(process.execPath, [join('prisma', 'migrate.ts')], undefined, env);
    await run(process.execPath, [join('prisma', 'seed.ts')], undefined, env);
  });
  const demo = readJsonFile(demoPath);
  if (!demo?.email || !demo.password || !demo.api_key) throw new SetupError(`The seed did not write ${demoPath}.`);
  return { email: demo.email, password: demo.password, api_key: demo.api_key };
}

function startApp(supervisor, name, app, env, onExit) {
  const main = join(rootDir, 'apps', app, 'dist', 'main.js');
  // Time to drain: an API tells its viewers goodbye, a worker finishes the frame it is at.
  // Node's young generation may take 100 MB, which buys an API nothing: with less of it the same requests fit into two thirds of the memory.
  const flags = app === 'api' ? ['--max-semi-space-size=8'] : [];
  return supervisor.start({ name, command: process.execPath, args: ['--enable-source-maps', ...flags, main], env, cwd: rootDir, stopTimeoutMs: 20_000, onExit });
}

/** Starts a worker, and again when it dies, under a name that nobody confuses with the dead one's; not for ever when it keeps dying. */
function startWorker(options, name, environment) {
  const { supervisor } = options;
  const deaths = [];
  const slot = { child: undefined, up: false };
  const begin = () => {
    const id = `${name}-${randomBytes(3).toString('hex')}`;
    slot.child = startApp(supervisor, name, 'worker', environment(id), async (child) => {
      // Before that, whoever waits for it reports it.
      if (!slot.up) return;
      reportExit(child);
      if (!options.restartWorkers) return;
      deaths.push(Date.now());
      if (deaths.filter((at) => Date.now() - at < 60_000).length > restartsAMinute) return;
      await delay(restartPauseMs);
      if (!supervisor.stopping) begin();
    });
  };
  begin();
  return slot;
}

async function waitUntilReady(api, url) {
  let last = 'no answer';
  for (const began = Date.now(); Date.now() - began < readyTimeoutMs; await delay(100)) {
    if (api.exit) throw new SetupError(`The API ${describeExit(api)}. Its log, ${api.logPath}, ends with:\n${lastLines(api)}`);
    try {
      const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) });
      if (answer.ok) return;
      last = await answer.text();
    } catch (error) {
      last = error.cause?.code ?? error.message;
    }
  }
  throw new SetupError(`The API is not ready: ${last}\nIts log, ${api.logPath}, ends with:\n${lastLines(api)}`);
}

/** A worker has to enrol before a session can start. */
async function waitForCapacity(url, apiKey, workers) {
  let last = 'no answer';
  for (const began = Date.now(); Date.now() - began < readyTimeoutMs; await delay(100)) {
    const dead = workers.find(({ child }) => child.exit)?.child;
    if (dead) throw new SetupError(`${dead.name} ${describeExit(dead)}. Its log, ${dead.logPath}, ends with:\n${lastLines(dead)}`);
    try {
      const answer = await fetch(`${url}/v1/sessions/availability`, { headers: { authorization: `Bearer ${apiKey}` }, signal: AbortSignal.timeout(5000) });
      last = await answer.text();
      if (answer.ok && JSON.parse(last).available) return;
    } catch (error) {
      last = error.cause?.code ?? error.message;
    }
  }
  throw new SetupError(`No worker is available: ${last}\nThe worker's log, ${workers[0].child.logPath}, ends with:\n${lastLines(workers[0].child)}`);
}
