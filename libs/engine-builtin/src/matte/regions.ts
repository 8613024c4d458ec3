/** The connected part of `mask` that reaches into `seed`: 1 there, 0 elsewhere. Pixels touch across their four sides. */
export function connectedTo(mask: Uint8Array, seed: Uint8Array, width: number): Uint8Array {
  const reached = new Uint8Array(mask.length);
  const open: number[] = [];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0 || seed[i] === 0 || reached[i] === 1) continue;
    reached[i] = 1;
    open.push(i);
    while (open.length > 0) {
      const at = open.pop()!;
      const x = at % width;
      for (const next of [x > 0 ? at - 1 : -1, x + 1 < width ? at + 1 : -1, at - width, at + width]) {
        if (next < 0 || next >= mask.length || mask[next] === 0 || reached[next] === 1) continue;
        reached[next] = 1;
        open.push(next);
      }
    }
  }
  return reached;
}

/** Fills what `mask` encloses and is smaller than `largestHole` pixels. */
export function fillHoles(mask: Uint8Array, width: number, largestHole: number): void {
  const seen = new Uint8Array(mask.length);
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 1 || seen[i] === 1) continue;
    const hole: number[] = [i];
    seen[i] = 1;
    let enclosed = true;
    for (let n = 0; n < hole.length; n++) {
      const at = hole[n]!;
      const x = at % width;
      if (x === 0 || x + 1 === width || at < width || at >= mask.length - width) enclosed = false;
      for (const next of [x > 0 ? at - 1 : -1, x + 1 < width ? at + 1 : -1, at - width, at + width]) {
        if (next < 0 || next >= mask.length || mask[next] === 1 || seen[next] === 1) continue;
        seen[next] = 1;
        hole.push(next);
      }
    }
    if (enclosed && hole.length < largestHole) for (const at of hole) mask[at] = 1;
  }
}

/** Distance of each pixel from the nearest one whose value is not `of`, in pixels, within a few per cent; 0 outside of `of`. */
export function distanceInside(mask: Uint8Array, of: 0 | 1, width: number): Float32Array {
  const height = mask.length / width;
  const distance = new Float32Array(mask.length);
  // There and back: each time a row looks at the row it comes from, and each pixel at the one before it.
  for (let y = 0; y < height; y++) sweepRow(mask, of, distance, y * width, y > 0 ? -width : 0, width, 1, width + height);
  for (let y = height - 1; y >= 0; y--) sweepRow(mask, of, distance, y * width, y + 1 < height ? width : 0, width, -1, 0);
  return distance;
}

/** `toOther`: where the neighbouring row lies, 0 for none. `start`: what a pixel has before it was looked at; 0 keeps what it has. */
function sweepRow(mask: Uint8Array, of: 0 | 1, distance: Float32Array, row: number, toOther: number, width: number, step: 1 | -1, start: number): void {
  for (let n = 0; n < width; n++) {
    const x = step === 1 ? n : width - 1 - n;
    const at = row + x;
    if (mask[at] !== of) continue;
    let nearest = start || distance[at]!;
    if (n > 0) nearest = Math.min(nearest, distance[at - step]! + 1);
    if (toOther !== 0) {
      nearest = Math.min(nearest, distance[at + toOther]! + 1);
      if (x > 0) nearest = Math.min(nearest, distance[at + toOther - 1]! + Math.SQRT2);
      if (x + 1 < width) nearest = Math.min(nearest, distance[at + toOther + 1]! + Math.SQRT2);
    }
    distance[at] = nearest;
  }
}

/** Pixels inside of a closed outline: 1, others 0. */
export function insideOutline(points: readonly { x: number; y: number }[], width: number, height: number): Uint8Array {
  const inside = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const crossings: number[] = [];
    points.forEach((from, i) => {
      const to = points[(i + 1) % points.length]!;
      if (from.y <= y !== to.y <= y) crossings.push(from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x));
    });
    crossings.sort((a, b) => a - b);
    for (let n = 0; n + 1 < crossings.length; n += 2) {
      const first = Math.max(0, Math.ceil(crossings[n]!));
      const last = Math.min(width - 1, Math.floor(crossings[n + 1]!));
      if (last >= first) inside.fill(1, y * width + first, y * width + last + 1);
    }
  }
  return inside;
}
