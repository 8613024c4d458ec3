// npm run bench: sets up like `npm test`, runs a product of its own and measures it; prints the table and writes bench.json. Arguments go to the bench.
import { ensureNode } from './setup/node-runtime.mjs';

await ensureNode();

const { join } = await import('node:path');
const { runProgram, reportExit } = await import('./setup/supervisor.mjs');
const { openThrowAwayHome } = await import('./setup/throw-away-home.mjs');
const { runForeground } = await import('./setup/foreground.mjs');
const { freePort, homeSecrets } = await import('./setup/home.mjs');

await runProgram(async (adopt, leave) => {
  const { prepare } = await import('./setup/prepare.mjs');
  const { workerBinary } = await prepare({ programs: ['chromium'], outside: {} });
  const { startServices } = await import('./setup/services.mjs');
  const { startProduct } = await import('./setup/product.mjs');
  const { testPrograms } = await import('./setup/test-services.mjs');

  const supervisor = adopt(await openThrowAwayHome('bench'));
  const { home } = supervisor;
  const secrets = homeSecrets(home);
  const onExit = (child) => {
    reportExit(child);
    void leave(1);
  };
  const services = await startServices({ home, children: supervisor, secrets, outside: {}, onExit });
  const host = '127.0.0.1';
  const options = { supervisor, services, secrets, workerBinary, host, port: await freePort(host), workers: 1, slots: 200, restartWorkers: true, onApiExit: onExit };
  const dev = await startProduct({ ...options, apiExtra: { RATE_LIMIT_PER_MINUTE: '0', LOG_LEVEL: 'warn' }, workerExtra: { LOG_LEVEL: 'info' } });
  return runForeground(process.execPath, [join('e2e', 'bench', 'main.ts'), ...process.argv.slice(2)], {
    ...process.env,
    ...testPrograms(workerBinary),
    VISAVIS_HOME: home,
    VISAVIS_URL: dev.url,
    VISAVIS_DEV_JSON: join(home, 'dev.json'),
    VISAVIS_PROCESSES_JSON: join(home, 'processes.json'),
    VISAVIS_WORKER_ENVIRONMENT_JSON: join(home, 'worker-environment.json'),
    TEST_DATABASE_URL: services.databaseOwnerUrl,
  });
});
