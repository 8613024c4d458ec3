import { describe, expect, it } from 'vitest';
import { sniffClip } from './clip-type';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const transportStream = (packet: number) => Buffer.from(Array.from({ length: 600 }, (_, at) => ((at - (packet - 188)) % packet === 0 ? 0x47 : 1)));

describe('what kind of clip a file is', () => {
  it.each([
    ['video/mp4', bytes('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41')],
    ['video/quicktime', bytes('\0\0\0\x14ftypqt  \0\0\0\0qt  ')],
    ['video/quicktime', bytes('\0\0\0\x08wide\0\0\0\0mdat')],
    ['video/webm', bytes('\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm')],
    ['video/x-matroska', bytes('\x1aE\xdf\xa3\xa3B\x86\x81\x01B\xf7\x81\x01B\x82\x88matroska')],
    ['video/x-msvideo', bytes('RIFF\x24\0\0\0AVI LIST')],
    ['video/ogg', bytes('OggS\0\x02')],
    ['video/mpeg', bytes('\0\0\x01\xba\x44')],
    ['video/mp2t', transportStream(188)],
    ['video/mp2t', transportStream(192)],
  ])('%s', (type, start) => {
    expect(sniffClip(start)).toBe(type);
  });

  it.each([
    ['text', bytes('G'.repeat(100))],
    ['an AVIF picture', bytes('\0\0\0\x20ftypavif\0\0\0\0avifmif1')],
    ['a HEIC picture', bytes('\0\0\0\x18ftypheic\0\0\0\0mif1heic')],
    ['a WAV', bytes('RIFF\x24\0\0\0WAVEfmt ')],
    ['a playlist', bytes('#EXTM3U\n')],
    ['nothing', bytes('')],
  ])('%s is none', (_name, start) => {
    expect(sniffClip(start)).toBeNull();
  });
});
