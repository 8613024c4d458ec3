/*
 * What a person's own colours are where hair and outline mix with the background behind them. Laid over another background, the picture's
 * own colours there would glow in those of the old one. Fast multi-level estimation after Germer, Uelwer, Conrad and Harmeling (2020): foreground
 * and background are solved for together, each smooth where alpha doesn't tell, from a few pixels up to the whole picture.
 */
import type { FloatPlane } from './float-plane.ts';

const SMALL_SIDE = 32;
const SMALL_ITERATIONS = 10;
const LARGE_ITERATIONS = 3;
/** Pull towards neighbours: everywhere, and more where alpha changes. */
const REGULAR = 1e-5;
const ALONG_ALPHA = 1;
/** What counts as clear, and solid from 1 less this. */
const CLEAR = 1 / 512;

/** Alpha at the picture's size, then each half as large, down to a pixel. */
export type AlphaLevels = readonly FloatPlane[];

export function alphaLevels(alpha: Uint8Array, width: number, height: number): AlphaLevels {
  return halvings(alpha, width, height);
}

/**
 * Colours of the person in one channel of a picture (any channel: R, G, B, Y, U or V), `alpha` of the same size. Where alpha is 255 they
 * are the picture's; where it is 0, continued from there.
 */
export function foregroundOf(channel: Uint8Array, alpha: AlphaLevels): Uint8Array {
  const finest = alpha[0]!;
  const pictures = halvings(channel, finest.width, finest.height);
  const smallest = pictures.at(-1)!;
  let person = weightedMean(smallest, alpha.at(-1)!, (a) => a);
  let behind = weightedMean(smallest, alpha.at(-1)!, (a) => 1 - a);
  for (let level = pictures.length - 1; level >= 0; level--) {
    const values = pictures[level]!;
    const known = alpha[level]!;
    person = doubled(person, values);
    behind = doubled(behind, values);
    const mixed = settleKnown(values.data, known, person.data, behind.data);
    const iterations = values.width <= SMALL_SIDE && values.height <= SMALL_SIDE ? SMALL_ITERATIONS : LARGE_ITERATIONS;
    for (let i = 0; i < iterations; i++) improve(mixed, values, known.data, person.data, behind.data);
  }
  const { data } = person;
  const colours = new Uint8Array(channel.length);
  for (let i = 0; i < colours.length; i++) colours[i] = finest.data[i] === 1 ? channel[i]! : 255 * data[i]! + 0.5;
  return colours;
}

/** Bytes as shares of 255, then the means of each four, and so on. */
function halvings(bytes: Uint8Array, width: number, height: number): FloatPlane[] {
  const data = new Float32Array(bytes.length);
  for (let i = 0; i < data.length; i++) data[i] = bytes[i]! / 255;
  const levels: FloatPlane[] = [{ width, height, data }];
  for (let last = levels[0]!; last.width > 1 || last.height > 1; last = levels.at(-1)!) levels.push(halved(last));
  return levels;
}

function halved({ width, height, data }: FloatPlane): FloatPlane {
  const half = { width: (width + 1) >> 1, height: (height + 1) >> 1 };
  const means = new Float32Array(half.width * half.height);
  for (let y = 0, i = 0; y < half.height; y++) {
    const above = 2 * y * width;
    const below = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < half.width; x++, i++) {
      const left = 2 * x;
      const right = Math.min(left + 1, width - 1);
      means[i] = (data[above + left]! + data[above + right]! + data[below + left]! + data[below + right]!) / 4;
    }
  }
  return { ...half, data: means };
}

/** Each pixel four times, as a start for the next level; the same where that has this one's size. */
function doubled(plane: FloatPlane, { width, height }: FloatPlane): FloatPlane {
  if (plane.width === width && plane.height === height) return plane;
  const data = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = (y >> 1) * plane.width;
    for (let x = 0; x < width; x++, i++) data[i] = plane.data[row + (x >> 1)]!;
  }
  return { width, height, data };
}

function weightedMean({ width, height, data }: FloatPlane, alpha: FloatPlane, weigh: (alpha: number) => number): FloatPlane {
  let sum = 0;
  let total = 0;
  data.forEach((value, i) => {
    const weight = weigh(alpha.data[i]!) + 1e-6;
    sum += weight * value;
    total += weight;
  });
  return { width, height, data: new Float32Array(width * height).fill(sum / total) };
}

/** Where a pixel shows one of both only, that one's colour is known. Returns the pixels that show both. */
function settleKnown(values: Float32Array, { data: alpha }: FloatPlane, person: Float32Array, behind: Float32Array): Int32Array {
  const mixed = new Int32Array(alpha.length);
  let count = 0;
  for (let i = 0; i < alpha.length; i++) {
    if (alpha[i]! > 1 - CLEAR) person[i] = values[i]!;
    else if (alpha[i]! < CLEAR) behind[i] = values[i]!;
    else mixed[count++] = i;
  }
  return mixed.subarray(0, count);
}

/** One sweep: each pixel's pair of colours is set to the best one, its neighbours given. */
function improve(mixed: Int32Array, { width, height, data }: FloatPlane, alpha: Float32Array, person: Float32Array, behind: Float32Array): void {
  for (const at of mixed) {
    const x = at % width;
    const own = alpha[at]!;
    let pull = 0;
    let personPull = 0;
    let behindPull = 0;
    for (let side = 0; side < 4; side++) {
      const near = side === 0 ? (x > 0 ? at - 1 : at) : side === 1 ? (x + 1 < width ? at + 1 : at) : side === 2 ? (at >= width ? at - width : at) : at < width * (height - 1) ? at + width : at;
      const weight = REGULAR + ALONG_ALPHA * Math.abs(own - alpha[near]!);
      pull += weight;
      personPull += weight * person[near]!;
      behindPull += weight * behind[near]!;
    }
    const rest = 1 - own;
    // (own² + pull) person + own·rest behind = own·value + personPull, and the same turned round for what lies behind.
    const a = own * own + pull, b = own * rest, d = rest * rest + pull;
    const first = own * data[at]! + personPull, second = rest * data[at]! + behindPull;
    const scale = 1 / (a * d - b * b);
    person[at] = Math.min(Math.max((d * first - b * second) * scale, 0), 1);
    behind[at] = Math.min(Math.max((a * second - b * first) * scale, 0), 1);
  }
}
