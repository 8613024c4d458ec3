import type { TextMark } from './speech-plan.ts';
import { createSynthesiser, type SpeechPiece, type Synthesiser } from './synthesiser.ts';

export { createSynthesiser, MAX_TEXT_CHARS } from './synthesiser.ts';
export type { PlacedMark, SpeechPiece, Synthesiser } from './synthesiser.ts';
export type { TextMark } from './speech-plan.ts';
export { PAUSE } from './timing.ts';
export type { PhoneAlphabet, TimedPhone, TimedWord, Timings } from './timing.ts';
export { segmentsOf, visemesOf } from './visemes.ts';
export type { TimedViseme } from './visemes.ts';
export { DEFAULT_VOICE_ID, listVoices } from './voices.ts';
export type { Voice, VoiceEngine, VoiceGender } from './voices.ts';
export { SpeechSynthesisError, speechSynthesisErrorCodes } from './speech-error.ts';
export type { SpeechSynthesisErrorCode } from './speech-error.ts';

const SYSTEM_PATH = ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin'].join(':');
let systemSynthesiser: Synthesiser | undefined;

/** `Synthesiser.synthesise` with the programs that are installed in the system's usual places. */
export function synthesise(text: string, voiceId: string, signal?: AbortSignal, marks?: readonly TextMark[]): AsyncGenerator<SpeechPiece> {
  return systemSynthesis().synthesise(text, voiceId, signal, marks);
}

/** `Synthesiser.warm` of the same. */
export function warmVoice(voiceId: string): Promise<void> {
  return systemSynthesis().warm(voiceId);
}

function systemSynthesis(): Synthesiser {
  return (systemSynthesiser ??= createSynthesiser(SYSTEM_PATH));
}
