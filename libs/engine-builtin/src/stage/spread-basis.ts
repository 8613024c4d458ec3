/**
 * How the points of a grid follow control points that move: kernel interpolation (Matérn 3/2) with a little smoothing, so that points which lie
 * close together and move unlike don't tear what is between them. Far from all points nothing moves.
 */
const REACH = 0.22;
const SMOOTHING = 2e-3;

export interface SpreadGrid {
  columns: number;
  rows: number;
  /** Place of the first point and distance of the points, in units. */
  firstA: number;
  firstB: number;
  step: number;
}

/** Returns columns × rows rows of `stride` shares, one per control point (a, b in turn) and zeros to fill up. */
export function spreadBasis(points: Float32Array, grid: SpreadGrid, stride: number): Float32Array {
  const count = points.length / 2;
  const kernel = (a: number, b: number, j: number) => matern(Math.hypot(a - points[2 * j]!, b - points[2 * j + 1]!) / REACH);
  const matrix = Array.from({ length: count }, (_, i) => Float64Array.from({ length: count }, (_, j) => kernel(points[2 * i]!, points[2 * i + 1]!, j) + (i === j ? SMOOTHING : 0)));
  const inverse = inverted(matrix);
  const basis = new Float32Array(grid.columns * grid.rows * stride);
  for (let row = 0, node = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++, node++) {
      const near = Float64Array.from({ length: count }, (_, j) => kernel(grid.firstA + column * grid.step, grid.firstB + row * grid.step, j));
      for (let i = 0; i < count; i++) {
        let share = 0;
        for (let j = 0; j < count; j++) share += near[j]! * inverse[j]![i]!;
        basis[node * stride + i] = share;
      }
    }
  }
  return basis;
}

function matern(distance: number): number {
  const d = Math.sqrt(3) * distance;
  return (1 + d) * Math.exp(-d);
}

/** Gauss–Jordan with pivots. */
function inverted(matrix: Float64Array[]): Float64Array[] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => {
    const wide = new Float64Array(2 * n);
    wide.set(row);
    wide[n + i] = 1;
    return wide;
  });
  for (let i = 0; i < n; i++) {
    let best = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(rows[r]![i]!) > Math.abs(rows[best]![i]!)) best = r;
    [rows[i], rows[best]] = [rows[best]!, rows[i]!];
    const pivot = rows[i]!;
    const by = 1 / pivot[i]!;
    for (let c = 0; c < 2 * n; c++) pivot[c]! *= by;
    for (let r = 0; r < n; r++) {
      const factor = rows[r]![i]!;
      if (r === i || factor === 0) continue;
      const row = rows[r]!;
      for (let c = 0; c < 2 * n; c++) row[c]! -= factor * pivot[c]!;
    }
  }
  return rows.map((row) => row.slice(n));
}
