/** Real: flite and espeak-ng where they are installed, and espeak-ng's WebAssembly build, which always is. */
import { describe, expect, it } from 'vitest';
import { createSynthesiser, MAX_TEXT_CHARS, SpeechSynthesisError } from './index.ts';
import { findProgram } from './run-program.ts';

const searchPath = process.env['PATH'] ?? '';
const installed = (await findProgram('flite', searchPath)) !== undefined && (await findProgram('espeak-ng', searchPath)) !== undefined;
if (!installed) console.warn('SKIPPED: install flite and espeak-ng to test the programs');

async function speak(synthesiser: ReturnType<typeof createSynthesiser>, text: string, voiceId: string, signal?: AbortSignal): Promise<Float32Array[]> {
  const pieces: Float32Array[] = [];
  for await (const piece of synthesiser.synthesise(text, voiceId, signal)) pieces.push(piece);
  return pieces;
}

const seconds = (pieces: Float32Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0) / 48_000;

/** Speech starts at once, is neither quiet nor clipped, and isn't a tone. */
function expectSpeech(pieces: Float32Array[]): void {
  for (const piece of pieces) {
    const rms = Math.sqrt(piece.reduce((sum, value) => sum + value * value, 0) / piece.length);
    expect(rms).toBeGreaterThan(0.03);
    expect(piece.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)).toBeLessThanOrEqual(0.95);
    const start = piece.subarray(0, 0.1 * 48_000);
    expect(start.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)).toBeGreaterThan(0.01);
  }
}

const engines = [{ name: 'installed programs', synthesiser: createSynthesiser(searchPath), available: installed }, { name: 'WebAssembly', synthesiser: createSynthesiser(''), available: true }];

describe.each(engines.filter(({ available }) => available))('$name', ({ synthesiser }) => {
  it.each([
    ['en-us-slt', 'Hello, I am an avatar. It is nice to meet you!', 2],
    ['en-us-rms', 'Hello, I am an avatar. It is nice to meet you!', 2],
    ['de', 'Guten Tag, ich heiße Erika. Schön, Sie zu sehen!', 2],
    ['fr', 'Bonjour, je suis un avatar. Enchanté !', 2],
    ['zh', '你好，我是一个会说话的头像。很高兴认识你。', 2],
  ])('%s speaks its sentences', async (voiceId, text, count) => {
    const pieces = await speak(synthesiser, text, voiceId);
    expect(pieces.length).toBe(count);
    expectSpeech(pieces);
    expect(seconds(pieces)).toBeGreaterThan(1.5);
    expect(seconds(pieces)).toBeLessThan(9);
  });

  it('takes any text as text', async () => {
    for (const text of ['-o /tmp/x; $(touch y) `z` && echo', '<speak>one</speak>', '“Curly” — naïve… café 🙂', '-v de -w foo']) {
      expect(seconds(await speak(synthesiser, text, 'en-us-slt'))).toBeGreaterThan(0.2);
    }
  });

  it('stops with its signal', async () => {
    const abort = new AbortController();
    const text = 'One sentence. '.repeat(50);
    let pieces = 0;
    await expect(async () => {
      for await (const piece of synthesiser.synthesise(text, 'en-us-slt', abort.signal)) {
        expect(piece.length).toBeGreaterThan(0);
        if (++pieces === 2) abort.abort();
      }
    }).rejects.toThrow();
    expect(pieces).toBe(2);
  });
});

describe('limits', () => {
  const synthesiser = createSynthesiser(searchPath);
  it.each([
    ['hello', 'nobody', 'unknown_voice'],
    ['  \n ', 'en-us-slt', 'text_empty'],
    ['x'.repeat(MAX_TEXT_CHARS + 1), 'en-us-slt', 'text_too_long'],
  ])('are said plainly', async (text, voiceId, code) => {
    await expect(speak(synthesiser, text, voiceId)).rejects.toThrow(SpeechSynthesisError);
    await expect(speak(synthesiser, text, voiceId)).rejects.toMatchObject({ code });
  });

  it('report a broken program without its words', async () => {
    const { mkdtemp, rm, writeFile } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    const folder = await mkdtemp(`${tmpdir()}/visavis-speech-test-`);
    await writeFile(`${folder}/flite`, '#!/bin/sh\necho secret path >&2\nexit 3\n', { mode: 0o755 });
    const failure = await speak(createSynthesiser(folder), 'Hello.', 'en-us-slt').then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'synthesis_failed' });
    expect(String(failure)).not.toContain('secret');
    await rm(folder, { recursive: true });
  });
});
