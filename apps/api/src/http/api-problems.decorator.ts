import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { PROBLEM_CODES, PROBLEM_CONTENT_TYPE, PROBLEMS } from '@visavis/problems';

/** Names the failures that are a route's own; those that any route may have (400, 401, 403, 429, 500) are added for all. */
export function ApiProblems(...statuses: number[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...statuses.map((status) => ApiResponse({ status, ...problemResponse(status) })));
}

export function problemResponse(status: number) {
  const codes = PROBLEM_CODES.filter((code) => PROBLEMS[code].status === status);
  return {
    description: codes.map((code) => `${PROBLEMS[code].title} (\`${code}\`)`).join(', or '),
    content: { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}
