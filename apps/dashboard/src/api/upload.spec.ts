import { MAX_UPLOAD_BYTES } from '@visavis/contracts';
import { describe, expect, it } from 'vitest';
import { nameFromFile, uploadObjection } from './upload.ts';

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
  it('takes a picture up to the limit', () => {
    expect(uploadObjection({ type: 'image/jpeg', size: MAX_UPLOAD_BYTES })).toBeNull();
  });
  it('refuses what is too large, empty or no picture, and says what to do', () => {
    expect(uploadObjection({ type: 'image/png', size: MAX_UPLOAD_BYTES + 1 })).toContain('at most 20 MB');
    expect(uploadObjection({ type: 'image/png', size: 0 })).toBe('This file is empty.');
    expect(uploadObjection({ type: 'application/pdf', size: 10 })).toContain('JPEG');
  });
});
