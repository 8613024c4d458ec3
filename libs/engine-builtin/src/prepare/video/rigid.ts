/** A turn, a scale and a shift in space: p = scale · R · c + t. R is row by row. */
export interface Rigid {
  scale: number;
  rotation: Float64Array;
  shift: readonly [number, number, number];
}

/**
 * The rigid motion with scale that brings `from` onto `to` (x, y, z of each point) best, in the sense of least squares: Horn's closed form
 * with unit quaternions (1987).
 */
export function fitRigid(from: Float64Array, to: Float64Array, weights: Float64Array): Rigid {
  const meanFrom = meanOf(from, weights);
  const meanTo = meanOf(to, weights);
  const s = new Float64Array(9);
  let spread = 0;
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i]!;
    for (let r = 0; r < 3; r++) {
      const a = from[i * 3 + r]! - meanFrom[r]!;
      spread += w * a * a;
      for (let c = 0; c < 3; c++) s[r * 3 + c]! += w * a * (to[i * 3 + c]! - meanTo[c]!);
    }
  }
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s as unknown as [number, number, number, number, number, number, number, number, number];
  // prettier-ignore
  const n = Float64Array.of(
    xx + yy + zz, yz - zy, zx - xz, xy - yx,
    yz - zy, xx - yy - zz, xy + yx, zx + xz,
    zx - xz, xy + yx, yy - xx - zz, yz + zy,
    xy - yx, zx + xz, yz + zy, zz - xx - yy,
  );
  const q = largestEigenvector(n, 4);
  const rotation = rotationOf(q);
  let along = 0;
  for (let r = 0; r < 3; r++) for (let c = 0; c < 3; c++) along += rotation[c * 3 + r]! * s[r * 3 + c]!;
  const scale = spread > 0 ? along / spread : 1;
  const turned = [0, 1, 2].map((r) => scale * (rotation[r * 3]! * meanFrom[0]! + rotation[r * 3 + 1]! * meanFrom[1]! + rotation[r * 3 + 2]! * meanFrom[2]!));
  return { scale, rotation, shift: [meanTo[0]! - turned[0]!, meanTo[1]! - turned[1]!, meanTo[2]! - turned[2]!] };
}

export function applyRigid({ scale, rotation, shift }: Rigid, point: ArrayLike<number>, at = 0): [number, number, number] {
  const [x, y, z] = [point[at]!, point[at + 1]!, point[at + 2]!];
  const row = (r: number): number => scale * (rotation[r * 3]! * x + rotation[r * 3 + 1]! * y + rotation[r * 3 + 2]! * z) + shift[r]!;
  return [row(0), row(1), row(2)];
}

/** The way back: c = Rᵀ (p − t) / scale. */
export function undoRigid({ scale, rotation, shift }: Rigid, point: ArrayLike<number>, at = 0): [number, number, number] {
  const d = [point[at]! - shift[0], point[at + 1]! - shift[1], point[at + 2]! - shift[2]] as const;
  const column = (c: number): number => (rotation[c]! * d[0] + rotation[3 + c]! * d[1] + rotation[6 + c]! * d[2]) / scale;
  return [column(0), column(1), column(2)];
}

/** Yaw (to the picture's right positive), pitch (down positive) and roll (clockwise positive), radians. */
export function anglesOf({ rotation: r }: Rigid): [number, number, number] {
  return [Math.asin(clamp(-r[2]!)), Math.asin(clamp(-r[5]! / Math.max(1e-6, Math.hypot(r[5]!, r[8]!)))), Math.atan2(r[3]!, r[0]!)];
}

export function rotationOf(q: ArrayLike<number>): Float64Array {
  const [w, x, y, z] = [q[0]!, q[1]!, q[2]!, q[3]!];
  // prettier-ignore
  return Float64Array.of(
    w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y),
    2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x),
    2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z,
  );
}

/** The unit quaternion of a rotation. */
export function quaternionOf(r: Float64Array): [number, number, number, number] {
  const [w, x, y, z] = [1 + r[0]! + r[4]! + r[8]!, 1 + r[0]! - r[4]! - r[8]!, 1 - r[0]! + r[4]! - r[8]!, 1 - r[0]! - r[4]! + r[8]!];
  const q: [number, number, number, number] =
    w >= Math.max(x, y, z)
      ? [w, r[7]! - r[5]!, r[2]! - r[6]!, r[3]! - r[1]!]
      : x >= Math.max(y, z)
        ? [r[7]! - r[5]!, x, r[1]! + r[3]!, r[2]! + r[6]!]
        : y >= z
          ? [r[2]! - r[6]!, r[1]! + r[3]!, y, r[5]! + r[7]!]
          : [r[3]! - r[1]!, r[2]! + r[6]!, r[5]! + r[7]!, z];
  const length = Math.hypot(...q);
  return [q[0] / length, q[1] / length, q[2] / length, q[3] / length];
}

function meanOf(points: Float64Array, weights: Float64Array): Float64Array {
  const mean = new Float64Array(3);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!;
    for (let c = 0; c < 3; c++) mean[c]! += weights[i]! * points[i * 3 + c]!;
  }
  return mean.map((value) => value / total);
}

/** Of a small symmetric matrix, by Jacobi's rotations. */
function largestEigenvector(matrix: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q]!;
        off += apq * apq;
        if (Math.abs(apq) < 1e-300) continue;
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const akp = a[k * n + p]!;
          const akq = a[k * n + q]!;
          a[k * n + p] = c * akp - s * akq;
          a[k * n + q] = s * akp + c * akq;
        }
        for (let k = 0; k < n; k++) {
          const apk = a[p * n + k]!;
          const aqk = a[q * n + k]!;
          a[p * n + k] = c * apk - s * aqk;
          a[q * n + k] = s * apk + c * aqk;
          const vkp = v[k * n + p]!;
          const vkq = v[k * n + q]!;
          v[k * n + p] = c * vkp - s * vkq;
          v[k * n + q] = s * vkp + c * vkq;
        }
      }
    }
    if (off < 1e-24) break;
  }
  let best = 0;
  for (let i = 1; i < n; i++) if (a[i * n + i]! > a[best * n + best]!) best = i;
  return Float64Array.from({ length: n }, (_, k) => v[k * n + best]!);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
