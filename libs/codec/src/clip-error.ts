export const clipDecodeErrorCodes = ['unsupported_clip', 'unreadable_clip', 'no_picture', 'clip_too_large'] as const;
export type ClipDecodeErrorCode = (typeof clipDecodeErrorCodes)[number];

/** A clip that can't be read. `message` is shown to the customer: it says what to send instead. */
export class ClipDecodeError extends Error {
  readonly code: ClipDecodeErrorCode;
  constructor(code: ClipDecodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ClipDecodeError';
    this.code = code;
  }
}
