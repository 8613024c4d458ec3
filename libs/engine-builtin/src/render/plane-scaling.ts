import type { CropRect } from '../face/framing.ts';

/** One 8-bit channel of a picture. */
export interface Plane {
  width: number;
  height: number;
  data: Uint8Array;
}

interface Taps {
  count: number;
  first: Int32Array;
  weights: Float32Array;
}

/** Cuts `crop` out of `source` and scales it: Catmull-Rom, widened when it reduces, so that it neither blurs nor flickers. */
export function cropAndScale(source: Plane, crop: CropRect, width: number, height: number): Plane {
  const across = taps(source.width, crop.left, crop.width, width);
  const down = taps(source.height, crop.top, crop.height, height);
  const firstRow = Math.max(0, down.first[0] ?? 0);
  const lastRow = Math.min(source.height - 1, (down.first[height - 1] ?? 0) + down.count - 1);
  const wide = new Float32Array(width * (lastRow - firstRow + 1));
  for (let row = firstRow; row <= lastRow; row++) {
    const from = row * source.width;
    const to = (row - firstRow) * width;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      const first = across.first[x]!;
      for (let t = 0; t < across.count; t++) {
        const column = Math.min(Math.max(first + t, 0), source.width - 1);
        sum += source.data[from + column]! * across.weights[x * across.count + t]!;
      }
      wide[to + x] = sum;
    }
  }
  const data = new Uint8ClampedArray(width * height);
  for (let y = 0; y < height; y++) {
    const first = down.first[y]!;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let t = 0; t < down.count; t++) {
        const row = Math.min(Math.max(first + t, firstRow), lastRow) - firstRow;
        sum += wide[row * width + x]! * down.weights[y * down.count + t]!;
      }
      data[y * width + x] = sum;
    }
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}

function taps(sourceSize: number, start: number, length: number, size: number): Taps {
  const step = length / size;
  const widen = Math.max(1, step);
  const count = Math.ceil(widen * 2) * 2 + 1;
  const first = new Int32Array(size);
  const weights = new Float32Array(size * count);
  for (let i = 0; i < size; i++) {
    const centre = Math.min(Math.max(start + (i + 0.5) * step - 0.5, -0.5), sourceSize - 0.5);
    first[i] = Math.floor(centre) - (count >> 1);
    let total = 0;
    for (let t = 0; t < count; t++) {
      const weight = catmullRom((first[i]! + t - centre) / widen);
      weights[i * count + t] = weight;
      total += weight;
    }
    for (let t = 0; t < count; t++) weights[i * count + t]! /= total;
  }
  return { count, first, weights };
}

function catmullRom(distance: number): number {
  const d = Math.abs(distance);
  if (d < 1) return 1.5 * d * d * d - 2.5 * d * d + 1;
  if (d < 2) return -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2;
  return 0;
}
