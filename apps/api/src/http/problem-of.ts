import { HttpException } from '@nestjs/common';
import { ProblemError, retryLater, type ProblemCode } from '@visavis/problems';
import { isDependencyFailure } from './dependency-failure';

const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  402: 'insufficient_credits',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'codec_not_supported',
  408: 'invalid_request',
  409: 'conflict',
  411: 'invalid_request',
  412: 'precondition_failed',
  413: 'payload_too_large',
  414: 'invalid_request',
  415: 'unsupported_media_type',
  422: 'unprocessable',
  429: 'rate_limited',
  431: 'invalid_request',
  503: 'dependency_unavailable',
};

/** Any error as a problem: ours as it is, those of Nest and Fastify by their status, a lost dependency as 503, the rest as 500. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isDependencyFailure(error)) {
    return retryLater('dependency_unavailable', 'A part of the service cannot be reached just now; please try again.', 2, { cause: error, internal: messageOf(error) });
  }
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown } | null)?.statusCode;
  const code = typeof status === 'number' ? BY_STATUS[status] : undefined;
  if (code === undefined) return new ProblemError('internal', 'Something went wrong here. The request id helps us to find out what.', { cause: error, internal: messageOf(error) });
  return new ProblemError(code, publicDetail(code, messageOf(error)), { cause: error });
}

function publicDetail(code: ProblemCode, message: string): string {
  switch (code) {
    case 'payload_too_large':
      return 'The body is larger than this route takes.';
    case 'unsupported_media_type':
      return 'This route does not take that Content-Type.';
    case 'not_found':
      return 'There is nothing at this address.';
    case 'dependency_unavailable':
      return 'The service is stopping or not ready; please try again.';
    default:
      // Messages of Fastify and Nest about a request are made for the caller (bad JSON, empty body and the like).
      return message === '' ? 'The request is not valid.' : sentence(message);
  }
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
