import type { I420Picture } from '@visavis/engine';

/** Limited-range BT.601 4:2:0 to RGB, nearest chroma: for looking at frames, not for speed. */
export function i420ToRgb({ width, height, data }: I420Picture): Uint8Array {
  const rgb = new Uint8ClampedArray(width * height * 3);
  const lumaSize = width * height;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const c = (y >> 1) * (width >> 1) + (x >> 1);
      const luma = 1.16438 * (data[y * width + x]! - 16);
      const blue = data[lumaSize + c]! - 128;
      const red = data[lumaSize + (lumaSize >> 2) + c]! - 128;
      rgb[i] = luma + 1.59603 * red;
      rgb[i + 1] = luma - 0.39176 * blue - 0.81297 * red;
      rgb[i + 2] = luma + 2.01723 * blue;
    }
  }
  return new Uint8Array(rgb.buffer);
}
