export const speechDecodeErrorCodes = ['unsupported_audio', 'unreadable_audio', 'no_audio', 'speech_too_long', 'bad_sample_rate'] as const;
export type SpeechDecodeErrorCode = (typeof speechDecodeErrorCodes)[number];

/** Audio that can't be spoken. `message` is shown to the customer: it says what to send instead. */
export class SpeechDecodeError extends Error {
  readonly code: SpeechDecodeErrorCode;
  constructor(code: SpeechDecodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SpeechDecodeError';
    this.code = code;
  }
}
