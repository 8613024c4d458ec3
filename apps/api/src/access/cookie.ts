/** The dashboard's cookie: 32 random bytes as base64url, so nothing has to be quoted or decoded. */
export const COOKIE_NAME = 'visavis_session';

const TOKEN = /^[\w-]{20,128}$/;

/** The token out of a Cookie header, or null. Where a name is sent twice the first one counts, as RFC 6265 orders them. */
export function readSessionCookie(header: string | undefined): string | null {
  for (const pair of header?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === COOKIE_NAME) return value !== undefined && TOKEN.test(value) ? value : null;
  }
  return null;
}

/** A Set-Cookie header. Scripts can't read it and other sites can't send it along. */
export function writeSessionCookie(token: string, maxAgeS: number, secure: boolean): string {
  return `${COOKIE_NAME}=${token}; Max-Age=${maxAgeS}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}
