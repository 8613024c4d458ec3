/*
 * Hot path: no allocation after construction.
 */

/** Fourier transform of `size` complex numbers (a power of two), in place. */
export class FourierTransform {
  readonly re: Float64Array;
  readonly im: Float64Array;
  private readonly size: number;
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;
  private readonly reversed: Uint16Array;

  constructor(size: number) {
    this.size = size;
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
  }

  /** Where the caller writes number `index` before `run`. */
  slot(index: number): number {
    return this.reversed[index]!;
  }

  /** Transforms what stands in `re` and `im` (number i at `slot(i)`); afterwards bin i stands at i. */
  run(): void {
    const { size, re, im, cos, sin } = this;
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
  }
}
