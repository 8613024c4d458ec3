import { Injectable } from '@nestjs/common';
import { tokenScope, type TokenScope } from '@visavis/contracts';
import { formatId, parseId } from '@visavis/ids';
import { ProblemError } from '@visavis/problems';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { DerivedKeys } from './derived-keys';
import type { Principal } from './principal';

const ISSUER = 'visavis';
const AUDIENCE = 'session';
const claims = z.object({ sid: z.string(), tid: z.string(), scopes: z.array(tokenScope), exp: z.number() });

export interface IssueClientToken {
  /** Bare UUIDs. */
  readonly sessionId: string;
  readonly tenantId: string;
  readonly scopes: readonly TokenScope[];
  readonly ttlS: number;
}

/** Short-lived tokens for pages: bound to one session, signed, not stored. */
@Injectable()
export class ClientTokens {
  readonly #key: Buffer;

  constructor(keys: DerivedKeys) {
    this.#key = keys.for('client-token');
  }

  async issue(order: IssueClientToken): Promise<{ token: string; expiresAt: Date }> {
    const issuedAtS = Math.floor(Date.now() / 1000);
    const expiresAtS = issuedAtS + order.ttlS;
    const token = await new SignJWT({ sid: formatId('ses', order.sessionId), tid: formatId('ten', order.tenantId), scopes: [...order.scopes] })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(issuedAtS)
      .setExpirationTime(expiresAtS)
      .sign(this.#key);
    return { token, expiresAt: new Date(expiresAtS * 1000) };
  }

  /**
   * @throws ProblemError `unauthenticated`, which says only whether the token has expired.
   */
  async verify(token: string): Promise<Extract<Principal, { kind: 'client' }>> {
    let payload: unknown;
    try {
      ({ payload } = await jwtVerify(token, this.#key, { algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE }));
    } catch (error) {
      const expired = (error as { code?: string }).code === 'ERR_JWT_EXPIRED';
      throw new ProblemError('unauthenticated', expired ? 'The client token has expired; ask your backend for a new one.' : 'The client token is not valid.', { cause: error });
    }
    const parsed = claims.safeParse(payload);
    const sessionId = parsed.success ? parseId('ses', parsed.data.sid) : null;
    const tenantId = parsed.success ? parseId('ten', parsed.data.tid) : null;
    if (!parsed.success || sessionId === null || tenantId === null) throw new ProblemError('unauthenticated', 'The client token is not valid.');
    return { kind: 'client', tenantId, sessionId, scopes: parsed.data.scopes, expiresAt: new Date(parsed.data.exp * 1000) };
  }
}
