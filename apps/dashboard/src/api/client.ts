import type { z } from 'zod';
import { NetworkProblem, toApiProblem } from './problem.ts';

export interface RequestOptions<T> {
  readonly schema?: z.ZodType<T>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean;
}

/**
 * One request to the API of this origin, signed in by cookie. The answer is checked against its schema.
 * @throws ApiProblem when the API refused, NetworkProblem when nothing answered.
 */
export async function request<T = void>(method: string, path: string, options: RequestOptions<T> = {}): Promise<T> {
  const response = await send(path, {
    method,
    headers: options.body === undefined ? {} : { 'content-type': 'application/json' },
    body: options.body === undefined ? null : JSON.stringify(options.body),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.keepalive === undefined ? {} : { keepalive: options.keepalive }),
  });
  const text = await response.text();
  if (!response.ok) throw toApiProblem(response.status, text, (name) => response.headers.get(name));
  return options.schema === undefined ? (undefined as T) : options.schema.parse(JSON.parse(text));
}

/** `fetch` whose failure to connect is a NetworkProblem; an abort stays what it is. */
export async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new NetworkProblem('The server could not be reached.', { cause });
  }
}
