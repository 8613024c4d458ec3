import { solve } from './smoothing.ts';

/** Pixels between the nodes at which moves are worked out. */
const SPACING = 8;
/** Points that lie close together and go different ways don't tear what is between them. */
const SMOOTHING = 4e-3;
/** Moves fade out over this part of the box at its border. */
const BORDER = 0.12;

export interface Moves {
  /** How far the picture at a place goes, pixels. */
  at(x: number, y: number): [number, number];
}

/**
 * A smooth field through the ways of points (x and y in turn): kernel interpolation, Matérn 3/2 with this reach in pixels; 0 outside the box.
 */
export function spreadMoves(places: Float64Array, ways: Float64Array, box: { left: number; top: number; right: number; bottom: number }, reach: number): Moves {
  const n = places.length / 2;
  const matrix = new Float64Array(n * n);
  for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) matrix[r * n + c] = matern(Math.hypot(places[r * 2]! - places[c * 2]!, places[r * 2 + 1]! - places[c * 2 + 1]!) / reach) + (r === c ? SMOOTHING : 0);
  const [x, y] = [0, 1].map((axis) => solve(matrix, Float64Array.from({ length: n }, (_, i) => ways[i * 2 + axis]!), n)) as [Float64Array, Float64Array];
  const columns = Math.ceil((box.right - box.left) / SPACING) + 1;
  const rows = Math.ceil((box.bottom - box.top) / SPACING) + 1;
  const grid = new Float32Array(columns * rows * 2);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const px = box.left + column * SPACING;
      const py = box.top + row * SPACING;
      const edge = Math.min(column / (columns - 1), 1 - column / (columns - 1), row / (rows - 1), 1 - row / (rows - 1)) / BORDER;
      const window = edge >= 1 ? 1 : edge * edge * (3 - 2 * edge);
      let mx = 0;
      let my = 0;
      for (let i = 0; i < n; i++) {
        const near = matern(Math.hypot(px - places[i * 2]!, py - places[i * 2 + 1]!) / reach);
        mx += near * x[i]!;
        my += near * y[i]!;
      }
      grid[(row * columns + column) * 2] = window * mx;
      grid[(row * columns + column) * 2 + 1] = window * my;
    }
  }
  return {
    at(px, py) {
      const c = Math.min(Math.max((px - box.left) / SPACING, 0), columns - 1.001);
      const r = Math.min(Math.max((py - box.top) / SPACING, 0), rows - 1.001);
      const p = (Math.floor(r) * columns + Math.floor(c)) * 2;
      const q = p + columns * 2;
      const fc = c - Math.floor(c);
      const fr = r - Math.floor(r);
      const mix = (i: number): number => (grid[p + i]! * (1 - fc) + grid[p + 2 + i]! * fc) * (1 - fr) + (grid[q + i]! * (1 - fc) + grid[q + 2 + i]! * fc) * fr;
      return [mix(0), mix(1)];
    },
  };
}

function matern(distance: number): number {
  const d = Math.sqrt(3) * distance;
  return (1 + d) * Math.exp(-d);
}
