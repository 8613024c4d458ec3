import { networkInterfaces } from 'node:os';

const wildcards = new Set(['0.0.0.0', '::']);

/**
 * The address to announce for a listening one: as configured, else the listening one itself, else (for a wildcard) the machine's first external IPv4.
 * @throws Error if a wildcard has nothing to announce
 */
export function announcedFor(listenIp: string, configured: string | undefined): string {
  if (configured !== undefined && configured !== '') return configured;
  if (!wildcards.has(listenIp)) return listenIp;
  const external = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .find((entry) => entry.family === 'IPv4' && !entry.internal);
  if (!external) throw new Error(`listening on ${listenIp} needs an announced address: this machine has no external IPv4`);
  return external.address;
}
