import type { FastifyReply, FastifyRequest } from 'fastify';

const METHODS = 'GET, HEAD, POST, PATCH, DELETE, OPTIONS';
const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, x-request-id';
const EXPOSED_HEADERS =
  'location, link, etag, accept-patch, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, x-request-id, idempotency-replayed';
const PREFLIGHT_MAX_AGE_S = 600;

/** Where pages of other origins may call: the public API, never the cookie's own routes. */
export function isCrossOriginPath(url: string): boolean {
  return url.startsWith('/v1/') || url.startsWith('/openapi.json');
}

/**
 * Lets every page read the answer, so that it can also read why it was refused; which pages may act is the tenant's
 * list of origins, enforced by the guard. No credentials are allowed along, so no cookie ever counts across origins.
 */
export function setCorsHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const origin = request.headers.origin;
  void reply.header('vary', 'Origin');
  if (origin === undefined) return;
  void reply.header('access-control-allow-origin', origin);
  void reply.header('access-control-expose-headers', EXPOSED_HEADERS);
}

/** A browser's preflight; a plain OPTIONS (WHEP has one) is not. */
export function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers.origin !== undefined && request.headers['access-control-request-method'] !== undefined;
}

/** Preflights are answered for everyone: they carry no token, so nobody can be told apart yet. */
export function answerPreflight(request: FastifyRequest, reply: FastifyReply): void {
  const wanted = request.headers['access-control-request-headers'];
  void reply
    .header('access-control-allow-methods', METHODS)
    .header('access-control-allow-headers', typeof wanted === 'string' && /^[\w\-, ]{1,500}$/.test(wanted) ? wanted : REQUEST_HEADERS)
    .header('access-control-max-age', String(PREFLIGHT_MAX_AGE_S))
    .code(204)
    .send();
}
