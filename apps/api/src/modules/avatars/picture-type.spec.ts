import { describe, expect, it } from 'vitest';
import { sniffPicture } from './picture-type';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('what kind of picture a file is', () => {
  it.each([
    ['image/jpeg', bytes('\xff\xd8\xff\xe0\x00\x10JFIF')],
    ['image/png', bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
    ['image/webp', bytes('RIFF\x24\0\0\0WEBPVP8 ')],
    ['image/avif', bytes('\0\0\0\x20ftypavif\0\0\0\0avifmif1')],
    ['image/avif', bytes('\0\0\0\x20ftypmif1\0\0\0\0avifmif1miaf')],
  ])('%s', (type, start) => {
    expect(sniffPicture(start)).toBe(type);
  });

  it.each([
    ['text', bytes('hello, I am a picture, really')],
    ['a page', bytes('<!doctype html><script>alert(1)</script>')],
    ['an SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a GIF', bytes('GIF89a\x01\0\x01\0')],
    ['a HEIC', bytes('\0\0\0\x18ftypheic\0\0\0\0mif1heic')],
    ['a WAV', bytes('RIFF\x24\0\0\0WAVEfmt ')],
    ['too few bytes', bytes('\x89P')],
    ['nothing', bytes('')],
  ])('%s is none', (_name, start) => {
    expect(sniffPicture(start)).toBeNull();
  });
});
