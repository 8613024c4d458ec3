import { describe, expect, it } from 'vitest';
import { encodeWav, toBase64 } from './wav.ts';

describe('encodeWav', () => {
  it('writes a header that matches its samples', () => {
    const wav = encodeWav(new Float32Array([0, 1, -1, 2]), 24_000);
    const view = new DataView(wav.buffer);
    expect(String.fromCharCode(...wav.subarray(0, 4), ...wav.subarray(8, 12))).toBe('RIFFWAVE');
    expect(view.getUint32(4, true)).toBe(wav.length - 8);
    expect(view.getUint32(24, true)).toBe(24_000);
    expect(view.getUint32(40, true)).toBe(8);
    expect([44, 46, 48, 50].map((at) => view.getInt16(at, true))).toEqual([0, 32767, -32767, 32767]);
  });
});

describe('toBase64', () => {
  it('gives what any decoder reads, also for more than one piece', () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, i) => (i * 31) % 256);
    expect(Uint8Array.from(Buffer.from(toBase64(bytes), 'base64'))).toEqual(bytes);
  });
});
