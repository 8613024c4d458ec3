/* From light to a picture file's pixels. */
import sharp from 'sharp';
import { clamp01, toSrgb } from './math.ts';
import type { LitScene } from './light.ts';

/** A film-like curve: soft in the highlights, so that nothing burns out. */
function film(value: number): number {
  const x = Math.max(0, value) * 1.04;
  return clamp01(x < 0.55 ? x : 0.55 + 0.45 * (1 - Math.exp((0.55 - x) / 0.45)));
}

export async function develop({ red, green, blue }: LitScene, size: number, outSize: number): Promise<Buffer> {
  const rgb = new Uint8Array(size * size * 3);
  for (let i = 0; i < size * size; i++) {
    const luma = 0.3 * red[i]! + 0.59 * green[i]! + 0.11 * blue[i]!;
    const put = (value: number) => Math.round(255 * toSrgb(film(luma + (value - luma) * 0.93)));
    rgb[i * 3] = put(red[i]!);
    rgb[i * 3 + 1] = put(green[i]!);
    rgb[i * 3 + 2] = put(blue[i]!);
  }
  return sharp(rgb, { raw: { width: size, height: size, channels: 3 } }).resize(outSize, outSize, { kernel: 'lanczos3' }).raw().toBuffer();
}
