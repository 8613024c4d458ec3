/**
 * Every way in which a request can fail, once: the stable code, its HTTP status and its title.
 * The map is total by type, so a code without a status doesn't compile.
 */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Credentials are missing or not valid' },
  insufficient_credits: { status: 402, title: 'Not enough credits' },
  forbidden: { status: 403, title: 'Not allowed' },
  insufficient_scope: { status: 403, title: 'The credentials lack a scope' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  codec_not_supported: { status: 406, title: 'Codec not supported' },
  conflict: { status: 409, title: 'Conflict' },
  avatar_not_ready: { status: 409, title: 'The avatar is not ready' },
  session_ended: { status: 409, title: 'The session has ended' },
  idempotency_in_progress: { status: 409, title: 'The first request with this key is still running' },
  precondition_failed: { status: 412, title: 'Precondition failed' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  unprocessable: { status: 422, title: 'The request cannot be carried out' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request' },
  concurrency_limit: { status: 429, title: 'Too many sessions at once' },
  rate_limited: { status: 429, title: 'Too many requests' },
  buffer_full: { status: 429, title: 'The buffer is full' },
  internal: { status: 500, title: 'Something went wrong here' },
  at_capacity: { status: 503, title: 'No free capacity' },
  dependency_unavailable: { status: 503, title: 'A part of the service is not available' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];
