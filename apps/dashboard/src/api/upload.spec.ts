import { MAX_CLIP_BYTES, MAX_PICTURE_BYTES } from '@visavis/contracts';
import { describe, expect, it } from 'vitest';
import { isClip, nameFromFile, uploadObjection } from './upload.ts';

describe('nameFromFile', () => {
  it.each([
    ['girl_with-a__pearl.JPG', 'Girl with a pearl'],
    ['Mona Lisa.png', 'Mona Lisa'],
    ['IMG.2024.06.jpeg', 'IMG.2024.06'],
    ['.png', 'New avatar'],
    ['___.png', 'New avatar'],
  ])('%s is called %s', (file, name) => {
    expect(nameFromFile(file)).toBe(name);
  });
  it('keeps within the length that the API takes', () => {
    expect(nameFromFile(`${'a'.repeat(300)}.png`)).toHaveLength(100);
  });
});

describe('uploadObjection', () => {
  const file = (type: string, size: number, name = 'file') => ({ type, size, name });
  it('takes pictures and clips up to their limits', () => {
    expect(uploadObjection(file('image/jpeg', MAX_PICTURE_BYTES))).toBeNull();
    expect(uploadObjection(file('video/mp4', MAX_CLIP_BYTES))).toBeNull();
    expect(uploadObjection(file('video/quicktime', MAX_PICTURE_BYTES + 1))).toBeNull();
  });
  it('refuses what is too large, empty or neither, and says what to do', () => {
    expect(uploadObjection(file('image/png', MAX_PICTURE_BYTES + 1))).toContain('a picture may have at most 20 MB');
    expect(uploadObjection(file('video/webm', MAX_CLIP_BYTES + 1))).toMatch(/a clip may have at most 200 MB. Cut it shorter/);
    expect(uploadObjection(file('image/png', 0))).toBe('This file is empty.');
    expect(uploadObjection(file('application/pdf', 10))).toContain('JPEG');
    expect(uploadObjection(file('image/gif', 10))).toContain('JPEG');
  });
  it('knows a clip by its ending where the browser has no name for its type', () => {
    expect(isClip(file('', 1, 'Me talking.MKV'))).toBe(true);
    expect(isClip(file('application/octet-stream', 1, 'a.mts'))).toBe(true);
    expect(isClip(file('image/jpeg', 1, 'a.mp4'))).toBe(false);
    expect(isClip(file('', 1, 'a.txt'))).toBe(false);
  });
});
