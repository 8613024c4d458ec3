import passport from 'passport';
import type { Principal } from '../principal';

/** What a strategy is handed: the secret alone, so that nothing is hung on the real request. */
export interface SecretRequest {
  readonly secret: string;
}

/** What a strategy found out, besides who it is: which pages may use these credentials. */
export interface Verified {
  readonly principal: Principal;
  readonly allowedOrigins: readonly string[];
  /** A Redis key whose existence takes these credentials back. */
  readonly revocationMarker?: string;
}

/** A passport strategy that judges one secret. Passport calls a delegate of this object, so no `#private` members here. */
export abstract class SecretStrategy extends passport.Strategy {
  abstract override readonly name: string;

  /** Whose secret this is, or null; a ProblemError if the caller may know more than "not valid". */
  abstract verify(secret: string): Promise<Verified | null>;

  override authenticate(this: this & passport.StrategyCreatedStatic, request: unknown): void {
    this.verify((request as SecretRequest).secret).then(
      (verified) => (verified === null ? this.fail(401) : this.success(verified)),
      (error: unknown) => this.error(error),
    );
  }
}
