/*
 * What a person's own colours are where hair and outline mix with the background behind them. Laid over another background, the picture's
 * own colours there would glow in those of the old one. Fast multi-level estimation after Germer, Uelwer, Conrad and Harmeling (2020): foreground
 * and background are solved for together, each smooth where alpha doesn't tell, from a few pixels up to the whole picture.
 */
import { resizePlane } from './float-plane.ts';
import type { FloatPlane } from './float-plane.ts';

const SMALL_SIDE = 32;
const SMALL_ITERATIONS = 10;
const LARGE_ITERATIONS = 2;
/** Pull towards neighbours: everywhere, and more where alpha changes. */
const REGULAR = 1e-5;
const ALONG_ALPHA = 1;

/**
 * Colours of the person in one channel of a picture (any channel: R, G, B, Y, U or V), `alpha` of the same size. Where alpha is 255 they
 * are the picture's; where it is 0, smoothly continued from there.
 */
export function foregroundOf(channel: Uint8Array, alpha: Uint8Array, width: number, height: number): Uint8Array {
  const picture: FloatPlane = { width, height, data: Float32Array.from(channel, (value) => value / 255) };
  const opacity: FloatPlane = { width, height, data: Float32Array.from(alpha, (value) => value / 255) };
  const levels = Math.max(1, Math.ceil(Math.log2(Math.max(width, height))));
  let person: FloatPlane | undefined;
  let behind: FloatPlane | undefined;
  for (let level = 0; level <= levels; level++) {
    const levelWidth = Math.max(1, Math.round(width ** (level / levels)));
    const levelHeight = Math.max(1, Math.round(height ** (level / levels)));
    const values = level === levels ? picture : resizePlane(picture, levelWidth, levelHeight);
    const known = level === levels ? opacity : resizePlane(opacity, levelWidth, levelHeight);
    person = person ? resizePlane(person, levelWidth, levelHeight) : weightedMean(values, known, (a) => a);
    behind = behind ? resizePlane(behind, levelWidth, levelHeight) : weightedMean(values, known, (a) => 1 - a);
    const iterations = levelWidth <= SMALL_SIDE && levelHeight <= SMALL_SIDE ? SMALL_ITERATIONS : LARGE_ITERATIONS;
    for (let i = 0; i < iterations; i++) improve(values, known.data, person.data, behind.data);
  }
  return Uint8Array.from(channel, (value, i) => (alpha[i] === 255 ? value : Math.round(255 * person!.data[i]!)));
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

/** One sweep: each pixel's pair of colours is set to the best one, its neighbours given. */
function improve({ width, height, data }: FloatPlane, alpha: Float32Array, person: Float32Array, behind: Float32Array): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const own = alpha[at]!;
      let pull = 0;
      let personPull = 0;
      let behindPull = 0;
      for (let side = 0; side < 4; side++) {
        const near = side === 0 ? (x > 0 ? at - 1 : at) : side === 1 ? (x + 1 < width ? at + 1 : at) : side === 2 ? (y > 0 ? at - width : at) : y + 1 < height ? at + width : at;
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
}
