import { PROBLEMS, type ProblemCode } from './codes.ts';
import type { ProblemError, ProblemIssue } from './problem-error.ts';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';
const TYPE_BASE = 'https://visavis.dev/problems/';

/** An RFC 9457 problem document. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  request_id: string;
  errors?: readonly ProblemIssue[];
}

/** The public form of an error; holds nothing that the log alone may see. */
export function toDocument(error: ProblemError, requestId: string): ProblemDocument {
  return {
    type: problemType(error.code),
    title: PROBLEMS[error.code].title,
    status: error.status,
    code: error.code,
    detail: error.detail,
    request_id: requestId,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
  };
}

/** The address that names a kind of problem. */
export function problemType(code: ProblemCode): string {
  return TYPE_BASE + code;
}

interface IssueLike {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** Issues of a Standard Schema (zod, for instance) with paths as a caller writes them: `video.width`, `scopes[0]`. */
export function toIssues(issues: readonly IssueLike[]): ProblemIssue[] {
  return issues.map((issue) => ({ path: formatPath(issue.path ?? []), message: issue.message }));
}

function formatPath(path: NonNullable<IssueLike['path']>): string {
  let text = '';
  for (const part of path) {
    const key = typeof part === 'object' ? part.key : part;
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}
