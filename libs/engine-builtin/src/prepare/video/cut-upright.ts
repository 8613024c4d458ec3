import type { I420Picture } from '@visavis/engine';

/** A square of a picture, turned clockwise by `angle` (radians); x, y is its middle. */
export interface UprightSquare {
  x: number;
  y: number;
  side: number;
  angle: number;
}

/**
 * Cuts a turned square out of a picture, as RGB in 0…1 with `size` values along each side, filled with the picture's edge outside. What is
 * reduced is averaged, so that nothing flickers.
 */
export function cutUpright(picture: I420Picture, square: UprightSquare, size: number, mirrored: boolean, out: Float32Array): void {
  const step = square.side / size;
  const samples = Math.min(4, Math.max(1, Math.ceil(step - 0.3)));
  const cos = Math.cos(square.angle) * step;
  const sin = Math.sin(square.angle) * step;
  const { width, height, data } = picture;
  const luma = width * height;
  const blueAt = luma;
  const redAt = luma + (luma >> 2);
  const share = 1 / (samples * samples);
  for (let row = 0, to = 0; row < size; row++) {
    for (let column = 0; column < size; column++, to += 3) {
      let y = 0;
      for (let i = 0; i < samples; i++) {
        for (let j = 0; j < samples; j++) {
          const across = (mirrored ? size - 1 - column : column) + (j + 0.5) / samples - size / 2;
          const down = row + (i + 0.5) / samples - size / 2;
          const px = square.x + across * cos - down * sin - 0.5;
          const py = square.y + across * sin + down * cos - 0.5;
          y += bilinear(data, 0, width, height, px, py);
        }
      }
      // Colour has half the detail: one sample in the middle does.
      const across = (mirrored ? size - 1 - column : column) + 0.5 - size / 2;
      const down = row + 0.5 - size / 2;
      const cx = (square.x + across * cos - down * sin - 1) / 2;
      const cy = (square.y + across * sin + down * cos - 1) / 2;
      const u = bilinear(data, blueAt, width >> 1, height >> 1, cx, cy);
      const v = bilinear(data, redAt, width >> 1, height >> 1, cx, cy);
      const light = 1.16438 * (y * share - 16);
      const blue = u - 128;
      const red = v - 128;
      out[to] = unit(light + 1.59603 * red);
      out[to + 1] = unit(light - 0.39176 * blue - 0.81297 * red);
      out[to + 2] = unit(light + 2.01723 * blue);
    }
  }
}

/** One sample of a plane at a place between its values, the nearest edge outside. */
export function bilinear(data: Uint8Array, start: number, width: number, height: number, x: number, y: number): number {
  const cx = x < 0 ? 0 : x > width - 1 ? width - 1 : x;
  const cy = y < 0 ? 0 : y > height - 1 ? height - 1 : y;
  const x0 = cx | 0;
  const y0 = cy | 0;
  const x1 = x0 + 1 < width ? x0 + 1 : x0;
  const down = y0 + 1 < height ? width : 0;
  const fx = cx - x0;
  const fy = cy - y0;
  const at = start + y0 * width;
  const top = data[at + x0]! + (data[at + x1]! - data[at + x0]!) * fx;
  const low = data[at + down + x0]! + (data[at + down + x1]! - data[at + down + x0]!) * fx;
  return top + (low - top) * fy;
}

function unit(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 1 : value / 255;
}
