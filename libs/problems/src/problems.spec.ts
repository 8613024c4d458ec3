import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { notFound, PROBLEM_CODES, ProblemError, PROBLEMS, retryLater, toDocument, toIssues } from './index.ts';

describe('problems', () => {
  it.each(PROBLEM_CODES)('%s has a status of failure and a title', (code) => {
    expect(PROBLEMS[code].status).toBeGreaterThanOrEqual(400);
    expect(PROBLEMS[code].status).toBeLessThan(600);
    expect(PROBLEMS[code].title).not.toBe('');
  });

  it('become documents that hold nothing internal', () => {
    const error = new ProblemError('conflict', 'Public.', { internal: 'geheim', cause: new Error('geheim'), headers: { 'x-y': 'geheim' }, errors: [{ path: 'a', message: 'b' }] });
    const document = toDocument(error, 'req_1');
    expect(document).toEqual({
      type: 'https://visavis.dev/problems/conflict',
      title: 'Conflict',
      status: 409,
      code: 'conflict',
      detail: 'Public.',
      request_id: 'req_1',
      errors: [{ path: 'a', message: 'b' }],
    });
    expect(JSON.stringify(document)).not.toContain('geheim');
  });

  it('say the internal words in the log', () => {
    expect(new ProblemError('internal', 'Public.', { internal: 'what really happened' }).message).toBe('what really happened');
  });

  it('use the same words for what is not there and what is not yours', () => {
    expect(notFound('session').detail).toBe('There is no such session.');
  });

  it.each([
    [0, '1'],
    [1.2, '2'],
    [30, '30'],
  ])('that pass say when to come back: %d s', (afterS, header) => {
    expect(retryLater('at_capacity', 'Busy.', afterS).headers['retry-after']).toBe(header);
  });

  it('name the place of an issue as a caller writes it', () => {
    const parsed = z.object({ video: z.object({ width: z.int() }), scopes: z.array(z.string()) }).safeParse({ video: { width: 'x' }, scopes: ['a', 1] });
    expect(toIssues(parsed.error!.issues).map(({ path }) => path)).toEqual(['video.width', 'scopes[1]']);
  });
});
