import { allocateI420, type I420Picture } from '@visavis/engine';
import { describe, expect, it } from 'vitest';
import { createVideoDecoder } from './video-decoder.ts';
import { createVideoEncoder, type VideoCodec } from './video-encoder.ts';

const size = { width: 192, height: 128 };

function movingPicture(step: number): I420Picture {
  const picture = allocateI420(size);
  const luma = size.width * size.height;
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      picture.data[y * size.width + x] = 128 + 80 * Math.sin((x + 3 * step) / 17) * Math.cos((y - step) / 23);
    }
  }
  picture.data.fill(110, luma, luma * 1.25);
  picture.data.fill(150, luma * 1.25);
  return picture;
}

const texturedSize = { width: 224, height: 224 };

/** Like a painting of which a part moves: fine texture everywhere, that of the middle shifted. */
function texturedPicture(step: number): I420Picture {
  const picture = allocateI420(texturedSize);
  const { width, height } = texturedSize;
  const shift = Math.round(3 * Math.sin(step / 9));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = Math.hypot(x - width / 2, y - height / 2) < 45;
      const at = inside ? x + shift : x;
      picture.data[y * width + x] = 120 + 50 * Math.sin(at / 31) * Math.cos(y / 43) + grain(at, y);
    }
  }
  picture.data.fill(128, width * height);
  return picture;
}

/** −14…14, the same at the same place. */
function grain(x: number, y: number): number {
  const hash = Math.imul(x * 374_761 + y * 668_265, 2_246_822_519);
  return ((hash ^ (hash >>> 13)) >>> 0) % 29 - 14;
}

function peakSignalToNoise(a: I420Picture, b: I420Picture): number {
  let squares = 0;
  a.data.forEach((value, index) => (squares += (value - (b.data[index] ?? 0)) ** 2));
  return 10 * Math.log10((255 * 255 * a.data.length) / Math.max(1, squares));
}

describe.each<VideoCodec>(['h264', 'vp8'])('%s', (codec) => {
  it('gives every picture back at once and resembling itself', () => {
    const encoder = createVideoEncoder({ codec, ...size, fps: 25, maxBitrate: 2_000_000 });
    const decoder = createVideoDecoder(codec);
    for (let step = 0; step < 30; step++) {
      const picture = movingPicture(step);
      const decoded = decoder.decode(encoder.encode(picture, false).data);
      expect(decoded).toMatchObject(size);
      expect(peakSignalToNoise(picture, decoded!)).toBeGreaterThan(30);
    }
    encoder.close();
    decoder.close();
  });

  it('makes key frames first and on request only, each decodable on its own', () => {
    const encoder = createVideoEncoder({ codec, ...size, fps: 25, maxBitrate: 2_000_000 });
    const keys: number[] = [];
    let requested: Uint8Array | undefined;
    for (let step = 0; step < 120; step++) {
      const encoded = encoder.encode(movingPicture(step), step === 70);
      if (encoded.key) keys.push(step);
      if (step === 70) requested = encoded.data;
    }
    expect(keys).toEqual([0, 70]);
    const lateViewer = createVideoDecoder(codec);
    expect(peakSignalToNoise(movingPicture(70), lateViewer.decode(requested!)!)).toBeGreaterThan(30);
    encoder.close();
    lateViewer.close();
  });

  it('keeps what it returned while later pictures are coded', () => {
    const encoder = createVideoEncoder({ codec, ...size, fps: 25, maxBitrate: 2_000_000 });
    const { data } = encoder.encode(movingPicture(0), false);
    const copy = Uint8Array.from(data);
    for (let step = 1; step < 60; step++) encoder.encode(movingPicture(step), true);
    expect(Buffer.compare(data, copy)).toBe(0);
    encoder.close();
  });

  it('makes key frames that do not show', () => {
    const encoder = createVideoEncoder({ codec, ...texturedSize, fps: 25, maxBitrate: 2_500_000 });
    const decoder = createVideoDecoder(codec);
    const noise: number[] = [];
    for (let step = 0; step < 120; step++) {
      const picture = texturedPicture(step);
      noise.push(peakSignalToNoise(picture, decoder.decode(encoder.encode(picture, step === 60 || step === 110).data)!));
    }
    encoder.close();
    decoder.close();
    for (const key of [60, 110]) {
      expect(noise[key]! - noise[key - 1]!, `key frame ${key}`).toBeGreaterThan(-1.5);
      expect(noise[key]! - noise[key + 5]!, `key frame ${key}`).toBeLessThan(2);
    }
  });

  it('refuses odd sides, foreign sizes and use after close', () => {
    expect(() => createVideoEncoder({ codec, width: 191, height: 128, fps: 25, maxBitrate: 1e6 })).toThrow(RangeError);
    const encoder = createVideoEncoder({ codec, ...size, fps: 25, maxBitrate: 1e6 });
    expect(() => encoder.encode(allocateI420({ width: 64, height: 64 }), false)).toThrow(RangeError);
    encoder.close();
    encoder.close();
    expect(() => encoder.encode(movingPicture(0), false)).toThrow('closed');
  });
});

describe('h264 stream', () => {
  it('is constrained baseline 3.1 with its headers before every key frame and no other', () => {
    const encoder = createVideoEncoder({ codec: 'h264', width: 512, height: 512, fps: 25, maxBitrate: 2_000_000 });
    const picture = allocateI420({ width: 512, height: 512 });
    const sequenceHeaders = [0, 1, 2].map((step) => {
      const data = Buffer.from(encoder.encode(picture, step === 2).data);
      const at = data.indexOf(Buffer.from([0, 0, 1, 0x67]));
      return at < 0 ? '' : data.subarray(at + 4, at + 7).toString('hex');
    });
    expect(sequenceHeaders).toEqual(['42c01f', '', '42c01f']);
    encoder.close();
  });
});
