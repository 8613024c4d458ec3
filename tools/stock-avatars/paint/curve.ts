import { hypot } from './math.ts';
import type { Point } from './math.ts';

/** Points on a Catmull-Rom curve through the given ones, `perSpan` between two of them. */
export function throughPoints(points: readonly Point[], perSpan: number, closed = false): Point[] {
  const count = points.length;
  const at = (i: number): Point => (closed ? points[((i % count) + count) % count]! : points[Math.min(count - 1, Math.max(0, i))]!);
  const result: Point[] = [];
  const spans = closed ? count : count - 1;
  for (let span = 0; span < spans; span++) {
    const [a, b, c, d] = [at(span - 1), at(span), at(span + 1), at(span + 2)];
    for (let step = 0; step < perSpan; step++) {
      const t = step / perSpan;
      const along = (i: 0 | 1) =>
        0.5 * (2 * b[i] + (c[i] - a[i]) * t + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t * t + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t * t * t);
      result.push([along(0), along(1)]);
    }
  }
  if (!closed) result.push(at(count - 1));
  return result;
}

/** A function of one variable through points with rising x, smooth, level beyond both ends; never overshoots (monotone cubic). */
export function graph(points: readonly Point[]): (x: number) => number {
  const n = points.length;
  const slopes = points.slice(1).map(([x, y], i) => (y - points[i]![1]) / (x - points[i]![0]));
  const tangents = points.map((_, i) => {
    const before = slopes[i - 1], after = slopes[i];
    if (before === undefined) return after ?? 0;
    if (after === undefined) return before;
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
  return (x) => {
    if (x <= points[0]![0]) return points[0]![1];
    if (x >= points[n - 1]![0]) return points[n - 1]![1];
    let i = 0;
    while (x > points[i + 1]![0]) i++;
    const [x0, y0] = points[i]!, [x1, y1] = points[i + 1]!;
    const h = x1 - x0, t = (x - x0) / h;
    return (
      y0 * (1 + 2 * t) * (1 - t) ** 2 + tangents[i]! * h * t * (1 - t) ** 2 + y1 * t * t * (3 - 2 * t) + tangents[i + 1]! * h * t * t * (t - 1)
    );
  };
}

/** Distance from a point to a polyline, and how far along it (0 to 1) the nearest place is. */
export function distanceTo(line: readonly Point[], x: number, y: number): { distance: number; along: number } {
  let best = Infinity, along = 0;
  for (let i = 0; i + 1 < line.length; i++) {
    const [ax, ay] = line[i]!, [bx, by] = line[i + 1]!;
    const dx = bx - ax, dy = by - ay;
    const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    const d = hypot(x - ax - t * dx, y - ay - t * dy);
    if (d < best) {
      best = d;
      along = (i + t) / (line.length - 1);
    }
  }
  return { distance: best, along };
}

/** Whether a point lies inside a closed polygon. */
export function isInside(polygon: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i]!, [xj, yj] = polygon[j]!;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
