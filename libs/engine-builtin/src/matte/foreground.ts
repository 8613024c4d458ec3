/*
 * What a person's own colours are where hair and outline mix with the background behind them. Laid over another background, the picture's
 * own colours there would glow in those of the old one. Fast multi-level estimation after Germer, Uelwer, Conrad and Harmeling (2020): foreground
 * and background are solved for together, each smooth where alpha doesn't tell, from a few pixels up to the whole picture.
 */
import { resizePlane } from './float-plane.ts';
import type { FloatPlane } from './float-plane.ts';

const SMALL_SIDE = 32;
const SMALL_ITERATIONS = 10;
const LARGE_ITERATIONS = 3;
/** Pull towards neighbours: everywhere, and more where alpha changes. */
const REGULAR = 1e-5;
const ALONG_ALPHA = 1;
/** What counts as clear, and solid from 1 less this. */
const CLEAR = 1 / 512;

/**
 * Colours of the person in one channel of a picture (any channel: R, G, B, Y, U or V), `alpha` of the same size. Where alpha is 255 they
 * are the picture's; where it is 0, smoothly continued from there.
 */
export function foregroundOf(channel: Uint8Array, alpha: Uint8Array, width: number, height: number): Uint8Array {
  const picture: FloatPlane = { width, height, data: asShares(channel) };
  const opacity: FloatPlane = { width, height, data: asShares(alpha) };
  const levels = pyramid(picture, opacity);
  const smallest = levels.at(-1)!;
  let person = weightedMean(smallest.picture, smallest.opacity, (a) => a);
  let behind = weightedMean(smallest.picture, smallest.opacity, (a) => 1 - a);
  for (const { picture: values, opacity: known } of levels.toReversed()) {
    if (person.width !== values.width || person.height !== values.height) {
      person = resizePlane(person, values.width, values.height);
      behind = resizePlane(behind, values.width, values.height);
    }
    const mixed = settleKnown(values.data, known, person.data, behind.data);
    const iterations = values.width <= SMALL_SIDE && values.height <= SMALL_SIDE ? SMALL_ITERATIONS : LARGE_ITERATIONS;
    for (let i = 0; i < iterations; i++) improve(mixed, values, known.data, person.data, behind.data);
  }
  const { data } = person;
  const colours = new Uint8Array(channel.length);
  for (let i = 0; i < colours.length; i++) colours[i] = alpha[i] === 255 ? channel[i]! : 255 * data[i]! + 0.5;
  return colours;
}

function asShares(bytes: Uint8Array): Float32Array {
  const shares = new Float32Array(bytes.length);
  for (let i = 0; i < shares.length; i++) shares[i] = bytes[i]! / 255;
  return shares;
}

interface Level {
  picture: FloatPlane;
  opacity: FloatPlane;
}

/** The picture and its alpha, then each half as large, down to a pixel. */
function pyramid(picture: FloatPlane, opacity: FloatPlane): Level[] {
  const levels: Level[] = [{ picture, opacity }];
  for (let { width, height } = picture; width > 1 || height > 1; ) {
    width = Math.max(1, width >> 1);
    height = Math.max(1, height >> 1);
    const last = levels.at(-1)!;
    levels.push({ picture: resizePlane(last.picture, width, height), opacity: resizePlane(last.opacity, width, height) });
  }
  return levels;
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
