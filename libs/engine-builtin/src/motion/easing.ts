/** From 0 to 1 with no speed at either end. */
export function easeInOut(t: number): number {
  return t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t);
}

/** The same with no acceleration there either: what a head does, which is heavy. */
export function easeGently(t: number): number {
  return t <= 0 ? 0 : t >= 1 ? 1 : t * t * t * (t * (t * 6 - 15) + 10);
}

/** −1…1, smooth, with one turn per unit of `t` or so. */
export function smoothNoise(t: number, seed: number): number {
  const cell = Math.floor(t);
  const before = hash(cell + seed * 7919);
  return before + (hash(cell + 1 + seed * 7919) - before) * easeGently(t - cell);
}

function hash(n: number): number {
  let h = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 0x7fffffff - 1;
}
