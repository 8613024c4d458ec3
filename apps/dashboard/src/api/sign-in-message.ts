import { ApiProblem, NetworkProblem } from './problem.ts';

/** Why a sign-in failed, without telling whether the address exists. */
export function signInMessage(error: unknown): string {
  if (error instanceof NetworkProblem) return 'The server could not be reached. Check your connection and try again.';
  if (!(error instanceof ApiProblem)) return 'Something unexpected happened. Reload the page and try again.';
  if (error.code === 'rate_limited') return `Too many attempts. Try again in ${inWords(error.retryAfterS)}.`;
  if (error.status === 401) return 'Email or password is not right.';
  if (error.status === 400 || error.status === 422) return 'That doesn’t look like an email address and a password.';
  if (error.status >= 500) return 'The server has a problem right now. Try again in a moment.';
  return error.message;
}

function inWords(seconds: number | null): string {
  if (seconds === null) return 'a few minutes';
  if (seconds < 90) return `${Math.max(1, seconds)} second${seconds === 1 ? '' : 's'}`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
