// Everything up to the point where services can start: packages, system packages, the mediasoup worker, the client and the build.
import { buildApps, generateClient, installPackages, withCheckout } from './checkout.mjs';
import { buildWorker, findWorker, packagesToBuildWorker } from './mediasoup-worker.mjs';
import { checkOutsideServices } from './outside-services.mjs';
import { needsRedis } from './services.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

/**
 * @param {{ programs?: string[], outside?: object, build?: 'nothing' | 'client' | 'apps' }} options `programs`: what is needed besides Redis and the
 *   voices; `outside`: the environment that may name services to use, which are called; `build`: how far, the Prisma client or all apps
 * @returns {Promise<{ workerBinary: string }>}
 */
export async function prepare({ programs = [], outside = process.env, build = 'apps' } = {}) {
  await withCheckout(installPackages);
  // Before anything that takes minutes, and as soon as there is a client of PostgreSQL to ask with.
  await checkOutsideServices(outside);
  // What is missing is asked for in one go, and whether the build's packages are needed shows only when there is no prebuilt worker.
  const found = await findWorker();
  const needs = [...(needsRedis(outside) ? ['redis'] : []), 'flite', ...programs];
  await ensureSystemPackages(needs, found ? [] : packagesToBuildWorker());
  const workerBinary = found ?? (await buildWorker());
  if (build !== 'nothing') {
    await withCheckout(async () => {
      await generateClient();
      if (build === 'apps') await buildApps();
    });
  }
  return { workerBinary };
}
