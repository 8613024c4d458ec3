/*
 * Hot path: no allocation after construction.
 */

/** Power of a windowed piece of sound in a few bands. */
export class BandSpectrum {
  readonly size: number;
  /** One value per band: summed power; comparable between bands and pieces. */
  readonly bands: Float64Array;
  private readonly window: Float64Array;
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;
  private readonly reversed: Uint16Array;
  private readonly bandOfBin: Int8Array;

  /** `size` is a power of two; `edgesHz` are n+1 rising frequencies around n bands. */
  constructor(size: number, sampleRateHz: number, edgesHz: readonly number[]) {
    this.size = size;
    this.bands = new Float64Array(edgesHz.length - 1);
    this.window = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size));
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
    this.cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
    const bits = Math.log2(size);
    this.reversed = Uint16Array.from({ length: size }, (_, i) => {
      let r = 0;
      for (let b = 0; b < bits; b++) if (i & (1 << b)) r |= 1 << (bits - 1 - b);
      return r;
    });
    this.bandOfBin = Int8Array.from({ length: size / 2 }, (_, bin) => {
      const hz = (bin * sampleRateHz) / size;
      return edgesHz.findIndex((edge, band) => hz >= edge && hz < (edgesHz[band + 1] ?? 0));
    });
  }

  /** Analyses `size` samples given by `at(0)` … `at(size − 1)` and fills `bands`. */
  analyse(at: (index: number) => number): void {
    const { size, re, im, cos, sin, window, reversed, bands, bandOfBin } = this;
    for (let i = 0; i < size; i++) {
      re[reversed[i]!] = at(i) * window[i]!;
    }
    im.fill(0);
    for (let half = 1; half < size; half <<= 1) {
      const stride = size / (half << 1);
      for (let start = 0; start < size; start += half << 1) {
        for (let k = 0; k < half; k++) {
          const c = cos[k * stride]!, s = sin[k * stride]!;
          const p = start + k, q = p + half;
          const x = re[q]! * c + im[q]! * s;
          const y = im[q]! * c - re[q]! * s;
          re[q] = re[p]! - x;
          im[q] = im[p]! - y;
          re[p]! += x;
          im[p]! += y;
        }
      }
    }
    bands.fill(0);
    for (let bin = 1; bin < size / 2; bin++) {
      const band = bandOfBin[bin]!;
      if (band >= 0) bands[band]! += re[bin]! * re[bin]! + im[bin]! * im[bin]!;
    }
  }
}
