/** Real: flite where it is installed, and espeak-ng's WebAssembly build, which always is. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createSynthesiser, listVoices, MAX_TEXT_CHARS, PAUSE, SpeechSynthesisError, visemesOf, type SpeechPiece, type TextMark } from './index.ts';
import { findProgram } from './run-program.ts';

const searchPath = process.env['PATH'] ?? '';
const installed = (await findProgram('flite', searchPath)) !== undefined;
if (!installed) console.warn('SKIPPED: install flite to test its voices');

async function speak(synthesiser: ReturnType<typeof createSynthesiser>, text: string, voiceId: string, signal?: AbortSignal, marks?: readonly TextMark[]): Promise<SpeechPiece[]> {
  const pieces: SpeechPiece[] = [];
  for await (const piece of synthesiser.synthesise(text, voiceId, signal, marks)) pieces.push(piece);
  return pieces;
}

const seconds = (pieces: SpeechPiece[]): number => pieces.reduce((sum, { samples }) => sum + samples.length, 0) / 48_000;
const wordsOf = (pieces: SpeechPiece[]): string[] => pieces.flatMap(({ words }) => words.map(({ text }) => text));

/** Loudness between two times. */
function rms({ samples }: SpeechPiece, fromMs: number, toMs: number): number {
  const part = samples.subarray(Math.max(0, Math.round(fromMs * 48)), Math.round(toMs * 48));
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / Math.max(1, part.length));
}

/** Speech starts at once, is neither quiet nor clipped, and isn't a tone. */
function expectSpeech(pieces: SpeechPiece[]): void {
  for (const piece of pieces) {
    expect(rms(piece, 0, Infinity)).toBeGreaterThan(0.03);
    expect(piece.samples.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)).toBeLessThanOrEqual(0.95);
    const start = piece.samples.subarray(0, 0.1 * 48_000);
    expect(start.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)).toBeGreaterThan(0.01);
  }
}

/** Phones fill the piece from end to end; words lie in it, one after the other. */
function expectTimings({ samples, words, phones, alphabet }: SpeechPiece): void {
  const durationMs = samples.length / 48;
  let atMs = 0;
  for (const phone of phones) {
    expect(phone.startMs).toBeCloseTo(atMs, 6);
    expect(phone.durationMs).toBeGreaterThan(0);
    atMs = phone.startMs + phone.durationMs;
  }
  expect(atMs).toBeCloseTo(durationMs, 6);
  let earliestMs = 0;
  for (const { startMs, durationMs: ms } of words) {
    expect(startMs).toBeGreaterThanOrEqual(earliestMs);
    expect(ms).toBeGreaterThan(0);
    earliestMs = startMs + ms - 1e-6;
  }
  expect(earliestMs).toBeLessThanOrEqual(durationMs);
  expect(visemesOf({ phones, alphabet }).length).toBeGreaterThan(words.length);
}

const engines = [
  { name: 'with flite', synthesiser: createSynthesiser(searchPath), available: installed, alphabet: 'arpabet' },
  { name: 'without flite', synthesiser: createSynthesiser(''), available: true, alphabet: 'ipa' },
];

