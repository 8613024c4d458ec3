/*
 * Hot path: no allocation.
 */

/**
 * The affine map that takes `from` nearest to `to` (pairs of x and y, `count` of them from the offsets on), least squares: writes xx, xy, x0, yx, yy, y0 with
 * x' = xx·x + xy·y + x0 and y' = yx·x + yy·y + y0.
 */
export function fitAffine(from: Float32Array, fromOffset: number, to: Float32Array, toOffset: number, count: number, out: Float32Array | Float64Array): void {
  let mx = 0, my = 0, nx = 0, ny = 0;
  for (let i = 0; i < count; i++) {
    mx += from[fromOffset + 2 * i]!; my += from[fromOffset + 2 * i + 1]!;
    nx += to[toOffset + 2 * i]!; ny += to[toOffset + 2 * i + 1]!;
  }
  mx /= count; my /= count; nx /= count; ny /= count;
  let sxx = 0, sxy = 0, syy = 0, ax = 0, ay = 0, bx = 0, by = 0;
  for (let i = 0; i < count; i++) {
    const x = from[fromOffset + 2 * i]! - mx, y = from[fromOffset + 2 * i + 1]! - my;
    const u = to[toOffset + 2 * i]! - nx, v = to[toOffset + 2 * i + 1]! - ny;
    sxx += x * x; sxy += x * y; syy += y * y;
    ax += x * u; ay += y * u; bx += x * v; by += y * v;
  }
  const det = Math.max(sxx * syy - sxy * sxy, 1e-9);
  out[0] = (ax * syy - ay * sxy) / det;
  out[1] = (ay * sxx - ax * sxy) / det;
  out[2] = nx - out[0]! * mx - out[1]! * my;
  out[3] = (bx * syy - by * sxy) / det;
  out[4] = (by * sxx - bx * sxy) / det;
  out[5] = ny - out[3]! * mx - out[4]! * my;
}
