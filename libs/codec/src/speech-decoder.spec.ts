import { describe, expect, it } from 'vitest';
import { createPcm16Decoder, decodePcm16 } from './pcm16-decoder.ts';
import { decodeSpeech } from './speech-decoder.ts';
import { SpeechDecodeError } from './speech-error.ts';
import { type AudioFileFormat, encodeAudioFile, wavFile } from './testing/audio-file.ts';

const limits = { maxDurationMs: 60_000 };
/** Half a second of silence, then a tone: where it begins shows whether time was kept. */
const sample = (timeS: number): number => (timeS < 0.5 ? 0 : 0.5 * Math.sin(2 * Math.PI * 440 * timeS));

async function decodeAll(bytes: Uint8Array, options = limits): Promise<{ pcm: Float32Array; pieces: number }> {
  const parts: Float32Array[] = [];
  for await (const piece of decodeSpeech(bytes, options)) parts.push(piece);
  const pcm = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    pcm.set(part, offset);
    offset += part.length;
  }
  return { pcm, pieces: parts.length };
}

async function failureOf(bytes: Uint8Array, options = limits): Promise<unknown> {
  return decodeAll(bytes, options).then(
    () => undefined,
    (error: unknown) => error,
  );
}

function level(pcm: Float32Array, fromS: number, toS: number): number {
  const part = pcm.subarray(fromS * 48_000, toS * 48_000);
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
}

const formats: AudioFileFormat[] = [
  { extension: 'wav', encoder: 'pcm_s16le', sampleRateHz: 16_000, sampleFormat: 's16' },
  { extension: 'wav', encoder: 'pcm_f32le', sampleRateHz: 48_000, sampleFormat: 'flt', channels: 2 },
  { extension: 'mp3', encoder: 'libmp3lame', sampleRateHz: 44_100, sampleFormat: 'fltp' },
  { extension: 'ogg', encoder: 'libopus', sampleRateHz: 48_000, sampleFormat: 'flt' },
  { extension: 'webm', encoder: 'libopus', sampleRateHz: 48_000, sampleFormat: 'flt' },
  { extension: 'ogg', encoder: 'libvorbis', sampleRateHz: 32_000, sampleFormat: 'fltp' },
  { extension: 'flac', encoder: 'flac', sampleRateHz: 44_100, sampleFormat: 's16', channels: 2 },
  { extension: 'm4a', encoder: 'aac', sampleRateHz: 44_100, sampleFormat: 'fltp' },
  { extension: 'aac', encoder: 'aac', sampleRateHz: 48_000, sampleFormat: 'fltp' },
];

describe('files', () => {
  it.each(formats)('$extension with $encoder at $sampleRateHz Hz keep level, length and time', async (format) => {
    const { pcm, pieces } = await decodeAll(encodeAudioFile(format, 2, sample));
    expect(Math.abs(pcm.length / 48_000 - 2)).toBeLessThan(0.1);
    expect(level(pcm, 0.1, 0.4)).toBeLessThan(0.02);
    expect(level(pcm, 0.6, 1.8)).toBeCloseTo(0.5 / Math.SQRT2, 1);
    expect(pieces).toBeGreaterThan(10);
  });

  it('plays a file that was cut short as far as it goes', async () => {
    const whole = encodeAudioFile(formats[2]!, 2, sample);
    const { pcm } = await decodeAll(whole.subarray(0, whole.length / 2));
    expect(pcm.length / 48_000).toBeGreaterThan(0.7);
  });

  it('stops when nobody listens any more', async () => {
    const abort = new AbortController();
    let pieces = 0;
    for await (const piece of decodeSpeech(encodeAudioFile(formats[0]!, 5, sample), { ...limits, signal: abort.signal })) {
      expect(piece.length).toBeGreaterThan(0);
      if (++pieces === 2) abort.abort();
    }
    expect(pieces).toBe(2);
  });
});

describe('what cannot be spoken', () => {
  it.each([
    ['text', 'unsupported_audio', Buffer.from('To be, or not to be: that is the question.')],
    ['nothing', 'unsupported_audio', Buffer.alloc(0)],
    ['a playlist', 'unsupported_audio', Buffer.from('#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:1/secret.ts\n')],
    ['a list of files', 'unsupported_audio', Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n")],
    ['noise that begins like WAV', 'unreadable_audio', Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), Buffer.alloc(4000, 0xa5)])],
    ['noise that begins like MP3', undefined, Buffer.concat([Buffer.from('ID3'), Buffer.alloc(4000, 0x5a)])],
    ['noise that begins like Ogg', 'unreadable_audio', Buffer.concat([Buffer.from('OggS'), Buffer.alloc(4000, 0x11)])],
    ['noise that begins like WebM', 'unreadable_audio', Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.alloc(4000, 0x77)])],
    ['an empty WAV', 'no_audio', wavFile(new Float32Array(0), 16_000)],
  ])('%s is refused with a reason', async (_name, code, bytes) => {
    const failure = await failureOf(bytes);
    expect(failure).toBeInstanceOf(SpeechDecodeError);
    if (code !== undefined) expect(failure).toMatchObject({ code });
  });

  it('is too long when it is longer than allowed, whatever its header says', async () => {
    const bytes = encodeAudioFile(formats[3]!, 3, sample);
    expect(await failureOf(bytes, { maxDurationMs: 2000 })).toMatchObject({ code: 'speech_too_long' });
    expect(await failureOf(bytes, { maxDurationMs: 3100 })).toBeUndefined();
  });
});

describe('raw PCM16', () => {
  const samples = Float32Array.from({ length: 24_000 }, (_, index) => sample(0.5 + index / 24_000));
  const bytes = wavFile(samples, 24_000).subarray(44);

  it('gives the same sound however it arrives', () => {
    const whole = createPcm16Decoder({ sampleRateHz: 24_000, ...limits });
    const expected = Buffer.concat([...whole.decode(bytes), ...whole.finish()].map((piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)));
    expect(expected.length / 4).toBe(48_000);
    const pieced = createPcm16Decoder({ sampleRateHz: 24_000, ...limits });
    const pieces: Float32Array[] = [];
    for (let offset = 0, size = 1; offset < bytes.length; offset += size, size = (size * 7) % 1001) {
      pieces.push(...pieced.decode(bytes.subarray(offset, offset + size)));
    }
    pieces.push(...pieced.finish());
    expect(Buffer.concat([...decodePcm16(bytes, { sampleRateHz: 24_000, ...limits })].map((piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)))).toEqual(expected);
    expect(Buffer.concat(pieces.map((piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)))).toEqual(expected);
  });

  it('wants a sensible rate and length', () => {
    expect(() => createPcm16Decoder({ sampleRateHz: 4000, ...limits })).toThrow(SpeechDecodeError);
    const decoder = createPcm16Decoder({ sampleRateHz: 24_000, maxDurationMs: 500 });
    expect(() => decoder.decode(bytes)).toThrow(SpeechDecodeError);
  });
});