describe.each(engines.filter(({ available }) => available))('$name', ({ synthesiser, alphabet }) => {
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
    pieces.forEach(expectTimings);
    expect(wordsOf(pieces).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    expect(seconds(pieces)).toBeGreaterThan(1.5);
    expect(seconds(pieces)).toBeLessThan(9);
  });

  it.each(['en-us-slt', 'en-us-rms'])('%s tells when it opens, shuts and is silent', async (voiceId) => {
    const [piece] = await speak(synthesiser, 'Papa, I saw the apple. ', voiceId);
    expect(piece!.alphabet).toBe(alphabet);
    const { phones } = piece!;
    const first = phones.findIndex(({ symbol }) => symbol !== PAUSE);
    const vowel = phones[first + 1]!;
    const loud = rms(piece!, vowel.startMs, vowel.startMs + vowel.durationMs);
    expect(loud).toBeGreaterThan(0.05);
    // The first phone is a p: it begins in silence and ends with the burst, where the vowel begins.
    expect(rms(piece!, 0, phones[first]!.startMs + phones[first]!.durationMs / 2)).toBeLessThan(loud / 5);
    expect(phones[first]!.startMs).toBeLessThan(60);
    const pauses = phones.filter(({ symbol, durationMs, startMs }) => symbol === PAUSE && durationMs > 60 && startMs > 0);
    expect(pauses.length).toBeGreaterThanOrEqual(1);
    // 30 ms at its edges are the neighbours' echo.
    for (const { startMs, durationMs } of pauses) expect(rms(piece!, startMs + 30, startMs + durationMs - 20)).toBeLessThan(loud / 20);
  });

  it('times each word of a sentence by its phones', async () => {
    const [piece] = await speak(synthesiser, 'My mother saw four zebras.', 'en-us-slt');
    const during = (word: string): string => {
      const { startMs, durationMs } = piece!.words.find(({ text }) => text === word)!;
      const inside = piece!.phones.filter((phone) => phone.startMs >= startMs - 1e-6 && phone.startMs < startMs + durationMs - 1e-6);
      return visemesOf({ phones: inside, alphabet: piece!.alphabet }).map(({ viseme }) => viseme).join(' ');
    };
    expect(piece!.words.map(({ text }) => text)).toEqual(['My', 'mother', 'saw', 'four', 'zebras.']);
    expect(during('My')).toBe('PP aa ih');
    expect(during('mother')).toBe('PP aa TH RR');
    expect(during('saw')).toMatch(/^SS (oh|aa)$/);
    expect(during('four')).toBe('FF oh RR');
    expect(during('zebras.')).toMatch(/^SS ih PP RR (E|aa) SS$/);
  });

  it('keeps odd words as they were written, in order', async () => {
    for (const text of [
      `She didn't pay $1,200 to Dr. Smith on 10:30.`,
      'It’s 1999 👍 (really), e.g. NASA’s well-known ABC – or 3.5% & 5,000,000 more…',
      'E-mail me@example.com or https://example.com/a?b=1 now',
      '- “Curly” — naïve… café 🙂 [[x]] <b>bold</b> &amp; R&D 123456789',
    ]) {
      const pieces = await speak(synthesiser, text, 'en-us-slt');
      pieces.forEach(expectTimings);
      // A sentence may end within what has no space, as after the question mark.
      expect(wordsOf(pieces).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }
  });

  it('says a number in its own time', async () => {
    const [piece] = await speak(synthesiser, 'We paid 1,234,567 dollars.', 'en-us-slt');
    const [, paid, number, dollars] = piece!.words;
    expect(number!.text).toBe('1,234,567');
    expect(number!.durationMs).toBeGreaterThan(4 * paid!.durationMs);
    expect(dollars!.startMs).toBeLessThan(number!.startMs + number!.durationMs + 150);
  });

  it.each(['en-us-slt', 'de'])('%s stresses a word, tells when marks are reached, and says the same words', async (voiceId) => {
    const text = 'I want nine of them, not seven, please.';
    const at = text.indexOf('nine');
    const [plain] = await speak(synthesiser, text, voiceId);
    const pieces = await speak(synthesiser, text, voiceId, undefined, [
      { type: 'emphasis', at, end: at + 4 },
      { type: 'gesture', at: text.indexOf('seven') - 1 },
      { type: 'gesture', at: text.length },
    ]);
    expect(pieces.length).toBe(1);
    const [stressed] = pieces;
    expectSpeech(pieces);
    expectTimings(stressed!);
    expect(wordsOf(pieces)).toEqual(wordsOf([plain!]));
    const word = (piece: SpeechPiece, name: string) => piece.words.find((one) => one.text.startsWith(name))!;
    const loudness = (piece: SpeechPiece, name: string): number => rms(piece, word(piece, name).startMs, word(piece, name).startMs + word(piece, name).durationMs);
    expect(word(stressed!, 'nine').durationMs).toBeGreaterThan(1.1 * word(plain!, 'nine').durationMs);
    expect(loudness(stressed!, 'nine') / loudness(stressed!, 'seven')).toBeGreaterThan((1.2 * loudness(plain!, 'nine')) / loudness(plain!, 'seven'));
    const last = stressed!.words.at(-1)!;
    expect(stressed!.marks).toEqual([
      { index: 0, atMs: word(stressed!, 'nine').startMs },
      { index: 1, atMs: word(stressed!, 'seven').startMs },
      { index: 2, atMs: last.startMs + last.durationMs },
    ]);
  });

  it('pauses for as long as it is told to, and goes on', async () => {
    const text = 'Wait for it now. Good.';
    const pieces = await speak(synthesiser, text, 'en-us-slt', undefined, [{ type: 'pause', at: 8, ms: 1500 }]);
    pieces.forEach(({ samples, phones }) => expect(phones.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(samples.length / 48, 1));
    expect(wordsOf(pieces)).toEqual(['Wait', 'for', 'it', 'now.', 'Good.']);
    const samples = Float32Array.from(pieces.flatMap((piece) => [...piece.samples]));
    const loud = Array.from({ length: Math.floor(samples.length / 480) }, (_, index) => samples.subarray(index * 480, (index + 1) * 480).some((value) => Math.abs(value) > 0.02));
    const gaps = loud.join(' ').split(/true/).map((run) => 10 * (run.match(/false/g)?.length ?? 0));
    expect(Math.max(...gaps)).toBeGreaterThan(1400);
    expect(Math.max(...gaps)).toBeLessThan(1700);
  });

  it('needs no words around a mark', async () => {
    const pieces = await speak(synthesiser, 'So. — ', 'en-us-slt', undefined, [{ type: 'gesture', at: 0 }, { type: 'pause', at: 3, ms: 200 }, { type: 'gesture', at: 6 }]);
    expect(pieces.flatMap(({ marks }) => marks.map(({ index }) => index))).toEqual([0, 2]);
    expect(pieces.at(-1)!.words).toEqual([]);
  });

  it('stresses words that look like marks or bear them', async () => {
    const text = 'A < b & c> [d] </prosody> & “é” end.';
    const pieces = await speak(synthesiser, text, 'en-us-slt', undefined, [{ type: 'emphasis', at: 2, end: 31 }]);
    expect(wordsOf(pieces).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    pieces.forEach(expectTimings);
  });

  it('takes any text as text', async () => {
    for (const text of ['-o /tmp/x; $(touch y) `z` && echo', '<speak>one</speak>', '“Curly” — naïve… café 🙂', '-v de -w foo', 'a\u0000b \ud800 c', 'Привет 你好 hello']) {
      expect(seconds(await speak(synthesiser, text, 'en-us-slt'))).toBeGreaterThan(0.2);
    }
  });

  it('stops with its signal', async () => {
    const abort = new AbortController();
    const text = 'One sentence. '.repeat(50);
    let pieces = 0;
    await expect(async () => {
      for await (const piece of synthesiser.synthesise(text, 'en-us-slt', abort.signal)) {
        expect(piece.samples.length).toBeGreaterThan(0);
        if (++pieces === 2) abort.abort();
      }
    }).rejects.toThrow();
    expect(pieces).toBe(2);
  });
});

describe('all voices', () => {
  it.each(listVoices().map(({ id }) => id))('%s speaks and tells its times', async (id) => {
    const pieces = await speak(createSynthesiser(''), 'Taxi 2, radio.', id);
    pieces.forEach(expectTimings);
    expect(seconds(pieces)).toBeGreaterThan(0.5);
    expect(wordsOf(pieces).join(' ')).toBe('Taxi 2, radio.');
  });

  it('sound each like itself, whatever was spoken before', async () => {
    const synthesiser = createSynthesiser('');
    const text = 'This is how I sound.';
    const [before] = await speak(synthesiser, text, 'en-us');
    await speak(synthesiser, text, 'en-us-slt');
    await speak(synthesiser, 'Guten Tag.', 'de');
    const [after] = await speak(synthesiser, text, 'en-us');
    expect(after!.phones.map(({ symbol }) => symbol)).toEqual(before!.phones.map(({ symbol }) => symbol));
    expect(Math.abs(after!.samples.length - before!.samples.length)).toBeLessThan(0.005 * 48_000);
  });

  it.each(['de', 'en-us-slt', 'nobody'])('can be warmed: %s', async (id) => {
    await expect(createSynthesiser('').warm(id)).resolves.toBeUndefined();
  });

  it('speak for many at once, each its own', async () => {
    const synthesiser = createSynthesiser('');
    const texts = Array.from({ length: 5 }, (_, index) => `Sentence number ${index} waits for its turn.`);
    const spoken = await Promise.all(texts.map((text) => speak(synthesiser, text, 'en-us')));
    expect(spoken.map((pieces) => wordsOf(pieces).join(' '))).toEqual(texts);
  });
});

describe('the speech thread', () => {
  it('lets a process end that spoke', async () => {
    const script = `const { createSynthesiser } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
      for await (const { words } of createSynthesiser('').synthesise('Bye.', 'en-us')) console.log(words[0].text);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 30_000 });
    expect(stdout.trim()).toBe('Bye.');
  }, 40_000);
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
