import { span8, store8 } from './sampling';

/**
 * Fills a plane of `width` × `height` (multiples of 8 and 1) from a part of another one, bilinearly. `left`, `top`: where the middle of the first pixel
 * lies in the source, 16.16; `step`: source pixels per pixel, at most 2. What lies outside the source is its edge.
 */
export function resample(out: usize, width: i32, height: i32, source: usize, sourceWidth: i32, sourceHeight: i32, left: i32, top: i32, step: i32): void {
  const mostU = (sourceWidth - 1) << 16;
  const mostV = ((sourceHeight - 1) << 16) - 1;
  for (let y = 0; y < height; y++) {
    const v = min(max(top + y * step, 0), mostV);
    let to = out + <usize>(y * width);
    for (let x = 0; x < width; x += 8, to += 8) {
      const u = left + x * step;
      if (u >= 0 && u + 7 * step < mostU) {
        store8(to, span8(source, sourceWidth, u, v, step, 0));
        continue;
      }
      for (let i = 0; i < 8; i++) {
        const at = min(max(u + i * step, 0), mostU - 1);
        const value = span8(source, sourceWidth, at, v, 0, 0);
        store<u8>(to + i, <u8>i16x8.extract_lane_s(value, 0));
      }
    }
  }
}
