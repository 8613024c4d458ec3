import { describe, expect, it } from 'vitest';
import { readWav } from './wav.ts';

function wav(dataSize: number, samples: number[], format = 1): Buffer {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0, 'latin1');
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(format, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(22_050, 24);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(dataSize, 40);
  samples.forEach((sample, index) => bytes.writeInt16LE(sample, 44 + index * 2));
  return bytes;
}

describe('WAV of a speech program', () => {
  it('is read whatever length a stream claims', () => {
    for (const size of [4, 0x7ffff000, 0xffffffff]) {
      const { sampleRateHz, samples } = readWav(wav(size, [16_384, -32_768]));
      expect([sampleRateHz, ...samples]).toEqual([22_050, 0.5, -1]);
    }
  });

  it('is refused when it is something else', () => {
    expect(() => readWav(Buffer.from('Error: no such voice'))).toThrow('not a WAV');
    expect(() => readWav(wav(2, [1], 3))).toThrow('format 3');
    expect(() => readWav(wav(0, []).subarray(0, 36))).toThrow();
  });
});
