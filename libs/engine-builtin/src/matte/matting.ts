/*
 * Alpha from colours: in each small window of the picture, alpha is taken to be a linear function of the colour. That holds where person
 * and background have a colour each, up to single hairs, and asks nothing else of them. Which alpha fits all overlapping windows best is
 * a linear system (the matting Laplacian of Levin, Lischinski and Weiss), solved by conjugate gradients. Its product with a vector is a
 * guided filter (He, Sun and Tang), so no matrix is ever built.
 */
import { boxMean } from './float-plane.ts';

/** Three channels, 0 to 1. */
export interface ColourPlanes {
  width: number;
  height: number;
  red: Float32Array;
  green: Float32Array;
  blue: Float32Array;
}

export interface MattingOptions {
  /** Of the windows, in pixels. */
  radius: number;
  /** Variance of colour that counts as noise. */
  noise: number;
  /** How strongly pixels are held at what was expected of them, against 1 for the colours. */
  trust: number;
  iterations: number;
}

/**
 * Improves `alpha` in place where `open` is not 0; the rest is known and stays. `expected` is what alpha is held near to where colours
 * say nothing.
 */
export function solveMatting(picture: ColourPlanes, alpha: Float32Array, expected: Float32Array, open: Uint8Array, { radius, noise, trust, iterations }: MattingOptions): void {
  const size = alpha.length;
  const filter = new GuidedFilter(picture, radius, noise);
  const product = new Float32Array(size);
  const residual = new Float32Array(size);
  filter.smooth(alpha, product);
  let energy = 0;
  for (let i = 0; i < size; i++) {
    if (open[i] === 0) continue;
    residual[i] = product[i]! - alpha[i]! + trust * (expected[i]! - alpha[i]!);
    energy += residual[i]! ** 2;
  }
  const direction = residual.slice();
  for (let step = 0; step < iterations && energy > 1e-9 * size; step++) {
    filter.smooth(direction, product);
    let curvature = 0;
    for (let i = 0; i < size; i++) {
      if (open[i] === 0) continue;
      product[i] = (1 + trust) * direction[i]! - product[i]!;
      curvature += direction[i]! * product[i]!;
    }
    if (curvature <= 0) break;
    const length = energy / curvature;
    let next = 0;
    for (let i = 0; i < size; i++) {
      if (open[i] === 0) continue;
      alpha[i]! += length * direction[i]!;
      residual[i]! -= length * product[i]!;
      next += residual[i]! ** 2;
    }
    const keep = next / energy;
    energy = next;
    for (let i = 0; i < size; i++) if (open[i] !== 0) direction[i] = residual[i]! + keep * direction[i]!;
  }
  for (let i = 0; i < size; i++) alpha[i] = Math.min(Math.max(alpha[i]!, 0), 1);
}

/** Replaces a plane by what its windows' linear functions of the colour say of it. */
export class GuidedFilter {
  readonly #picture: ColourPlanes;
  readonly #radius: number;
  readonly #means: readonly [Float32Array, Float32Array, Float32Array];
  /** Inverse covariance of the colours in each window: rr, rg, rb, gg, gb, bb. */
  readonly #inverse: readonly Float32Array[];
  readonly #slopes: readonly [Float32Array, Float32Array, Float32Array];
  readonly #offset: Float32Array;
  readonly #scratch: Float32Array;

  constructor(picture: ColourPlanes, radius: number, noise: number) {
    const { width, height, red, green, blue } = picture;
    const size = width * height;
    this.#picture = picture;
    this.#radius = radius;
    this.#scratch = new Float32Array(size);
    this.#offset = new Float32Array(size);
    this.#slopes = [new Float32Array(size), new Float32Array(size), new Float32Array(size)];
    const mean = (source: Float32Array): Float32Array => {
      const out = new Float32Array(size);
      boxMean(source, out, width, height, radius);
      return out;
    };
    const meanOfProduct = (a: Float32Array, b: Float32Array): Float32Array => {
      for (let i = 0; i < size; i++) this.#scratch[i] = a[i]! * b[i]!;
      return mean(this.#scratch);
    };
    this.#means = [mean(red), mean(green), mean(blue)];
    const [meanRed, meanGreen, meanBlue] = this.#means;
    const [rr, rg, rb] = [meanOfProduct(red, red), meanOfProduct(red, green), meanOfProduct(red, blue)];
    const [gg, gb, bb] = [meanOfProduct(green, green), meanOfProduct(green, blue), meanOfProduct(blue, blue)];
    for (let i = 0; i < size; i++) {
      const r = meanRed[i]!, g = meanGreen[i]!, b = meanBlue[i]!;
      const a11 = rr[i]! - r * r + noise, a12 = rg[i]! - r * g, a13 = rb[i]! - r * b;
      const a22 = gg[i]! - g * g + noise, a23 = gb[i]! - g * b, a33 = bb[i]! - b * b + noise;
      const c11 = a22 * a33 - a23 * a23, c12 = a13 * a23 - a12 * a33, c13 = a12 * a23 - a13 * a22;
      const scale = 1 / (a11 * c11 + a12 * c12 + a13 * c13);
      rr[i] = c11 * scale;
      rg[i] = c12 * scale;
      rb[i] = c13 * scale;
      gg[i] = (a11 * a33 - a13 * a13) * scale;
      gb[i] = (a12 * a13 - a11 * a23) * scale;
      bb[i] = (a11 * a22 - a12 * a12) * scale;
    }
    this.#inverse = [rr, rg, rb, gg, gb, bb];
  }

  smooth(source: Float32Array, out: Float32Array): void {
    const { width, height, red, green, blue } = this.#picture;
    const size = source.length;
    const scratch = this.#scratch;
    const [slopeRed, slopeGreen, slopeBlue] = this.#slopes;
    const [meanRed, meanGreen, meanBlue] = this.#means;
    const [rr, rg, rb, gg, gb, bb] = this.#inverse as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
    const mean = (from: Float32Array, to: Float32Array) => boxMean(from, to, width, height, this.#radius);
    mean(source, this.#offset);
    for (const [channel, slope] of [[red, slopeRed], [green, slopeGreen], [blue, slopeBlue]] as const) {
      for (let i = 0; i < size; i++) scratch[i] = channel[i]! * source[i]!;
      mean(scratch, slope);
    }
    for (let i = 0; i < size; i++) {
      const value = this.#offset[i]!;
      const r = slopeRed[i]! - meanRed[i]! * value, g = slopeGreen[i]! - meanGreen[i]! * value, b = slopeBlue[i]! - meanBlue[i]! * value;
      const byRed = rr[i]! * r + rg[i]! * g + rb[i]! * b;
      const byGreen = rg[i]! * r + gg[i]! * g + gb[i]! * b;
      const byBlue = rb[i]! * r + gb[i]! * g + bb[i]! * b;
      slopeRed[i] = byRed;
      slopeGreen[i] = byGreen;
      slopeBlue[i] = byBlue;
      this.#offset[i] = value - byRed * meanRed[i]! - byGreen * meanGreen[i]! - byBlue * meanBlue[i]!;
    }
    mean(this.#offset, out);
    for (const [channel, slope] of [[red, slopeRed], [green, slopeGreen], [blue, slopeBlue]] as const) {
      mean(slope, scratch);
      for (let i = 0; i < size; i++) out[i]! += channel[i]! * scratch[i]!;
    }
  }
}
