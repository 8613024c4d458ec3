export interface MonoSound {
  sampleRateHz: number;
  /** Mono, −1…1. */
  samples: Float32Array<ArrayBuffer>;
}

/**
 * Reads a mono PCM16 WAV as speech programs write it: a stream's header claims any length, so the sound is what follows it.
 * @throws Error when it is something else.
 */
export function readWav(bytes: Buffer): MonoSound {
  if (bytes.length < 44 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') throw new Error('not a WAV file');
  let sampleRateHz = 0;
  let offset = 12;
  while (offset + 8 <= bytes.length) {
    const name = bytes.toString('latin1', offset, offset + 4);
    const size = bytes.readUInt32LE(offset + 4);
    offset += 8;
    if (name === 'fmt ') {
      const [format, channels, bits] = [bytes.readUInt16LE(offset), bytes.readUInt16LE(offset + 2), bytes.readUInt16LE(offset + 14)];
      if (format !== 1 || channels !== 1 || bits !== 16) throw new Error(`WAV of format ${format}, ${channels} channels, ${bits} bits`);
      sampleRateHz = bytes.readUInt32LE(offset + 4);
    } else if (name === 'data') {
      if (sampleRateHz === 0) break;
      const count = Math.min(size, bytes.length - offset) >> 1;
      const samples = new Float32Array(count);
      for (let index = 0; index < count; index++) samples[index] = bytes.readInt16LE(offset + 2 * index) / 32_768;
      return { sampleRateHz, samples };
    }
    offset += size + (size & 1);
  }
  throw new Error('WAV without sound');
}
