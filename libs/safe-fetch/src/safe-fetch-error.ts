export type SafeFetchFailure = 'invalid_url' | 'blocked_address' | 'unreachable' | 'timeout' | 'too_many_redirects' | 'bad_status' | 'too_large';

/** Why an address could not be fetched. The message is for the customer: it names no address that we resolved. */
export class SafeFetchError extends Error {
  override readonly name = 'SafeFetchError';
  readonly code: SafeFetchFailure;

  constructor(code: SafeFetchFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
