import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';
import { type MonoSound, readWav } from './wav.ts';

/** Speaks one sentence with flite, which can only write to a file: one in a folder of its own, gone when this returns. */
export async function speakWithFlite(program: string, voice: string, text: string, signal: AbortSignal): Promise<MonoSound> {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-speech-'));
  try {
    const file = join(folder, 'speech.wav');
    await runProgram(program, ['-voice', voice, '-f', '-', '-o', file], toPlainLatin(text), signal);
    return readWav(await readFile(file));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const replacements: Record<string, string> = { '‘': "'", '’': "'", '“': '"', '”': '"', '–': ' - ', '—': ' - ', '…': '...', '&': ' and ', ß: 'ss', æ: 'ae', ø: 'o', œ: 'oe' };

/** flite reads ASCII; it would spell the bytes of anything else. */
export function toPlainLatin(text: string): string {
  return text
    .replaceAll(/[‘’“”–—…&ßæøœ]/g, (character) => replacements[character] ?? ' ')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\x20-\x7e]/g, ' ');
}
