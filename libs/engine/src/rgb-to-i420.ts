import { allocateI420, type I420Picture, type PictureSize } from './picture.ts';

/** RGB (three bytes a pixel, rows without padding) to limited-range BT.601, 4:2:0 with chroma in the middle of its four pixels. Sides are even. */
export function rgbToI420(rgb: Uint8Array, size: PictureSize): I420Picture {
  const picture = allocateI420(size);
  const { width, height } = size;
  const { data } = picture;
  const luma = width * height;
  for (let i = 0, p = 0; i < luma; i++, p += 3) data[i] = lumaOf(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!);
  const row = width * 3;
  for (let cy = 0, c = luma; cy < height / 2; cy++) {
    for (let cx = 0; cx < width / 2; cx++, c++) {
      const p = cy * 2 * row + cx * 6;
      const r = (rgb[p]! + rgb[p + 3]! + rgb[p + row]! + rgb[p + row + 3]!) / 4;
      const g = (rgb[p + 1]! + rgb[p + 4]! + rgb[p + row + 1]! + rgb[p + row + 4]!) / 4;
      const b = (rgb[p + 2]! + rgb[p + 5]! + rgb[p + row + 2]! + rgb[p + row + 5]!) / 4;
      data[c] = blueOf(r, g, b);
      data[c + luma / 4] = redOf(r, g, b);
    }
  }
  return picture;
}

export function lumaOf(r: number, g: number, b: number): number {
  return Math.round(16 + 0.25679 * r + 0.50413 * g + 0.09791 * b);
}

export function blueOf(r: number, g: number, b: number): number {
  return Math.round(128 - 0.14822 * r - 0.29099 * g + 0.43922 * b);
}

export function redOf(r: number, g: number, b: number): number {
  return Math.round(128 + 0.43922 * r - 0.36779 * g - 0.07143 * b);
}
