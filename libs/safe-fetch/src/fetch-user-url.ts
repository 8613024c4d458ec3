import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { SafeFetchError } from './safe-fetch-error.ts';
import { judge, systemResolve, type Resolve, type Target } from './target.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 3;

export interface SafeFetchOptions {
  readonly maxBytes: number;
  /** For everything together: resolving, redirects and the whole body. */
  readonly timeoutMs: number;
  /** Hosts (`name` or `name:port`) that may be private: for those who run their own files' server, and for tests. */
  readonly allowHosts?: readonly string[];
  readonly resolve?: Resolve;
}

export interface FetchedFile {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
}

/**
 * GETs an address that a customer supplied, without letting it reach anything private: each hop is resolved once,
 * judged, and connected to at exactly the IP that was judged.
 *
 * @throws SafeFetchError whose message may be shown to the customer
 */
export async function fetchUserUrl(address: string, options: SafeFetchOptions): Promise<FetchedFile> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    return await untilAborted(follow(address, options, signal), signal);
  } catch (error) {
    if (error instanceof SafeFetchError) throw error;
    if (signal.aborted) throw new SafeFetchError('timeout', `The address did not answer in full within ${Math.round(options.timeoutMs / 1000)} seconds.`, error);
    throw new SafeFetchError('unreachable', 'The address cannot be reached.', error);
  }
}

async function follow(address: string, options: SafeFetchOptions, signal: AbortSignal): Promise<FetchedFile> {
  let next = address;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const target = await judge(next, options.allowHosts ?? [], options.resolve ?? systemResolve);
    const response = await get(target, signal);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (REDIRECTS.has(status) && location !== undefined) {
      response.destroy();
      if (!URL.canParse(location, target.url.href)) throw new SafeFetchError('invalid_url', 'The address redirects to one that cannot be read.');
      next = new URL(location, target.url).href;
      continue;
    }
    if (status !== 200) {
      response.destroy();
      throw new SafeFetchError('bad_status', `The address answered with status ${status}.`);
    }
    return { body: await readBody(response, options.maxBytes), contentType: response.headers['content-type'] };
  }
  throw new SafeFetchError('too_many_redirects', `The address redirects more than ${MAX_REDIRECTS} times.`);
}

function get(target: Target, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, address } = target;
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        agent: false,
        signal,
        headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'visavis' },
        // The pin: whatever the name resolves to by now, the connection goes where `judge` looked.
        lookup: (_hostname, options, callback) => {
          if (options.all === true) callback(null, [{ address: address.address, family: address.family }]);
          else callback(null, address.address, address.family);
        },
      },
      resolve,
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = new SafeFetchError('too_large', `The file behind the address is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB.`);
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) {
    response.destroy();
    throw tooLarge;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      response.destroy();
      throw tooLarge;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Name resolution can't be aborted; whoever waits for it can stop waiting. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
