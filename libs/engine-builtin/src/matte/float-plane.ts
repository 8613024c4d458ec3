/** One channel in floating point. */
export interface FloatPlane {
  width: number;
  height: number;
  data: Float32Array;
}

/**
 * Mean over the window of `radius` around each pixel, cut off at the picture's borders, into `out` (not `source`). Costs the same for
 * any radius: one running sum per column, and one along the row over those.
 */
export function boxMean(source: Float32Array, out: Float32Array, width: number, height: number, radius: number): void {
  const columns = new Float64Array(width);
  for (let y = 0; y <= Math.min(radius - 1, height - 1); y++) for (let x = 0; x < width; x++) columns[x]! += source[y * width + x]!;
  for (let y = 0; y < height; y++) {
    const entering = y + radius < height ? (y + radius) * width : -1;
    const leaving = y - radius - 1 >= 0 ? (y - radius - 1) * width : -1;
    if (entering >= 0) for (let x = 0; x < width; x++) columns[x]! += source[entering + x]!;
    if (leaving >= 0) for (let x = 0; x < width; x++) columns[x]! -= source[leaving + x]!;
    const rows = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    let sum = 0;
    let count = 0;
    for (let x = 0; x < Math.min(radius, width); x++, count++) sum += columns[x]!;
    for (let x = 0; x < width; x++) {
      if (x + radius < width) {
        sum += columns[x + radius]!;
        count++;
      }
      if (x - radius - 1 >= 0) {
        sum -= columns[x - radius - 1]!;
        count--;
      }
      out[y * width + x] = sum / (count * rows);
    }
  }
}

/** Scales with pixel centres kept in place: linear between pixels, and the mean of what a pixel covers when it reduces. */
export function resizePlane({ width, height, data }: FloatPlane, newWidth: number, newHeight: number): FloatPlane {
  const across = new Float32Array(newWidth * height);
  const columns = spans(width, newWidth);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++) {
      let sum = 0;
      for (let t = 0; t < columns.count; t++) sum += columns.weights[x * columns.count + t]! * data[y * width + columns.at[x * columns.count + t]!]!;
      across[y * newWidth + x] = sum;
    }
  }
  const resized = new Float32Array(newWidth * newHeight);
  const rows = spans(height, newHeight);
  for (let y = 0; y < newHeight; y++) {
    for (let t = 0; t < rows.count; t++) {
      const weight = rows.weights[y * rows.count + t]!;
      const from = rows.at[y * rows.count + t]! * newWidth;
      if (weight !== 0) for (let x = 0; x < newWidth; x++) resized[y * newWidth + x]! += weight * across[from + x]!;
    }
  }
  return { width: newWidth, height: newHeight, data: resized };
}

/** Which samples, with which weights, make each of the new ones: a triangle as wide as a step, at least a pixel. */
function spans(size: number, newSize: number): { count: number; at: Int32Array; weights: Float32Array } {
  const step = size / newSize;
  const reach = Math.max(1, step);
  const count = Math.ceil(reach * 2) + 1;
  const at = new Int32Array(newSize * count);
  const weights = new Float32Array(newSize * count);
  for (let i = 0; i < newSize; i++) {
    const centre = (i + 0.5) * step - 0.5;
    const first = Math.ceil(centre - reach);
    let total = 0;
    for (let t = 0; t < count; t++) {
      const weight = Math.max(0, 1 - Math.abs(first + t - centre) / reach);
      at[i * count + t] = Math.min(Math.max(first + t, 0), size - 1);
      weights[i * count + t] = weight;
      total += weight;
    }
    for (let t = 0; t < count; t++) weights[i * count + t]! /= total;
  }
  return { count, at, weights };
}
