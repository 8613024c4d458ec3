export { PROBLEM_CODES, PROBLEMS } from './codes.ts';
export type { ProblemCode } from './codes.ts';
export { PROBLEM_CONTENT_TYPE, problemType, toDocument, toIssues } from './document.ts';
export type { ProblemDocument } from './document.ts';
export { notFound, ProblemError, retryLater } from './problem-error.ts';
export type { ProblemIssue, ProblemOptions } from './problem-error.ts';
