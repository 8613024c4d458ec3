export const speechSynthesisErrorCodes = ['unknown_voice', 'text_empty', 'text_too_long', 'voice_unavailable', 'synthesis_failed'] as const;
export type SpeechSynthesisErrorCode = (typeof speechSynthesisErrorCodes)[number];

/** Text that wasn't spoken. `message` may be shown to the customer; what the machine said is in `cause`. */
export class SpeechSynthesisError extends Error {
  readonly code: SpeechSynthesisErrorCode;
  constructor(code: SpeechSynthesisErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SpeechSynthesisError';
    this.code = code;
  }
}
