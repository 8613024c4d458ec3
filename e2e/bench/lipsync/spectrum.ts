import { FourierTransform } from '@visavis/viseme-net/fourier';

/** The library's transform, of real input. */
export class Fft {
  readonly #fourier: FourierTransform;
  readonly size: number;

  /** @param size a power of two */
  constructor(size: number) {
    this.#fourier = new FourierTransform(size);
    this.size = size;
  }

  get re(): Float64Array {
    return this.#fourier.re;
  }

  get im(): Float64Array {
    return this.#fourier.im;
  }

  /** Fills `re` and `im` with the transform of `at(0)` … `at(size − 1)`. */
  transform(at: (index: number) => number): void {
    for (let i = 0; i < this.size; i++) this.#fourier.re[this.#fourier.slot(i)] = at(i);
    this.#fourier.im.fill(0);
    this.#fourier.run();
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
