// The mediasoup worker for the set-up's programs: from the cache, downloaded, or built with progress.
import { buildWorkerFromSource, downloadPrebuiltWorker, missingBuildPackages } from '../../infra/mediasoup/build-worker.mjs';
import { cachedWorker, mediasoupVersion, workerBinary } from '../../infra/mediasoup/worker-cache.mjs';
import { SetupError, say, step } from './progress.mjs';

/**
 * Whether a worker binary is at hand, without building one: given by MEDIASOUP_WORKER_BIN, cached, or downloaded now.
 * @returns {Promise<string | undefined>}
 */
export async function findWorker() {
  const atHand = workerAtHand();
  if (atHand) return atHand;
  const found = await downloadPrebuiltWorker();
  say(found ? `✓ mediasoup worker ${mediasoupVersion()}, prebuilt` : `  no prebuilt mediasoup worker ${mediasoupVersion()} can be downloaded here`);
  return found ? workerBinary() : undefined;
}

/** A worker that is there already, or undefined; looks nowhere but in the cache. */
export function workerAtHand() {
  return process.env.MEDIASOUP_WORKER_BIN || cachedWorker();
}

/** Debian packages that a build would need and that are missing. */
export const packagesToBuildWorker = missingBuildPackages;

/** Builds the worker from its sources. */
export async function buildWorker() {
  if (process.platform !== 'linux') {
    throw new SetupError('The prebuilt mediasoup worker could not be downloaded from GitHub. Once it can be reached, start again; or set MEDIASOUP_WORKER_BIN to a worker of yours.');
  }
  await step(`mediasoup worker ${mediasoupVersion()}, built from its sources (some six minutes, once)`, (note) =>
    buildWorkerFromSource((done, total) => note(`${done} of ${total} files`)),
  );
  return workerBinary();
}
