/** One sample of a plane at a place between its values, Catmull-Rom: keeps more detail than a bilinear one. The nearest edge outside. */
export function cubic(data: Uint8Array, start: number, width: number, height: number, x: number, y: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const fx = x - x0;
  const fy = y - y0;
  const a = before(fx), b = here(fx), c = here(1 - fx), d = before(1 - fx);
  const column = (i: number): number => (i < 0 ? 0 : i > width - 1 ? width - 1 : i);
  const xa = column(x0 - 1), xb = column(x0), xc = column(x0 + 1), xd = column(x0 + 2);
  const line = (row: number): number => {
    const at = start + (row < 0 ? 0 : row > height - 1 ? height - 1 : row) * width;
    return a * data[at + xa]! + b * data[at + xb]! + c * data[at + xc]! + d * data[at + xd]!;
  };
  return before(fy) * line(y0 - 1) + here(fy) * line(y0) + here(1 - fy) * line(y0 + 1) + before(1 - fy) * line(y0 + 2);
}

/** Weight of the value before the place, or of the last one for the rest of the way. */
function before(t: number): number {
  return -0.5 * t * (1 - t) * (1 - t);
}

/** Weight of the value at the place's left, or of the one at its right for the rest of the way. */
function here(t: number): number {
  return 1 + t * t * (1.5 * t - 2.5);
}
