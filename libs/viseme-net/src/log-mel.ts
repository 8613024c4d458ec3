import { FourierTransform } from './fourier.ts';
import { NET_SAMPLE_RATE_HZ } from './steps.ts';

/*
 * Hot path: no allocation after construction.
 *
 * Log-mel features as README.md defines them; tools/viseme-net/visemenet/features.py is the same in Python.
 */
const HOP = 160;
const WINDOW = 400;
const SIZE = 512;
const BANDS = 40;
const LOW_HZ = 50;
const HIGH_HZ = 7600;

/** Two windows of BANDS values. */
export const FEATURES_PER_STEP = 2 * BANDS;

export class LogMel {
  private readonly fourier = new FourierTransform(SIZE);
  private readonly window = Float64Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));
  private readonly powers = [new Float64Array(SIZE / 2 + 1), new Float64Array(SIZE / 2 + 1)] as const;
  private readonly firstBin = new Uint16Array(BANDS);
  private readonly lastBin = new Uint16Array(BANDS);
  /** Weights of each band's bins, from its first to its last. */
  private readonly weights: Float64Array[] = [];

  constructor() {
    const corners = Array.from({ length: BANDS + 2 }, (_, i) => hzOfMel(melOfHz(LOW_HZ) + ((melOfHz(HIGH_HZ) - melOfHz(LOW_HZ)) * i) / (BANDS + 1)));
    const hzPerBin = NET_SAMPLE_RATE_HZ / SIZE;
    for (let band = 0; band < BANDS; band++) {
      const [left, middle, right] = [corners[band]!, corners[band + 1]!, corners[band + 2]!];
      const first = Math.floor(left / hzPerBin) + 1;
      const last = Math.ceil(right / hzPerBin) - 1;
      this.firstBin[band] = first;
      this.lastBin[band] = last;
      this.weights.push(
        Float64Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
          const hz = (first + i) * hzPerBin;
          return Math.min((hz - left) / (middle - left), (right - hz) / (right - middle));
        }),
      );
    }
  }

  /** Writes the features of one step to `out`: `sound` holds what its two windows hear (HEARD_SAMPLES). */
  stepFeatures(sound: Float64Array, out: Float32Array, offset: number): void {
    this.analyse(sound);
    for (let frame = 0; frame < 2; frame++) {
      const power = this.powers[frame]!;
      for (let band = 0; band < BANDS; band++) {
        const weights = this.weights[band]!;
        const first = this.firstBin[band]!;
        const count = this.lastBin[band]! - first + 1;
        let energy = 1e-4;
        for (let i = 0; i < count; i++) energy += weights[i]! * power[first + i]!;
        out[offset + frame * BANDS + band] = (Math.log(energy) + 4) / 4;
      }
    }
  }

  /** Power spectra of both windows with one transform: one window is the real part, the other the imaginary one. */
  private analyse(sound: Float64Array): void {
    const { fourier, window } = this;
    const { re, im } = fourier;
    for (let i = 0; i < SIZE; i++) {
      const slot = fourier.slot(i);
      re[slot] = i < WINDOW ? sound[i]! * window[i]! : 0;
      im[slot] = i < WINDOW ? sound[HOP + i]! * window[i]! : 0;
    }
    fourier.run();
    const [early, late] = this.powers;
    for (let bin = 0; bin <= SIZE / 2; bin++) {
      const mirrored = (SIZE - bin) % SIZE;
      const a = re[bin]! + re[mirrored]!, b = im[bin]! - im[mirrored]!;
      const c = im[bin]! + im[mirrored]!, d = re[mirrored]! - re[bin]!;
      early[bin] = (a * a + b * b) / 4;
      late[bin] = (c * c + d * d) / 4;
    }
  }
}

function melOfHz(hz: number): number {
  return 2595 * Math.log10(1 + hz / 700);
}

function hzOfMel(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}
