export type Point = readonly [x: number, y: number];
/** Linear light, 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number];

export const clamp = (value: number, low: number, high: number): number => (value < low ? low : value > high ? high : value);
export const clamp01 = (value: number): number => clamp(value, 0, 1);
export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;
export const mixColour = (a: Colour, b: Colour, t: number): Colour => [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
export const scaleColour = (a: Colour, by: number): Colour => [a[0] * by, a[1] * by, a[2] * by];

/** 0 below `from`, 1 above `to` (or the other way round), smooth between. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = clamp01((value - from) / (to - from));
  return t * t * (3 - 2 * t);
}

/** Math.hypot guards against overflow, which costs most of the time here. */
export const hypot = (x: number, y: number): number => Math.sqrt(x * x + y * y);

/** A bell: 1 at 0, 0.61 at `sigma`. */
export const bell = (distance: number, sigma: number): number => Math.exp((-0.5 * distance * distance) / (sigma * sigma));
/** A bell over an ellipse. */
export const bell2 = (dx: number, dy: number, sigmaX: number, sigmaY: number): number =>
  Math.exp(-0.5 * ((dx * dx) / (sigmaX * sigmaX) + (dy * dy) / (sigmaY * sigmaY)));

/** The greater of two heights, rounded where they meet within `radius`. */
export function smoothMax(a: number, b: number, radius: number): number {
  const h = clamp01(0.5 + (0.5 * (a - b)) / radius);
  return mix(b, a, h) + radius * h * (1 - h);
}

/** '#rrggbb' to linear light. */
export function colour(hex: string): Colour {
  const channel = (at: number) => toLinear(parseInt(hex.slice(at, at + 2), 16) / 255);
  return [channel(1), channel(3), channel(5)];
}

const toLinear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
export const toSrgb = (value: number): number => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055);

export type Random = () => number;

/** Numbers from 0 to 1 that are the same for a seed on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** −1 to 1, mostly near 0. */
export const bellRandom = (random: Random): number => (random() + random() + random()) / 1.5 - 1;

function lattice(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(seed, 2246822519);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1;
}

/** Smooth noise, −1 to 1, with features about one unit wide. */
export function noise(x: number, y: number, seed = 0): number {
  const x0 = Math.floor(x), y0 = Math.floor(y);
  const fx = x - x0, fy = y - y0;
  const u = fx * fx * (3 - 2 * fx), v = fy * fy * (3 - 2 * fy);
  return mix(
    mix(lattice(x0, y0, seed), lattice(x0 + 1, y0, seed), u),
    mix(lattice(x0, y0 + 1, seed), lattice(x0 + 1, y0 + 1, seed), u),
    v,
  );
}

/** Noise in octaves, each half as wide and half as strong as the one before. */
export function cloud(x: number, y: number, octaves: number, seed = 0): number {
  let sum = 0, weight = 1, total = 0;
  for (let i = 0; i < octaves; i++) {
    sum += weight * noise(x, y, seed + i * 17);
    total += weight;
    weight *= 0.5;
    x *= 2.03;
    y *= 2.03;
  }
  return sum / total;
}
