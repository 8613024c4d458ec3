import { StandardSchemaValidationPipe } from '@nestjs/common';
import { ProblemError, toIssues } from '@visavis/problems';
import { z } from 'zod';

// Messages for people who call an API, where zod's own speak of schemas. A message given with a schema wins over these.
z.config({
  customError: (issue) => {
    if (issue.code === 'invalid_type' && issue.input === undefined) return 'is required';
    if (issue.code === 'invalid_type') return `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    if (issue.code === 'unrecognized_keys') return `has no field ${issue.keys.map((key) => `"${key}"`).join(', ')}; check the spelling`;
    if (issue.code === 'invalid_value') return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    if (issue.code === 'too_small' && issue.origin === 'array') return `needs at least ${issue.minimum} ${issue.minimum === 1 ? 'entry' : 'entries'}`;
    if (issue.code === 'too_small' && issue.origin === 'string') return issue.minimum === 1 ? 'must not be empty' : `must have at least ${issue.minimum} characters`;
    if (issue.code === 'too_small') return `must be ${issue.minimum} or more`;
    if (issue.code === 'too_big' && issue.origin === 'array') return `may have ${issue.maximum} entries at most`;
    if (issue.code === 'too_big' && issue.origin === 'string') return `may have ${issue.maximum} characters at most`;
    if (issue.code === 'too_big') return `must be ${issue.maximum} or less`;
    if (issue.code === 'invalid_union') return 'is of a kind that is not allowed here';
    return undefined;
  },
});

/** Checks bodies, queries and parameters by their zod schemas; what is wrong comes back with its path. */
export function createValidationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => {
      const errors = toIssues(issues);
      const first = errors[0];
      const rest = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
      const detail = first === undefined ? 'The request is not valid.' : `${first.path === '' ? 'The body' : first.path} ${first.message}${rest}.`;
      return new ProblemError('invalid_request', detail, { errors });
    },
  });
}
