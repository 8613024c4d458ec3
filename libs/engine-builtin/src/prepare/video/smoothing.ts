type Row = readonly number[];

/**
 * Smooths series without shifting them: through each value and `reach` neighbours on both sides goes the parabola that fits them best
 * (Savitzky and Golay, 1964), which keeps peaks. At gaps (undefined) and ends fewer neighbours count.
 */
export function smoothSeries(rows: readonly (Row | undefined)[], reach: number): (number[] | undefined)[] {
  return rows.map((row, i) => {
    if (!row) return undefined;
    let before = 0;
    let after = 0;
    while (before < reach && rows[i - before - 1]) before++;
    while (after < reach && rows[i + after + 1]) after++;
    const weights = parabolaWeights(before, after);
    const out = new Array<number>(row.length).fill(0);
    for (let k = -before; k <= after; k++) {
      const weight = weights[k + before]!;
      const from = rows[i + k]!;
      for (let c = 0; c < out.length; c++) out[c]! += weight * from[c]!;
    }
    return out;
  });
}

const cache = new Map<string, Float64Array>();

/** Weights of the values at −before…after for the value at 0 of the parabola through them; a line or a mean where they are few. */
function parabolaWeights(before: number, after: number): Float64Array {
  const key = `${before} ${after}`;
  const known = cache.get(key);
  if (known) return known;
  const count = before + after + 1;
  // Near an end a parabola follows the noise of the last value: a line does less.
  const order = count >= 5 && before > 1 && after > 1 ? 2 : count >= 3 ? 1 : 0;
  const size = order + 1;
  const normal = new Float64Array(size * size);
  for (let k = -before; k <= after; k++) for (let r = 0; r < size; r++) for (let c = 0; c < size; c++) normal[r * size + c]! += k ** (r + c);
  const first = solve(normal, Float64Array.from({ length: size }, (_, i) => (i === 0 ? 1 : 0)), size);
  const weights = Float64Array.from({ length: count }, (_, i) => {
    const k = i - before;
    let sum = 0;
    for (let c = 0; c < size; c++) sum += first[c]! * k ** c;
    return sum;
  });
  cache.set(key, weights);
  return weights;
}

/** Solves a small symmetric positive system by elimination with pivots. */
export function solve(matrix: Float64Array, right: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  const x = right.slice();
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) if (Math.abs(a[row * n + column]!) > Math.abs(a[pivot * n + column]!)) pivot = row;
    if (Math.abs(a[pivot * n + column]!) < 1e-12) continue;
    if (pivot !== column) {
      for (let k = 0; k < n; k++) [a[column * n + k], a[pivot * n + k]] = [a[pivot * n + k]!, a[column * n + k]!];
      [x[column], x[pivot]] = [x[pivot]!, x[column]!];
    }
    for (let row = column + 1; row < n; row++) {
      const factor = a[row * n + column]! / a[column * n + column]!;
      if (factor === 0) continue;
      for (let k = column; k < n; k++) a[row * n + k]! -= factor * a[column * n + k]!;
      x[row]! -= factor * x[column]!;
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = x[row]!;
    for (let k = row + 1; k < n; k++) sum -= a[row * n + k]! * x[k]!;
    x[row] = Math.abs(a[row * n + row]!) < 1e-12 ? 0 : sum / a[row * n + row]!;
  }
  return x;
}
