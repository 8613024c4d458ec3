import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './address.ts';
import { SafeFetchError } from './safe-fetch-error.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** An address that was judged, with the one IP that may be connected to. */
export interface Target {
  readonly url: URL;
  readonly address: ResolvedAddress;
}

export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true });

/**
 * Judges a user-supplied address and resolves it once. The connection has to go to the IP that was judged here:
 * a second resolution could answer something else.
 *
 * @param allowHosts hosts (`name` or `name:port`) that may be private
 * @throws SafeFetchError
 */
export async function judge(address: string, allowHosts: readonly string[], resolve: Resolve): Promise<Target> {
  if (!URL.canParse(address)) throw new SafeFetchError('invalid_url', 'The address cannot be read.');
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new SafeFetchError('invalid_url', 'The address must begin with http:// or https://.');
  if (url.username !== '' || url.password !== '') throw new SafeFetchError('invalid_url', 'The address must not hold a user name or password.');
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(hostname) === 0 ? await resolved(hostname, resolve) : [{ address: hostname, family: isIP(hostname) }];
  // One private address among public ones is refused as well: a name of an honest host has none.
  if (!isAllowed(url, allowHosts) && !addresses.every((one) => isPublicAddress(one.address))) {
    throw new SafeFetchError('blocked_address', 'The address is not that of a public host.');
  }
  return { url, address: addresses[0]! };
}

async function resolved(hostname: string, resolve: Resolve): Promise<readonly ResolvedAddress[]> {
  let addresses: readonly ResolvedAddress[];
  try {
    addresses = await resolve(hostname);
  } catch (error) {
    throw new SafeFetchError('unreachable', 'The host of the address cannot be found.', error);
  }
  if (addresses.length === 0) throw new SafeFetchError('unreachable', 'The host of the address cannot be found.');
  return addresses;
}

function isAllowed(url: URL, allowHosts: readonly string[]): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return allowHosts.some((allowed) => {
    const entry = allowed.toLowerCase();
    return entry === url.hostname || entry === `${url.hostname}:${port}`;
  });
}
