import { runProgram } from './run-program.ts';
import { type MonoSound, readWav } from './wav.ts';

/** `-b 1`: the text is UTF-8, whatever the locale. */
export function espeakArguments(voice: string): string[] {
  return ['-v', voice, '-b', '1'];
}

/** Speaks one sentence with the installed espeak-ng. */
export async function speakWithEspeak(program: string, voice: string, text: string, signal: AbortSignal): Promise<MonoSound> {
  return readWav(await runProgram(program, [...espeakArguments(voice), '--stdin', '--stdout'], text, signal));
}
