// Services for integration tests, and the names under which the tests find them.
import { homeSecrets } from './home.mjs';
import { reportExit } from './supervisor.mjs';
import { startServices } from './services.mjs';
import { findChromium, findProgram } from './system-packages.mjs';

/**
 * @param {import('./supervisor.mjs').Supervisor} supervisor of a throw-away home
 * @param {{ workerBinary: string | undefined, onExit: () => void }} options
 * @returns {Promise<Record<string, string>>} variables for the tests
 */
export async function startTestServices(supervisor, { workerBinary, onExit }) {
  const services = await startServices({
    home: supervisor.home,
    children: supervisor,
    secrets: homeSecrets(supervisor.home),
    outside: {},
    throwAway: true,
    onExit: (child) => {
      reportExit(child);
      onExit();
    },
  });
  return {
    TEST_DATABASE_URL: services.databaseOwnerUrl,
    TEST_REDIS_URL: services.redisUrl,
    TEST_S3_ENDPOINT: services.storage.endpoint,
    TEST_S3_REGION: services.storage.region,
    TEST_S3_BUCKET: services.storage.bucket,
    TEST_S3_ACCESS_KEY_ID: services.storage.accessKeyId,
    TEST_S3_SECRET_ACCESS_KEY: services.storage.secretAccessKey,
    ...testPrograms(workerBinary),
  };
}

/** Paths of programs that tests start themselves. */
export function testPrograms(workerBinary) {
  const found = { MEDIASOUP_WORKER_BIN: workerBinary, CHROMIUM_PATH: findChromium(), FIREFOX_PATH: process.env.FIREFOX_PATH ?? findProgram('firefox-esr') ?? findProgram('firefox') };
  return Object.fromEntries(Object.entries(found).filter(([, path]) => path));
}
