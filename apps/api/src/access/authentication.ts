import { Injectable } from '@nestjs/common';
import passport from 'passport';
import type { Credentials } from './credentials';
import { ApiKeyStrategy } from './strategies/api-key.strategy';
import { ClientTokenStrategy } from './strategies/client-token.strategy';
import { DashboardCookieStrategy } from './strategies/dashboard-cookie.strategy';
import type { SecretRequest, Verified } from './strategies/secret.strategy';

/** Passport with our three strategies, one instance per application: the package's own is shared by the whole process. */
@Injectable()
export class Authentication {
  readonly #passport = new passport.Passport();

  constructor(apiKey: ApiKeyStrategy, clientToken: ClientTokenStrategy, dashboardCookie: DashboardCookieStrategy) {
    for (const strategy of [apiKey, clientToken, dashboardCookie]) this.#passport.use(strategy.name, strategy);
  }

  /** Whose credentials these are, or null if they are nobody's. */
  verify(credentials: Credentials): Promise<Verified | null> {
    const request: SecretRequest = { secret: credentials.secret };
    return new Promise((resolve, reject) => {
      const decide = (error: unknown, verified?: Verified | false | null): void => {
        if (error !== null && error !== undefined) reject(error instanceof Error ? error : new Error(String(error)));
        else resolve(verified === false || verified === undefined ? null : verified);
      };
      const run = this.#passport.authenticate(credentials.scheme, { session: false }, decide) as (request: unknown, response: unknown, next: (error?: unknown) => void) => void;
      run(request, {}, (error) => decide(error ?? new Error('a strategy passed without a decision')));
    });
  }
}
