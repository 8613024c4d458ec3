import type { IncomingHttpHeaders } from 'node:http';
import { readSessionCookie } from './cookie';

/** A WebSocket can't set headers from a page: it may send its token as a subprotocol, `visavis.token.<token>` or the client token itself. */
export const TOKEN_SUBPROTOCOL_PREFIX = 'visavis.token.';
const KEY_PREFIX = 'vv_';
const JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;

/** What a request is judged by; a Fastify request is one, and so is the raw request of a WebSocket upgrade with its `ip`. */
export interface CredentialSource {
  readonly method: string;
  readonly url: string;
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
}

export type Credentials =
  | { readonly scheme: 'api-key'; readonly secret: string }
  | { readonly scheme: 'client-token'; readonly secret: string }
  | { readonly scheme: 'dashboard-cookie'; readonly secret: string };

/** The credentials that a request shows, the most explicit first: header, subprotocol, address, cookie. */
export function findCredentials(source: CredentialSource): Credentials | null {
  const bearer = bearerOf(source.headers.authorization);
  if (bearer !== null) return { scheme: bearer.startsWith(KEY_PREFIX) ? 'api-key' : 'client-token', secret: bearer };

  const subprotocol = source.headers['sec-websocket-protocol']
    ?.split(',')
    .map((part) => tokenOfSubprotocol(part.trim()))
    .find((token) => token !== null);
  if (subprotocol !== undefined && subprotocol !== null) return tokenOrKey(subprotocol);

  // Only where a page can't do better: EventSource and WebSocket both start with a GET.
  if (source.method === 'GET') {
    const token = new URLSearchParams(source.url.split('?', 2)[1] ?? '').get('token');
    if (token !== null && token !== '') return { scheme: 'client-token', secret: token };
  }

  const token = readSessionCookie(source.headers.cookie);
  return token === null ? null : { scheme: 'dashboard-cookie', secret: token };
}

/** The token that a subprotocol carries: behind our prefix, or as it is. Null for a subprotocol that is only a name. */
export function tokenOfSubprotocol(name: string): string | null {
  if (name.startsWith(TOKEN_SUBPROTOCOL_PREFIX)) return name.slice(TOKEN_SUBPROTOCOL_PREFIX.length);
  return JWT.test(name) ? name : null;
}

/** The token behind `Authorization: Bearer`, or null. */
export function bearerOf(header: string | undefined): string | null {
  const match = header === undefined ? null : /^Bearer +([\x21-\x7e]+) *$/i.exec(header);
  return match?.[1] ?? null;
}

function tokenOrKey(secret: string): Credentials {
  return { scheme: secret.startsWith(KEY_PREFIX) ? 'api-key' : 'client-token', secret };
}
