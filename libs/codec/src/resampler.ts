/**
 * A streaming sample-rate converter: windowed-sinc polyphase filter, about 80 dB of stop band.
 * Hot path: `process` allocates nothing.
 */
export interface Resampler {
  readonly fromHz: number;
  readonly toHz: number;
  /** By how many input samples the output lags. */
  readonly delayInputSamples: number;
  /** How large `output` must be for `inputLength` samples. */
  maxOutputLength(inputLength: number): number;
  /** Takes a piece of any size and returns how many samples it wrote to `output`. Pieces join without a seam. */
  process(input: Float32Array, output: Float32Array): number;
  /** Forgets all sound heard so far. */
  reset(): void;
}

const HALF_TAPS = 16;
const KAISER_BETA = 8;
/** Rates with a larger common multiple (44,101 Hz …) use the nearest of this many positions between two samples. */
const MAX_PHASES = 640;
const BLOCK = 2048;

export function createResampler(fromHz: number, toHz: number): Resampler {
  for (const rate of [fromHz, toHz]) {
    if (!Number.isInteger(rate) || rate < 4_000 || rate > 384_000) throw new RangeError(`sample rate ${rate} is out of range`);
  }
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const up = toHz / divisor;
  const down = fromHz / divisor;
  const phases = Math.min(up, MAX_PHASES);
  const taps = 2 * Math.ceil(HALF_TAPS * Math.max(1, fromHz / toHz));
  const filters = designFilters(phases, taps, Math.min(1, toHz / fromHz));
  const history = taps - 1;
  const work = new Float32Array(history + BLOCK);
  /** Position of the next output: `nextIndex` + `remainder` / up input samples, counted in `work`. */
  let nextIndex = history;
  let remainder = 0;

  return {
    fromHz,
    toHz,
    delayInputSamples: taps / 2,
    maxOutputLength: (inputLength) => Math.ceil((inputLength * up) / down) + 1,
    process(input, output) {
      let written = 0;
      for (let start = 0; start < input.length; start += BLOCK) {
        const size = Math.min(BLOCK, input.length - start);
        for (let index = 0; index < size; index++) work[history + index] = input[start + index]!;
        const end = history + size;
        while (nextIndex < end) {
          const phase = phases === up ? remainder : Math.floor((remainder * phases) / up);
          const filter = filters[phase]!;
          const first = nextIndex - history;
          let sum = 0;
          for (let tap = 0; tap < taps; tap++) sum += filter[tap]! * work[first + tap]!;
          output[written++] = sum;
          remainder += down;
          nextIndex += Math.floor(remainder / up);
          remainder %= up;
        }
        work.copyWithin(0, size, end);
        nextIndex -= size;
      }
      return written;
    },
    reset() {
      work.fill(0);
      nextIndex = history;
      remainder = 0;
    },
  };
}

/** One filter per phase; `filter[tap]` weighs the sample `taps − 1 − tap` before the newest. Each sums to 1, so that level is kept. */
function designFilters(phases: number, taps: number, cutoff: number): Float32Array[] {
  const centre = taps / 2;
  const passBand = cutoff * 0.92;
  const filters: Float32Array[] = [];
  for (let phase = 0; phase < phases; phase++) {
    const filter = new Float32Array(taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - (taps - 1) + centre - phase / phases;
      const value = passBand * sinc(passBand * distance) * kaiser(distance / centre);
      filter[tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < taps; tap++) filter[tap]! /= sum;
    filters.push(filter);
  }
  return filters;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - x * x)) / besselI0(KAISER_BETA);
}

function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 40; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
