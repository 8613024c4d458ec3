import { createSynthesiser, type Synthesiser } from './synthesiser.ts';

export { createSynthesiser, MAX_TEXT_CHARS } from './synthesiser.ts';
export type { Synthesiser } from './synthesiser.ts';
export { DEFAULT_VOICE_ID, listVoices } from './voices.ts';
export type { Voice, VoiceEngine, VoiceGender } from './voices.ts';
export { SpeechSynthesisError, speechSynthesisErrorCodes } from './speech-error.ts';
export type { SpeechSynthesisErrorCode } from './speech-error.ts';

const SYSTEM_PATH = ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin'].join(':');
let systemSynthesiser: Synthesiser | undefined;

/** `Synthesiser.synthesise` with the programs that are installed in the system's usual places. */
export function synthesise(text: string, voiceId: string, signal?: AbortSignal): AsyncGenerator<Float32Array> {
  systemSynthesiser ??= createSynthesiser(SYSTEM_PATH);
  return systemSynthesiser.synthesise(text, voiceId, signal);
}
