import { problem as problemSchema } from '@visavis/contracts';
import type { ProblemCode } from '@visavis/problems';

/** A request that the API answered with an error. `code` is stable; `message` is the API's own sentence. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: ProblemCode | (string & {});
  readonly issues: ReadonlyArray<{ path: string; message: string }>;
  /** Seconds after which the same request may work, where the API said so. */
  readonly retryAfterS: number | null;
  readonly requestId: string | null;

  constructor(fields: {
    status: number;
    code: string;
    detail: string;
    issues?: ReadonlyArray<{ path: string; message: string }>;
    retryAfterS?: number | null;
    requestId?: string | null;
  }) {
    super(fields.detail);
    this.status = fields.status;
    this.code = fields.code;
    this.issues = fields.issues ?? [];
    this.retryAfterS = fields.retryAfterS ?? null;
    this.requestId = fields.requestId ?? null;
  }
}

/** The request never got an answer: offline, the server is down, or something between refused it. */
export class NetworkProblem extends Error {
  override readonly name = 'NetworkProblem';
}

/** Reads an error answer; anything that is no problem document (a proxy's HTML page) still becomes one. */
export function toApiProblem(status: number, body: string, header: (name: string) => string | null, nowMs = Date.now()): ApiProblem {
  const retryAfterS = parseRetryAfter(header('retry-after'), nowMs);
  const parsed = problemSchema.safeParse(parseJson(body));
  if (parsed.success) {
    const { code, detail, errors, request_id } = parsed.data;
    return new ApiProblem({ status, code, detail, issues: errors ?? [], retryAfterS, requestId: request_id });
  }
  return new ApiProblem({
    status,
    code: status === 401 ? 'unauthenticated' : status === 429 ? 'rate_limited' : status === 413 ? 'payload_too_large' : 'internal',
    detail: `The server answered ${status} without saying why.`,
    retryAfterS,
    requestId: header('x-request-id'),
  });
}

/** `Retry-After` in whole seconds from now: the header is either seconds or an HTTP date. */
export function parseRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null || value.trim() === '') return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? null : Math.max(0, Math.ceil((dateMs - nowMs) / 1000));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
