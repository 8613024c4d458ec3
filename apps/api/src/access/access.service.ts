import { Inject, Injectable } from '@nestjs/common';
import { parseId } from '@visavis/ids';
import { notFound, ProblemError } from '@visavis/problems';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiConfig } from '../config';
import { API_CONFIG } from '../tokens';
import { Authentication } from './authentication';
import { bearerOf, findCredentials, type CredentialSource } from './credentials';
import { isOwnPage, originAllowed } from './origin-check';
import { roleReaches, type AccessRule, type Principal } from './principal';
import { rateHeaders, rateLimited, RateLimiter, type Counter } from './rate-limiter';
import type { Verified } from './strategies/secret.strategy';

const WINDOW_S = 60;
/** Wrong credentials that one address may try in a minute. */
const FAILURES_PER_MINUTE = 60;

export interface Authorized {
  readonly principal: Principal;
  /** `RateLimit-*` for the answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The one place that decides whether a request may reach a route: who it is, from which page, with which scope, how
 * often. WebSocket upgrades, which no guard sees, come here too.
 */
@Injectable()
export class AccessService {
  readonly #workerTokenHash: Buffer;

  constructor(
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    private readonly authentication: Authentication,
    private readonly limiter: RateLimiter,
  ) {
    this.#workerTokenHash = sha256(config.workerToken.reveal());
  }

  /**
   * @param routeId the route's `:id`, which a client token has to match
   * @throws ProblemError 401, 403, 404 (another session), 429 or 503
   */
  async authorize(source: CredentialSource, rule: AccessRule, routeId?: string): Promise<Authorized> {
    if (rule.worker === true) return { principal: this.#worker(source), headers: {} };
    const verified = await this.#verified(source);
    const { principal } = verified;
    this.#checkPage(source, verified);
    checkRule(principal, rule, routeId);
    return { principal, headers: await this.#count(verified) };
  }

  async #verified(source: CredentialSource): Promise<Verified> {
    const credentials = findCredentials(source);
    if (credentials === null) throw new ProblemError('unauthenticated', 'This needs an API key: send "Authorization: Bearer vv_live_…".', challenge());
    try {
      const verified = await this.authentication.verify(credentials);
      if (verified !== null) return verified;
      const what = { 'api-key': 'API key is not valid, has expired or was revoked', 'client-token': 'client token is not valid', 'dashboard-cookie': 'sign-in has ended' };
      throw new ProblemError('unauthenticated', `The ${what[credentials.scheme]}.`, challenge());
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'unauthenticated') {
        await this.limiter.spend([{ name: `failure:${source.ip}`, limit: FAILURES_PER_MINUTE }], WINDOW_S, 'Too many attempts with wrong credentials from this address.');
      }
      throw error;
    }
  }

  #checkPage(source: CredentialSource, verified: Verified): void {
    const { publicUrl } = this.config.http;
    if (verified.principal.kind === 'member') {
      if (isOwnPage(source, publicUrl)) return;
      throw new ProblemError('forbidden', 'A cookie only counts for requests from the dashboard itself.', { internal: 'cross-site request with a dashboard cookie' });
    }
    if (originAllowed(source.headers.origin, verified.allowedOrigins, publicUrl)) return;
    throw new ProblemError('forbidden', 'Pages of this origin may not use this account; add it to the allowed origins.', { internal: 'origin not allowed' });
  }

  async #count(verified: Verified): Promise<Record<string, string>> {
    const state = await this.limiter.take(this.#counters(verified.principal), WINDOW_S, verified.revocationMarker);
    if (state.marked) throw new ProblemError('unauthenticated', 'The API key is not valid, has expired or was revoked.', challenge());
    if (state.refused) throw rateLimited(state, 'Too many requests; the RateLimit headers say when there is room again.');
    return state.limit === 0 ? {} : rateHeaders(state);
  }

  #counters(principal: Principal): Counter[] {
    const limit = this.config.http.rateLimitPerMinute;
    if (limit === 0 || principal.kind === 'worker') return [];
    const own = principal.kind === 'key' ? principal.keyId : principal.kind === 'client' ? principal.sessionId : principal.userId;
    return [
      { name: `${principal.kind}:${own}`, limit },
      { name: `tenant:${principal.tenantId}`, limit: limit * 2 },
    ];
  }

  #worker(source: CredentialSource): Principal {
    const token = bearerOf(source.headers.authorization);
    if (token === null || !timingSafeEqual(sha256(token), this.#workerTokenHash)) {
      throw new ProblemError('unauthenticated', 'The worker token is not valid.', challenge());
    }
    return { kind: 'worker' };
  }
}

function checkRule(principal: Principal, rule: AccessRule, routeId: string | undefined): void {
  switch (principal.kind) {
    case 'key':
      if (rule.key === undefined) throw new ProblemError('forbidden', 'This route does not take API keys.');
      if (!principal.scopes.includes(rule.key)) throw new ProblemError('insufficient_scope', `The API key lacks the scope "${rule.key}".`);
      return;
    case 'client':
      if (rule.client === undefined) throw new ProblemError('forbidden', 'This route does not take client tokens.');
      if (routeId !== undefined && parseId('ses', routeId) !== principal.sessionId) throw notFound('session');
      if (!principal.scopes.includes(rule.client)) throw new ProblemError('insufficient_scope', `The client token lacks the scope "${rule.client}".`);
      return;
    case 'member':
      if (rule.member === undefined) throw new ProblemError('forbidden', 'This route is not for the dashboard.');
      if (!roleReaches(principal.role, rule.member)) throw new ProblemError('forbidden', `This needs the role "${rule.member}" or a higher one.`);
      return;
    case 'worker':
      throw new ProblemError('forbidden', 'This route is not for workers.');
  }
}

function challenge(): { headers: Record<string, string> } {
  return { headers: { 'www-authenticate': 'Bearer realm="visavis"' } };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
