import { describe, expect, it } from 'vitest';
import { ApiProblem, NetworkProblem, parseRetryAfter, toApiProblem } from './problem.ts';
import { signInMessage } from './sign-in-message.ts';

const none = () => null;

describe('toApiProblem', () => {
  it('reads a problem document with its issues and Retry-After', () => {
    const body = JSON.stringify({
      type: 'https://visavis.dev/problems/at_capacity',
      title: 'No free capacity',
      status: 503,
      code: 'at_capacity',
      detail: 'No worker is free.',
      request_id: 'req_1',
      errors: [{ path: 'video.width', message: 'must be even' }],
    });
    const problem = toApiProblem(503, body, (name) => (name === 'retry-after' ? '5' : null));
    expect(problem).toMatchObject({ status: 503, code: 'at_capacity', message: 'No worker is free.', retryAfterS: 5, requestId: 'req_1' });
    expect(problem.issues).toEqual([{ path: 'video.width', message: 'must be even' }]);
  });

  it.each([
    [401, 'unauthenticated'],
    [413, 'payload_too_large'],
    [429, 'rate_limited'],
    [502, 'internal'],
  ])('makes something of a %i without a document', (status, code) => {
    expect(toApiProblem(status, '<html>Bad gateway</html>', none)).toMatchObject({ status, code, issues: [] });
  });
});

describe('parseRetryAfter', () => {
  const nowMs = Date.parse('2026-11-22T10:00:00Z');
  it.each([
    [null, null],
    ['', null],
    ['soon', null],
    ['7', 7],
    ['0.2', 1],
    ['-3', 0],
    ['Sun, 22 Nov 2026 10:00:30 GMT', 30],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
  ])('%j is %j', (value, seconds) => {
    expect(parseRetryAfter(value, nowMs)).toBe(seconds);
  });
});

describe('signInMessage', () => {
  const problem = (status: number, code: string, retryAfterS: number | null = null) => new ApiProblem({ status, code, detail: 'x', retryAfterS });
  it('does not tell a wrong address from a wrong password', () => {
    expect(signInMessage(problem(401, 'unauthenticated'))).toBe('Email or password is not right.');
  });
  it('says for how long to wait', () => {
    expect(signInMessage(problem(429, 'rate_limited', 47))).toBe('Too many attempts. Try again in 47 seconds.');
    expect(signInMessage(problem(429, 'rate_limited', 300))).toBe('Too many attempts. Try again in 5 minutes.');
    expect(signInMessage(problem(429, 'rate_limited'))).toBe('Too many attempts. Try again in a few minutes.');
  });
  it('tells a dead server from a dead network', () => {
    expect(signInMessage(problem(503, 'dependency_unavailable'))).toContain('server has a problem');
    expect(signInMessage(new NetworkProblem('x'))).toContain('could not be reached');
  });
});
