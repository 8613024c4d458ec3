/**
 * What a media node refuses, with a code that is stable across releases and processes. `detail` may be shown to whoever sent the request.
 *
 * | code | meaning | HTTP status the API should give |
 * | --- | --- | --- |
 * | sdp_malformed | not SDP at all, or a line of it cannot be read | 400 |
 * | sdp_unsupported | valid SDP that asks for something WHEP or this node doesn't do | 422 |
 * | codec_not_supported | the viewer cannot decode what the session sends | 406 |
 * | session_not_found, viewer_not_found | unknown, closed or lost | 404 |
 * | session_exists, stale_epoch | somebody else already opened it, or a newer epoch did | 409 |
 * | precondition_failed | `If-Match` names an ICE session that is over | 412 |
 * | too_many_viewers | the session has all the viewers it may have | 503 |
 * | node_unavailable | the node is closing or has no running worker | 503 |
 */
export type MediaErrorCode =
  | 'sdp_malformed'
  | 'sdp_unsupported'
  | 'codec_not_supported'
  | 'session_not_found'
  | 'viewer_not_found'
  | 'session_exists'
  | 'stale_epoch'
  | 'precondition_failed'
  | 'too_many_viewers'
  | 'node_unavailable';

export class MediaError extends Error {
  readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, detail: string) {
    super(detail);
    this.name = 'MediaError';
    this.code = code;
  }
}

export function isMediaError(error: unknown, code?: MediaErrorCode): error is MediaError {
  return error instanceof MediaError && (code === undefined || error.code === code);
}
