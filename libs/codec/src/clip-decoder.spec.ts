import { describe, expect, it } from 'vitest';
import { allocateI420 } from '@visavis/engine';
import type { I420Picture } from '@visavis/engine';
import { openClip } from './clip-decoder.ts';
import type { ClipFrameOptions } from './clip-decoder.ts';
import { ClipDecodeError } from './clip-error.ts';
import { looksLikeClip } from './clip-format.ts';
import { encodeAudioFile, wavFile } from './testing/audio-file.ts';
import { encodeVideoFile } from './testing/video-file.ts';

const size = { width: 96, height: 64 };

/** Grey as bright as its number says, with a white block in the corner at the top left. */
function picture(index: number): I420Picture {
  const made = allocateI420(size);
  made.data.fill(128);
  made.data.fill(40 + 3 * index, 0, size.width * size.height);
  for (let y = 0; y < 16; y++) made.data.fill(235, y * size.width, y * size.width + 24);
  return made;
}

function pictures(count: number): I420Picture[] {
  return Array.from({ length: count }, (_, i) => picture(i));
}

async function read(bytes: Uint8Array, options: Partial<ClipFrameOptions> = {}) {
  const clip = await openClip(bytes);
  const { width, height } = clip.facts;
  const frames = [];
  for await (const frame of clip.frames({ fps: 25, width, height, ...options })) frames.push(frame);
  return { clip, frames };
}

const lumaAt = ({ width, data }: I420Picture, x: number, y: number): number => data[y * width + x]!;

async function failure(bytes: Uint8Array): Promise<string> {
  try {
    await read(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(ClipDecodeError);
    return (error as ClipDecodeError).code;
  }
  return 'read';
}

describe('openClip', () => {
  it.each([
    ['mp4', 'libx264', 'mov'],
    ['mov', 'mpeg4', 'mov'],
    ['mp4', 'libx265', 'mov'],
    ['webm', 'libvpx', 'matroska'],
    ['webm', 'libvpx-vp9', 'matroska'],
    ['mkv', 'libx264', 'matroska'],
    ['avi', 'mpeg4', 'avi'],
  ] as const)('reads %s with %s', async (extension, encoder, container) => {
    const { clip, frames } = await read(encodeVideoFile({ extension, encoder, fps: 25 }, pictures(30)));
    expect(clip.facts).toMatchObject({ container, ...size, hasSound: false });
    expect(clip.facts.fps).toBeCloseTo(25, 0);
    expect(clip.facts.durationS).toBeCloseTo(1.2, 1);
    expect(frames.map(({ index }) => index)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    for (const i of [0, 12, 29]) expect(Math.abs(lumaAt(frames[i]!.picture, 60, 50) - (40 + 3 * i))).toBeLessThan(5);
  });

  it('turns upright what was filmed lying', async () => {
    const corners: Record<number, [number, number]> = { 1: [58, 6], 2: [90, 58], 3: [6, 90] };
    for (const quarterTurns of [1, 2, 3] as const) {
      const { clip, frames } = await read(encodeVideoFile({ extension: 'mp4', encoder: 'libx264', fps: 25, quarterTurns }, pictures(3)));
      const upright = quarterTurns === 2 ? size : { width: size.height, height: size.width };
      expect(clip.facts).toMatchObject(upright);
      expect(lumaAt(frames[0]!.picture, ...corners[quarterTurns]!)).toBeGreaterThan(200);
    }
  });

  it('takes frames at the wanted rate, each the nearest in time', async () => {
    const { frames } = await read(encodeVideoFile({ extension: 'mp4', encoder: 'libx264', fps: 50 }, pictures(50)));
    expect(frames).toHaveLength(25);
    for (const { index, picture: shown } of frames) expect(Math.abs(lumaAt(shown, 60, 50) - (40 + 3 * 2 * index))).toBeLessThan(5);
    const slow = await read(encodeVideoFile({ extension: 'mp4', encoder: 'libx264', fps: 10 }, pictures(10)));
    expect(slow.frames).toHaveLength(25);
  });

  it('cuts, scales, leaves out and ends where it is told', async () => {
    const bytes = encodeVideoFile({ extension: 'mp4', encoder: 'libx264', fps: 25 }, pictures(20));
    const { frames } = await read(bytes, { width: 48, height: 32, crop: { left: 0, top: 0, width: 24, height: 16 }, frames: 10, wanted: (i) => i % 3 === 0 });
    expect(frames.map(({ index }) => index)).toEqual([0, 3, 6, 9]);
    expect([frames[0]!.picture.width, frames[0]!.picture.height]).toEqual([48, 32]);
    expect(lumaAt(frames[0]!.picture, 10, 10)).toBeGreaterThan(200);
  });

  it('reads the sound in step with the picture', async () => {
    const pcm48k = Float32Array.from({ length: 48_000 }, (_, i) => (i > 24_000 ? 0.5 * Math.sin((2 * Math.PI * 300 * i) / 48_000) : 0));
    const clip = await openClip(encodeVideoFile({ extension: 'mp4', encoder: 'libx264', fps: 25, pcm48k }, pictures(25)));
    expect(clip.facts.hasSound).toBe(true);
    const sound = (await clip.sound(16_000, 60))!;
    expect(sound.length / 16_000).toBeCloseTo(1, 1);
    const first = sound.findIndex((value) => Math.abs(value) > 0.1);
    expect(first / 16_000).toBeCloseTo(0.5, 1);
    expect(await (await openClip(encodeVideoFile({ extension: 'mp4', encoder: 'libx264', fps: 25 }, pictures(5)))).sound(16_000, 60)).toBeUndefined();
  });

  it('shows as much of a clip as is there', async () => {
    const whole = encodeVideoFile({ extension: 'mkv', encoder: 'libx264', fps: 25 }, pictures(60));
    const { frames } = await read(whole.subarray(0, Math.floor(whole.length * 0.6)));
    expect(frames.length).toBeGreaterThan(10);
    expect(frames.length).toBeLessThan(60);
  });

  it('refuses what is no clip, with a reason', async () => {
    expect(await failure(Buffer.from('This is only text, whatever its name says.\n'.repeat(50)))).toBe('unsupported_clip');
    expect(await failure(new Uint8Array(0))).toBe('unsupported_clip');
    expect(await failure(wavFile(new Float32Array(4800), 48_000))).toBe('unsupported_clip');
    const mp4 = encodeVideoFile({ extension: 'mp4', encoder: 'libx264', fps: 25 }, pictures(5));
    expect(await failure(mp4.subarray(0, 40))).toBe('unreadable_clip');
    expect(await failure(encodeAudioFile({ extension: 'm4a', encoder: 'aac', sampleRateHz: 48_000, sampleFormat: 'fltp' }, 0.5, Math.sin))).toBe('no_picture');
  });
});

describe('looksLikeClip', () => {
  it('tells clips from pictures of the same family', () => {
    const ftyp = (brand: string) => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0`, 'latin1');
    expect(looksLikeClip(ftyp('isom'))).toBe(true);
    expect(looksLikeClip(ftyp('qt  '))).toBe(true);
    expect(looksLikeClip(ftyp('avif'))).toBe(false);
    expect(looksLikeClip(ftyp('heic'))).toBe(false);
    expect(looksLikeClip(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe(false);
    expect(looksLikeClip(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))).toBe(false);
  });
});
