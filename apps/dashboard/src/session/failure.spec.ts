import { PROBLEM_CODES } from '@visavis/problems';
import { describe, expect, it } from 'vitest';
import { ApiProblem, NetworkProblem } from '../api/problem.ts';
import { toFailure, toSentence } from './failure.ts';

const problem = (code: string, extra: Partial<ConstructorParameters<typeof ApiProblem>[0]> = {}) =>
  new ApiProblem({ status: 400, code, detail: 'The API’s own words.', ...extra });

describe('toFailure', () => {
  it.each(PROBLEM_CODES)('has words for %s', (code) => {
    const failure = toFailure(problem(code));
    expect(failure.code).toBe(code);
    expect(failure.title).not.toBe('');
    expect(failure.advice).not.toBe('');
  });

  it('keeps the time after which capacity may be there', () => {
    expect(toFailure(problem('at_capacity', { status: 503, retryAfterS: 5 }))).toMatchObject({ retry: true, retryAfterS: 5 });
  });

  it('names the field that was wrong', () => {
    const failure = toFailure(problem('invalid_request', { issues: [{ path: 'video.width', message: 'must be even' }] }));
    expect(failure.advice).toContain('video.width: must be even');
  });

  it('shows the request number only where it helps: when the server failed', () => {
    expect(toFailure(problem('internal', { status: 500, requestId: 'req_1' })).requestId).toBe('req_1');
    expect(toFailure(problem('at_capacity', { requestId: 'req_1' })).requestId).toBeNull();
  });

  it('speaks of the network when nothing answered', () => {
    expect(toFailure(new NetworkProblem('x')).code).toBe('network');
  });

  it('lets an unknown code speak for itself', () => {
    expect(toFailure(problem('teapot'))).toMatchObject({ code: 'unknown', advice: 'The API’s own words.' });
    expect(toFailure(new TypeError('x')).code).toBe('unknown');
  });
});

describe('toSentence', () => {
  it('prefers the issue, then the wait, then the detail', () => {
    expect(toSentence(problem('invalid_request', { issues: [{ path: 'text', message: 'must not be empty' }] }))).toBe('text: must not be empty');
    expect(toSentence(problem('unsupported_media_type', { issues: [{ path: 'image', message: 'must be a picture' }] }))).toBe('The API’s own words.');
    expect(toSentence(problem('buffer_full', { retryAfterS: 3 }))).toBe('The API’s own words. Try again in 3 s.');
    expect(toSentence(problem('conflict'))).toBe('The API’s own words.');
  });
});
