import sharp from 'sharp';
import { expect, it } from 'vitest';
import { decodeCovering, openBackground } from './session-background';

const picture = (width: number, height: number, background: string) => sharp({ create: { width, height, channels: 3, background } });

it('a picture fills the frame and is cut in the middle', async () => {
  const stripes = await sharp({ create: { width: 300, height: 100, channels: 3, background: '#000000' } })
    .composite([{ input: await picture(100, 100, '#ff0000').png().toBuffer(), left: 100, top: 0 }])
    .png()
    .toBuffer();
  const { width, height, data } = await decodeCovering(stripes, { width: 64, height: 64 });
  expect([width, height, data.length]).toEqual([64, 64, (64 * 64 * 3) / 2]);
  // Red in BT.601, limited range, in all but the outermost columns.
  const middle = data.subarray(32 * 64 + 4, 32 * 64 + 60);
  for (const luma of middle) expect(Math.abs(luma - 81)).toBeLessThanOrEqual(1);
  expect(Math.abs(data[64 * 64 + 16 * 32 + 16]! - 90)).toBeLessThanOrEqual(1);
  expect(Math.abs(data[64 * 64 * 1.25 + 16 * 32 + 16]! - 240)).toBeLessThanOrEqual(1);
});

it.each(['jpeg', 'webp', 'avif'] as const)('may be %s, and grey', async (format) => {
  const bytes = await picture(40, 80, '#808080').greyscale().toFormat(format).toBuffer();
  const { data } = await decodeCovering(bytes, { width: 32, height: 32 });
  expect(Math.abs(data[0]! - 126)).toBeLessThanOrEqual(2);
  expect(Math.abs(data[32 * 32]! - 128)).toBeLessThanOrEqual(1);
});

it('what is no picture is an error', async () => {
  await expect(decodeCovering(Buffer.from('hello'), { width: 32, height: 32 })).rejects.toThrow();
});

it('anything else goes to the engine as it is', async () => {
  expect(await openBackground({ type: 'blur', strength: 0.4 }, { width: 32, height: 32 })).toEqual({ type: 'blur', strength: 0.4 });
});
