/** One number per pixel. */
export type Plane = Float32Array;

/** Three box blurs after each other, near enough to a bell of the given sigma, in pixels. In place. */
export function blur(plane: Plane, size: number, sigma: number): Plane {
  const radius = Math.max(0, Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2));
  if (radius === 0) return plane;
  const line = new Float32Array(size);
  for (let pass = 0; pass < 3; pass++) {
    for (let row = 0; row < size; row++) boxLine(plane, row * size, 1, size, radius, line);
    for (let column = 0; column < size; column++) boxLine(plane, column, size, size, radius, line);
  }
  return plane;
}

function boxLine(plane: Plane, start: number, step: number, length: number, radius: number, line: Float32Array): void {
  for (let i = 0; i < length; i++) line[i] = plane[start + i * step]!;
  const width = 2 * radius + 1;
  let sum = line[0]! * radius;
  for (let i = 0; i <= radius; i++) sum += line[Math.min(i, length - 1)]!;
  for (let i = 0; i < length; i++) {
    plane[start + i * step] = sum / width;
    sum += line[Math.min(i + radius + 1, length - 1)]! - line[Math.max(i - radius, 0)]!;
  }
}

/** Halves a plane's sides by averaging, for slow work on large pictures. */
export function halved(plane: Plane, size: number): Plane {
  const half = size >> 1;
  const result = new Float32Array(half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const at = 2 * y * size + 2 * x;
      result[y * half + x] = (plane[at]! + plane[at + 1]! + plane[at + size]! + plane[at + size + 1]!) / 4;
    }
  }
  return result;
}

/** Between pixels; positions beyond the border give the border. */
export function sample(plane: Plane, size: number, x: number, y: number): number {
  const cx = Math.min(size - 1.001, Math.max(0, x)), cy = Math.min(size - 1.001, Math.max(0, y));
  const x0 = cx | 0, y0 = cy | 0;
  const fx = cx - x0, fy = cy - y0;
  const at = y0 * size + x0;
  return (plane[at]! * (1 - fx) + plane[at + 1]! * fx) * (1 - fy) + (plane[at + size]! * (1 - fx) + plane[at + size + 1]! * fx) * fy;
}
