import { PROBLEMS, type ProblemCode } from './codes.ts';

/** One thing that is wrong with a request: where (`video.width`) and what to do about it. */
export interface ProblemIssue {
  readonly path: string;
  readonly message: string;
}

export interface ProblemOptions {
  /** For the log only: what really happened. Never sent. */
  readonly internal?: string;
  readonly errors?: readonly ProblemIssue[];
  /** Headers of the answer, for instance `{ 'retry-after': '5' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * The one error that carries an answer to the caller. `detail` is public: it says what the caller can do;
 * `internal` and `cause` are for the log.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly status: number;
  readonly detail: string;
  readonly internal: string | undefined;
  readonly errors: readonly ProblemIssue[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(options.internal ?? detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.detail = detail;
    this.internal = options.internal;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

/** A `not_found` in the words that are used for everything a caller may not see, existing or not. */
export function notFound(what: string): ProblemError {
  return new ProblemError('not_found', `There is no such ${what}.`);
}

/** A failure that passes: the caller is told when to come back. */
export function retryLater(code: ProblemCode, detail: string, afterS: number, options: ProblemOptions = {}): ProblemError {
  return new ProblemError(code, detail, { ...options, headers: { ...options.headers, 'retry-after': String(Math.max(1, Math.ceil(afterS))) } });
}
