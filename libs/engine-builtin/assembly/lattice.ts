/** sum += values · amount; lengths are multiples of four floats. */
export function addScaled(sum: usize, values: usize, amount: f32, count: i32): void {
  const factor = f32x4.splat(amount);
  const end = sum + (<usize>count << 2);
  while (sum < end) {
    v128.store(sum, f32x4.add(v128.load(sum), f32x4.mul(v128.load(values), factor)));
    sum += 16;
    values += 16;
  }
}

const CLOSE_ENOUGH: f32 = 0.02;

/**
 * Turns displacements around: for each point of a lattice (columns × rows, `step` pixels apart from (0, 0)) finds the source with
 * source + forward(source) = point, by Newton's method from the guess that neighbours move alike. Sources are kept in 0 … maxX, 0 … maxY
 * and written as 16.16.
 */
export function invert(forwardX: usize, forwardY: usize, columns: i32, rows: i32, step: f32, sourceU: usize, sourceV: usize, maxX: f32, maxY: f32): void {
  const perStep: f32 = 1 / step;
  const longest: f32 = 2 * step;
  const lastX: f32 = <f32>columns - 1.001, lastY: f32 = <f32>rows - 1.001;
  for (let row = 0; row < rows; row++) {
    const py: f32 = <f32>row * step;
    for (let column = 0; column < columns; column++) {
      const i = <usize>(row * columns + column) << 2;
      const px: f32 = <f32>column * step;
      let dx = load<f32>(forwardX + i);
      let dy = load<f32>(forwardY + i);
      let sx: f32 = px - dx;
      let sy: f32 = py - dy;
      const steps = dx * dx + dy * dy < 0.01 ? 0 : 2;
      for (let n = 0; n < steps; n++) {
        const gx = min(max(sx * perStep, 0), lastX);
        const gy = min(max(sy * perStep, 0), lastY);
        const ix = <i32>gx, iy = <i32>gy;
        const fx: f32 = gx - <f32>ix, fy: f32 = gy - <f32>iy;
        const p = <usize>(iy * columns + ix) << 2;
        const q = p + (<usize>columns << 2);
        const x00 = load<f32>(forwardX + p), x10 = load<f32>(forwardX + p, 4), x01 = load<f32>(forwardX + q), x11 = load<f32>(forwardX + q, 4);
        const y00 = load<f32>(forwardY + p), y10 = load<f32>(forwardY + p, 4), y01 = load<f32>(forwardY + q), y11 = load<f32>(forwardY + q, 4);
        const xTop = x00 + (x10 - x00) * fx, xLow = x01 + (x11 - x01) * fx;
        const yTop = y00 + (y10 - y00) * fx, yLow = y01 + (y11 - y01) * fx;
        dx = xTop + (xLow - xTop) * fy;
        dy = yTop + (yLow - yTop) * fy;
        const ex = sx + dx - px, ey = sy + dy - py;
        if (ex < CLOSE_ENOUGH && ex > -CLOSE_ENOUGH && ey < CLOSE_ENOUGH && ey > -CLOSE_ENOUGH) break;
        const j11: f32 = 1 + (x10 - x00 + (x11 - x01 - x10 + x00) * fy) * perStep;
        const j12: f32 = (xLow - xTop) * perStep;
        const j21: f32 = (y10 - y00 + (y11 - y01 - y10 + y00) * fy) * perStep;
        const j22: f32 = 1 + (yLow - yTop) * perStep;
        const det = max(j11 * j22 - j12 * j21, 0.2);
        sx -= min(max((j22 * ex - j12 * ey) / det, -longest), longest);
        sy -= min(max((j11 * ey - j21 * ex) / det, -longest), longest);
      }
      store<i32>(sourceU + i, <i32>(min(max(sx, 0), maxX) * 65536));
      store<i32>(sourceV + i, <i32>(min(max(sy, 0), maxY) * 65536));
    }
  }
}

/**
 * What each of `nodes` points moves by when the control points move by (moveX, moveY): a row of `basis` (nodes × points) per node.
 * `points` is a multiple of four; what is beyond the control points must be 0.
 */
export function spread(basis: usize, nodes: i32, points: i32, moveX: usize, moveY: usize, outX: usize, outY: usize): void {
  const rowBytes = <usize>points << 2;
  for (let node = 0; node < nodes; node++) {
    let x = f32x4.splat(0), y = f32x4.splat(0);
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const share = v128.load(basis + at);
      x = f32x4.add(x, f32x4.mul(share, v128.load(moveX + at)));
      y = f32x4.add(y, f32x4.mul(share, v128.load(moveY + at)));
    }
    basis += rowBytes;
    store<f32>(outX, f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
    store<f32>(outY, f32x4.extract_lane(y, 0) + f32x4.extract_lane(y, 1) + f32x4.extract_lane(y, 2) + f32x4.extract_lane(y, 3));
    outX += 4;
    outY += 4;
  }
}
