// npm start: sets up what is missing and runs the whole product until Ctrl-C.
//   VISAVIS_HOME     state of this copy, default .visavis in the checkout
//   PORT, HOST       where to listen, default 3000 on 127.0.0.1; PORT=0 takes a free one
//   VISAVIS_WORKERS  how many worker processes, default 1; WORKER_SLOTS how many sessions each
//   DATABASE_URL, REDIS_URL, S3_ENDPOINT (and S3_*)  services to use instead of embedded ones
// For work on one app: `npm start -- --without worker` (or `api`) leaves that app to `node tools/run-app.mjs worker`; `npm start -- --services-only` stops
// at the services.
import { ensureNode } from './setup/node-runtime.mjs';

await ensureNode();

const { runProgram, Supervisor, reportExit } = await import('./setup/supervisor.mjs');
const { elapsed, say, SetupError } = await import('./setup/progress.mjs');
const { checkOutsideAddresses } = await import('./setup/outside-services.mjs');
const { homeFromEnvironment, homeSecrets, publicPort } = await import('./setup/home.mjs');

const flags = process.argv.slice(2);
const servicesOnly = flags.includes('--services-only');
const without = flags[flags.indexOf('--without') + 1] ?? '';
const withApi = !(flags.includes('--without') && without === 'api');
const withWorkers = withApi && !(flags.includes('--without') && without === 'worker');

await runProgram(async (adopt, leave) => {
  const home = homeFromEnvironment();
  const host = process.env.HOST || '127.0.0.1';
  const workers = withWorkers ? wholeNumber('VISAVIS_WORKERS', 1) : 0;
  const slots = wholeNumber('WORKER_SLOTS', undefined);

  checkOutsideAddresses(process.env);

  const supervisor = adopt(await Supervisor.open(home));
  const port = await publicPort(host);
  const { prepare } = await import('./setup/prepare.mjs');
  const { workerBinary } = await prepare({ build: servicesOnly ? 'nothing' : 'apps' });

  const { startServices } = await import('./setup/services.mjs');
  const secrets = homeSecrets(home);
  const stopAll = (child) => {
    reportExit(child);
    void leave(1, '\nStopping the rest …');
  };
  const services = await startServices({ home, children: supervisor, secrets, onExit: stopAll });
  if (servicesOnly) {
    say(`\nServices run (${elapsed()}).\n  PostgreSQL  ${services.databaseOwnerUrl}\n  Redis       ${services.redisUrl}\n  S3          ${services.storage.endpoint}\n`);
  } else {
    const { startProduct } = await import('./setup/product.mjs');
    const dev = await startProduct({ supervisor, services, secrets, workerBinary, host, port, workers, slots, withApi, restartWorkers: true, onApiExit: stopAll });
    say(`\nVisavis runs (${elapsed()}).\n\n  Dashboard  ${dev.url}\n  Sign in    ${dev.email}  ${dev.password}\n  API key    ${dev.api_key}\n  Logs       ${home}/logs\n\nCtrl-C stops it.`);
    if (!withApi) say('The API is yours to start: node tools/run-app.mjs api');
    if (!withWorkers) say('A worker is yours to start: node tools/run-app.mjs worker');
  }
  return new Promise(() => setInterval(() => undefined, 2 ** 30));
});

function wholeNumber(name, fallback) {
  const text = process.env[name];
  if (!text) return fallback;
  if (!/^\d+$/.test(text) || Number(text) < 1) throw new SetupError(`${name}=${text} is not a whole number from 1.`);
  return Number(text);
}
