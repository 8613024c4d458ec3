import { describe, expect, it } from 'vitest';
import { allocateI420 } from '@visavis/engine';
import { i420ToRgb } from '../render/i420-to-rgb.ts';
import { plainPicture, prepareBackground, STUDIO_GREEN } from './background.ts';
import { fillBehind } from './inpaint.ts';

const size = { width: 128, height: 96 };
const LUMA = size.width * size.height;

/** Where the person is in the pictures below: a column in the middle, soft at its sides. */
const alpha = Uint8Array.from({ length: LUMA }, (_, i) => Math.round(255 * Math.min(Math.max((24 - Math.abs((i % size.width) - 63.5)) / 8, 0), 1)));

/** A white person before dark grey. */
function own() {
  const picture = plainPicture('#303030', size);
  alpha.forEach((a, i) => (picture.data[i] = Math.round((235 * a + picture.data[i]! * (255 - a)) / 255)));
  return { picture, alpha };
}

describe('prepareBackground', () => {
  it('keeps nothing of a kept one', async () => {
    expect(await prepareBackground({ type: 'keep' }, size, own())).toBeUndefined();
  });

  it.each([
    [{ type: 'color', color: '#1f6feb' } as const, [0x1f, 0x6f, 0xeb]],
    [{ type: 'green' } as const, [0x00, 0xb1, 0x40]],
    [{ type: 'transparent' } as const, [0, 0, 0]],
  ])('is the colour asked for: %o', async (background, expected) => {
    const picture = await prepareBackground(background, size, own());
    const rgb = i420ToRgb(picture!);
    for (const at of [0, LUMA - 1]) expected.forEach((value, c) => expect(Math.abs(rgb[at * 3 + c]! - value)).toBeLessThan(4));
  });

  it('refuses what is no colour, and a picture of another size', async () => {
    expect(() => plainPicture('red', size)).toThrow(RangeError);
    expect(() => plainPicture('#12345', size)).toThrow(RangeError);
    await expect(prepareBackground({ type: 'image', id: 'a', picture: allocateI420({ width: 64, height: 64 }) }, size, own())).rejects.toThrow(RangeError);
  });

  it('lets a picture go on to the end of the last cells', async () => {
    const picture = allocateI420({ width: 120, height: 90 });
    for (let i = 0; i < 120 * 90; i++) picture.data[i] = (i % 120) + Math.floor(i / 120);
    picture.data.fill(77, 120 * 90, 120 * 90 * 1.25);
    picture.data.fill(99, 120 * 90 * 1.25);
    const { data } = (await prepareBackground({ type: 'image', id: 'a', picture }, size, own()))!;
    for (const [x, y] of [[0, 0], [119, 89], [127, 10], [40, 95], [127, 95]] as const) expect(data[y * 128 + x]).toBe(Math.min(x, 119) + Math.min(y, 89));
    expect(data.subarray(LUMA, LUMA * 1.25).every((value) => value === 77)).toBe(true);
    expect(data.subarray(LUMA * 1.25).every((value) => value === 99)).toBe(true);
  });

  it.each([0, 0.5, 1])('blurs (%d) what is behind the person without a glow of them', async (strength) => {
    const picture = await prepareBackground({ type: 'blur', strength }, size, own());
    const dark = plainPicture('#303030', size).data[0]!;
    for (let i = 0; i < LUMA; i++) expect(Math.abs(picture!.data[i]! - dark)).toBeLessThan(3);
  });

  it('takes detail from what is behind, the more the stronger', async () => {
    const stripes = own();
    for (let i = 0; i < LUMA; i++) if (alpha[i] === 0) stripes.picture.data[i] = (i >> 3) % 2 === 0 ? 60 : 160;
    const contrast = async (strength: number) => {
      const { data } = (await prepareBackground({ type: 'blur', strength }, size, stripes))!;
      return Math.max(...data.subarray(48 * 128, 48 * 128 + 24)) - Math.min(...data.subarray(48 * 128, 48 * 128 + 24));
    };
    expect(await contrast(1)).toBeLessThan((await contrast(0)) * 0.8);
    expect(await contrast(0)).toBeGreaterThan(80);
  });
});

describe('fillBehind', () => {
  it('continues a slope behind the person', () => {
    const slope = Uint8Array.from({ length: LUMA }, (_, i) => 40 + (i % size.width));
    const picture = slope.map((value, i) => (alpha[i]! > 0 ? 255 : value));
    const filled = fillBehind(picture, alpha, size.width, size.height, 2);
    filled.forEach((value, i) => expect(Math.abs(value - slope[i]!)).toBeLessThan(30));
    slope.forEach((value, i) => {
      if (i % size.width < 32) expect(filled[i]).toBe(value);
    });
  });
});

it('the green is one that keying tools know', () => expect(STUDIO_GREEN).toBe('#00b140'));
