import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allocateI420 } from '@visavis/engine';
import { openClip } from './clip-decoder.ts';
import { createMp4Writer } from './mp4-writer.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visavis-mp4-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('writes pictures and sound that can be read again, the table of contents first', async () => {
  const size = { width: 160, height: 96 };
  const path = join(folder, 'clip.mp4');
  const writer = createMp4Writer({ path, ...size, fps: 25, crf: 16 });
  for (let i = 0; i < 50; i++) {
    const picture = allocateI420(size);
    picture.data.fill(40 + 3 * i, 0, size.width * size.height);
    picture.data.fill(128, size.width * size.height);
    writer.picture(picture);
    writer.sound(Float32Array.from({ length: 1920 }, (_, n) => 0.5 * Math.sin(((i * 1920 + n) * 2 * Math.PI * 440) / 48_000)));
  }
  writer.close();

  const file = readFileSync(path);
  expect(file.indexOf('moov')).toBeLessThan(file.indexOf('mdat'));
  const clip = await openClip(file);
  expect(clip.facts).toMatchObject({ codec: 'h264', ...size, fps: 25, hasSound: true });
  const lumas: number[] = [];
  for await (const { picture } of clip.frames({ fps: 25, ...size })) lumas.push(picture.data[0]!);
  expect(lumas).toHaveLength(50);
  for (const [i, luma] of lumas.entries()) expect(Math.abs(luma - (40 + 3 * i))).toBeLessThanOrEqual(3);
  const sound = (await clip.sound(48_000, 10))!;
  expect(sound.length).toBeGreaterThanOrEqual(2 * 48_000 - 1024);
  const loudness = Math.sqrt(sound.subarray(24_000, 72_000).reduce((sum, sample) => sum + sample * sample, 0) / 48_000);
  expect(loudness).toBeCloseTo(0.5 / Math.SQRT2, 1);
});

it('refuses pictures of another size and places where it may not write', () => {
  const writer = createMp4Writer({ path: join(folder, 'other.mp4'), width: 64, height: 64, fps: 25, crf: 23 });
  expect(() => writer.picture(allocateI420({ width: 32, height: 32 }))).toThrow(RangeError);
  writer.picture(allocateI420({ width: 64, height: 64 }));
  writer.close();
  writer.close();
  expect(() => createMp4Writer({ path: join(folder, 'missing', 'clip.mp4'), width: 64, height: 64, fps: 25, crf: 23 })).toThrow('missing');
});
