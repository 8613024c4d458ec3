import { describe, expect, it } from 'vitest';
import { createOpusDecoder } from './opus-decoder.ts';
import { createOpusEncoder, OPUS_FRAME_SAMPLES, OPUS_SAMPLE_RATE_HZ } from './opus-encoder.ts';

function tone(frameIndex: number, hz = 440, level = 0.4): Float32Array {
  return Float32Array.from({ length: OPUS_FRAME_SAMPLES }, (_, index) => {
    const sample = frameIndex * OPUS_FRAME_SAMPLES + index;
    return level * Math.sin((2 * Math.PI * hz * sample) / OPUS_SAMPLE_RATE_HZ);
  });
}

const silence = new Float32Array(OPUS_FRAME_SAMPLES);
const level = (pcm: Float32Array): number => Math.sqrt(pcm.reduce((sum, value) => sum + value * value, 0) / pcm.length);

describe('Opus', () => {
  it('keeps a tone at its level, one packet of 20 ms per call', () => {
    const encoder = createOpusEncoder();
    const decoder = createOpusDecoder();
    for (let index = 0; index < 50; index++) {
      const pcm = decoder.decode(encoder.encode(tone(index)));
      expect(pcm.length).toBe(OPUS_FRAME_SAMPLES);
      if (index > 5) expect(level(pcm)).toBeCloseTo(0.4 / Math.SQRT2, 1);
    }
    encoder.close();
    decoder.close();
  });

  it('answers longer silence with one small packet, and speech after it sounds as without the cache', () => {
    const encoder = createOpusEncoder();
    const decoder = createOpusDecoder();
    for (let index = 0; index < 10; index++) decoder.decode(encoder.encode(tone(index)));
    const packets = Array.from({ length: 100 }, () => encoder.encode(silence));
    expect(packets[99]).toBe(packets[80]);
    expect(packets[99]!.length).toBeLessThan(9);
    packets.forEach((packet) => decoder.decode(packet));
    for (let index = 0; index < 20; index++) {
      const heard = level(decoder.decode(encoder.encode(tone(index))));
      if (index > 1) expect(heard).toBeCloseTo(0.4 / Math.SQRT2, 1);
    }
    encoder.close();
    decoder.close();
  });

  it('refuses pieces of another length', () => {
    const encoder = createOpusEncoder();
    expect(() => encoder.encode(new Float32Array(480))).toThrow(RangeError);
    encoder.close();
  });
});
