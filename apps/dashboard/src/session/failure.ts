import type { ProblemCode } from '@visavis/problems';
import { ApiProblem, NetworkProblem } from '../api/problem.ts';

/** What went wrong, in words for the person in front of the page, and what they can do about it. */
export interface Failure {
  readonly code: ProblemCode | 'network' | 'no_picture' | 'unknown';
  readonly title: string;
  readonly advice: string;
  /** Whether starting again can help. */
  readonly retry: boolean;
  /** Seconds to wait before that. */
  readonly retryAfterS: number | null;
  readonly requestId: string | null;
}

interface Words {
  readonly title: string;
  /** Null: the API's own sentence says it best. */
  readonly advice: string | null;
  readonly retry: boolean;
}

const START: Record<ProblemCode, Words> = {
  invalid_request: { title: 'This session can’t be started like that', advice: null, retry: true },
  unauthenticated: { title: 'You are signed out', advice: 'Sign in again to go on.', retry: false },
  insufficient_credits: {
    title: 'No credits left',
    advice: 'A session needs credits to start. Ask whoever runs this installation to add some to your account.',
    retry: true,
  },
  forbidden: { title: 'You may not start sessions', advice: 'Your role in this account does not allow it. Ask an owner or admin.', retry: false },
  insufficient_scope: { title: 'You may not start sessions', advice: null, retry: false },
  not_found: { title: 'This avatar is gone', advice: 'Somebody deleted it. Choose another one.', retry: false },
  method_not_allowed: { title: 'The server is of another version', advice: 'Reload the page to get the matching one.', retry: false },
  codec_not_supported: {
    title: 'This browser can’t play the video',
    advice: 'It can decode neither H.264 nor VP8 as this session sends it. Try a current Chrome, Edge, Firefox or Safari.',
    retry: true,
  },
  conflict: { title: 'That doesn’t fit the session’s state', advice: null, retry: true },
  avatar_not_ready: { title: 'This avatar is not ready', advice: 'Wait until it is prepared, or choose another one.', retry: true },
  session_ended: { title: 'The session has ended', advice: 'Start a new one.', retry: true },
  idempotency_in_progress: { title: 'Still working on it', advice: 'The same request is still running. Try again in a moment.', retry: true },
  precondition_failed: { title: 'Something changed meanwhile', advice: 'Start again.', retry: true },
  payload_too_large: { title: 'That is too large', advice: null, retry: false },
  unsupported_media_type: { title: 'That format isn’t supported', advice: null, retry: false },
  unprocessable: { title: 'That can’t be done', advice: null, retry: false },
  idempotency_key_reused: { title: 'That was already sent', advice: 'Start again.', retry: true },
  concurrency_limit: {
    title: 'All your sessions are in use',
    advice: 'Your account runs as many sessions at once as it may. End one in another tab or app, then start again.',
    retry: true,
  },
  rate_limited: { title: 'Too many requests', advice: 'Wait a moment before you try again.', retry: true },
  buffer_full: { title: 'Too much is waiting to be said', advice: 'Wait until some of it has been spoken, or interrupt.', retry: true },
  internal: { title: 'The server failed', advice: 'This is not your doing. Try again; if it stays, report the request number below.', retry: true },
  at_capacity: { title: 'Every avatar is busy', advice: 'All workers are in use right now. A place usually frees up soon.', retry: true },
  dependency_unavailable: { title: 'Part of the service is down', advice: 'It should be back soon. Try again in a moment.', retry: true },
};

export const NETWORK_FAILURE: Failure = {
  code: 'network',
  title: 'Connection lost',
  advice: 'The server can’t be reached. Check your network; the session ends by itself if nobody comes back.',
  retry: true,
  retryAfterS: null,
  requestId: null,
};

export const NO_PICTURE_FAILURE: Failure = {
  code: 'no_picture',
  title: 'No picture arrived',
  advice: 'The session started, but its video did not get through to this browser. A firewall or VPN may block it. You were not billed.',
  retry: true,
  retryAfterS: null,
  requestId: null,
};

/** Turns whatever was thrown while a session was started into words. */
export function toFailure(error: unknown): Failure {
  if (error instanceof NetworkProblem) return NETWORK_FAILURE;
  if (!(error instanceof ApiProblem)) {
    const title = 'Something unexpected happened';
    const advice = 'Reload the page and try again.';
    return { code: 'unknown', title, advice, retry: true, retryAfterS: null, requestId: null };
  }
  const { code, retryAfterS, requestId } = error;
  if (!isKnown(code)) return { code: 'unknown', title: 'The server refused', advice: error.message, retry: true, retryAfterS, requestId };
  const words = START[code];
  const advice = words.advice ?? error.message + (wrongField(error) === null ? '' : ` ${wrongField(error)}`);
  return { code, title: words.title, advice, retry: words.retry, retryAfterS, requestId: code === 'internal' ? requestId : null };
}

function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(START, code);
}

/** A request that was wrong in itself is explained by its first issue; every other detail is a sentence of its own. */
function wrongField(error: ApiProblem): string | null {
  const issue = error.issues[0];
  if (issue === undefined || error.code !== 'invalid_request') return null;
  return issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`;
}

/** One sentence for a command that was refused while the session goes on (speak, interrupt, delete). */
export function toSentence(error: unknown): string {
  if (error instanceof NetworkProblem) return 'The server could not be reached. Check your network and try again.';
  if (!(error instanceof ApiProblem)) return 'Something unexpected happened. Try again.';
  const field = wrongField(error);
  if (field !== null) return field;
  if (error.retryAfterS !== null) return `${error.message} Try again in ${error.retryAfterS} s.`;
  return error.message;
}
