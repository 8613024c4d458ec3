/** A fast Fourier transform of real input, in place: sizes are powers of two. */
export class Fft {
  readonly size: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Uint16Array;

  constructor(size: number) {
    this.size = size;
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
    this.#cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
    const bits = Math.log2(size);
    this.#reversed = Uint16Array.from({ length: size }, (_, i) => {
      let reversed = 0;
      for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) reversed |= 1 << (bits - 1 - bit);
      return reversed;
    });
  }

  /** Fills `re` and `im` with the transform of `at(0)` … `at(size − 1)`. */
  transform(at: (index: number) => number): void {
    const { size, re, im } = this;
    for (let i = 0; i < size; i++) re[this.#reversed[i]!] = at(i);
    im.fill(0);
    for (let half = 1; half < size; half <<= 1) {
      const stride = size / (half << 1);
      for (let start = 0; start < size; start += half << 1) {
        for (let k = 0; k < half; k++) {
          const [c, s, p, q] = [this.#cos[k * stride]!, this.#sin[k * stride]!, start + k, start + k + half];
          const x = re[q]! * c + im[q]! * s;
          const y = im[q]! * c - re[q]! * s;
          re[q] = re[p]! - x;
          im[q] = im[p]! - y;
          re[p]! += x;
          im[p]! += y;
        }
      }
    }
  }
}

/** Summed power of a windowed piece of sound in a few bands: n + 1 rising `edgesHz` around n of them. */
export function bandSpectrum(size: number, sampleRateHz: number, edgesHz: readonly number[]): (at: (index: number) => number) => Float64Array {
  const fft = new Fft(size);
  const window = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size));
  const bandOfBin = Int8Array.from({ length: size / 2 }, (_, bin) => {
    const hz = (bin * sampleRateHz) / size;
    return edgesHz.findIndex((edge, band) => hz >= edge && hz < (edgesHz[band + 1] ?? 0));
  });
  const bands = new Float64Array(edgesHz.length - 1);
  return (at) => {
    fft.transform((i) => at(i) * window[i]!);
    bands.fill(0);
    for (let bin = 1; bin < size / 2; bin++) {
      const band = bandOfBin[bin]!;
      if (band >= 0) bands[band]! += fft.re[bin]! ** 2 + fft.im[bin]! ** 2;
    }
    return bands;
  };
}
