import type { CredentialSource } from './credentials';

/**
 * Whether a request that rides on a cookie comes from our own pages. Browsers say so in `Sec-Fetch-Site`, older ones
 * only in `Origin`, which then has to name the host that was called or the public address. Reading is free
 * (no other origin can see the answer); opening a WebSocket isn't reading.
 */
export function isOwnPage(source: CredentialSource, publicUrl: string): boolean {
  const upgrade = source.headers.upgrade !== undefined;
  if (!upgrade && (source.method === 'GET' || source.method === 'HEAD')) return true;
  if (source.headers['sec-fetch-site'] !== undefined) return source.headers['sec-fetch-site'] === 'same-origin';
  const { origin } = source.headers;
  if (origin === undefined || !URL.canParse(origin)) return false;
  return origin === new URL(publicUrl).origin || new URL(origin).host === source.headers.host;
}

/**
 * Whether a page may use a tenant's keys and client tokens. Without an Origin header it is no page. A tenant that
 * lists no origins lets all pages in, since a token alone is already bound to one session; our own dashboard always may.
 */
export function originAllowed(origin: string | undefined, allowedOrigins: readonly string[], publicUrl: string): boolean {
  if (origin === undefined || allowedOrigins.length === 0) return true;
  return allowedOrigins.includes(origin) || origin === new URL(publicUrl).origin;
}
