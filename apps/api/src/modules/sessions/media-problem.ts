import { isMediaError, type MediaErrorCode } from '@visavis/media';
import { ProblemError, retryLater, type ProblemCode } from '@visavis/problems';

const CODES: Record<MediaErrorCode, ProblemCode> = {
  sdp_malformed: 'invalid_request',
  sdp_unsupported: 'unprocessable',
  codec_not_supported: 'codec_not_supported',
  session_not_found: 'not_found',
  viewer_not_found: 'not_found',
  session_exists: 'conflict',
  stale_epoch: 'conflict',
  precondition_failed: 'precondition_failed',
  too_many_viewers: 'at_capacity',
  node_unavailable: 'dependency_unavailable',
};

/** What the media node refuses, as an answer to whoever asked. */
export async function withMediaProblems<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isMediaError(error)) throw error;
    const code = CODES[error.code];
    throw code === 'at_capacity' || code === 'dependency_unavailable' ? retryLater(code, error.message, 2, { cause: error }) : new ProblemError(code, error.message, { cause: error });
  }
}
