import { BadRequestException, NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { ProblemError } from '@visavis/problems';
import { describe, expect, it } from 'vitest';
import { problemOf } from './problem-of';

describe('any error as a problem', () => {
  it('leaves ours as they are', () => {
    const error = new ProblemError('conflict', 'x');
    expect(problemOf(error)).toBe(error);
  });

  it.each([
    [new NotFoundException('Cannot GET /x'), 'not_found'],
    [new BadRequestException('Unexpected end'), 'invalid_request'],
    [new PayloadTooLargeException(), 'payload_too_large'],
    [Object.assign(new Error('Unsupported Media Type'), { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', statusCode: 415 }), 'unsupported_media_type'],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'dependency_unavailable'],
    [new Error('query failed', { cause: Object.assign(new Error('terminating'), { code: '57P01' }) }), 'dependency_unavailable'],
    [Object.assign(new Error('pool'), { code: 'P2024' }), 'dependency_unavailable'],
    [new TypeError('x is not a function'), 'internal'],
    ['a text', 'internal'],
    [undefined, 'internal'],
  ])('%s', (error, code) => {
    expect(problemOf(error).code).toBe(code);
  });

  it('says nothing of what went wrong inside', () => {
    const problem = problemOf(new Error('column "geheim" does not exist'));
    expect(problem.detail).not.toContain('geheim');
    expect(problem.message).toContain('geheim');
  });
});
