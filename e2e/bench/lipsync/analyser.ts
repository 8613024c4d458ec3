import { Fft } from './spectrum.ts';

/**
 * An AnalyserNode as the Web Audio specification defines it (Blackman window, smoothing over time, bytes of decibels), over a sound
 * that lies ready: whoever asks hears what was played up to `playedSamples`.
 */
export class OfflineAnalyser {
  playedSamples = 0;
  smoothingTimeConstant = 0.8;
  minDecibels = -100;
  maxDecibels = -30;
  readonly #sound: Float32Array;
  #fft = new Fft(2048);
  #smoothed = new Float64Array(1024);

  constructor(sound: Float32Array) {
    this.#sound = sound;
  }

  get fftSize(): number {
    return this.#fft.size;
  }

  set fftSize(size: number) {
    this.#fft = new Fft(size);
    this.#smoothed = new Float64Array(size / 2);
  }

  get frequencyBinCount(): number {
    return this.fftSize / 2;
  }

  getByteFrequencyData(bytes: Uint8Array): void {
    const size = this.fftSize;
    const start = Math.floor(this.playedSamples) - size;
    this.#fft.transform((i) => (this.#sound[start + i] ?? 0) * blackman(i, size));
    const scale = 255 / (this.maxDecibels - this.minDecibels);
    for (let bin = 0; bin < Math.min(bytes.length, size / 2); bin++) {
      const magnitude = Math.hypot(this.#fft.re[bin]!, this.#fft.im[bin]!) / size;
      const smoothed = this.smoothingTimeConstant * this.#smoothed[bin]! + (1 - this.smoothingTimeConstant) * magnitude;
      this.#smoothed[bin] = smoothed;
      bytes[bin] = Math.min(255, Math.max(0, Math.floor(scale * (20 * Math.log10(smoothed + 1e-30) - this.minDecibels))));
    }
  }
}

function blackman(i: number, size: number): number {
  return 0.42 - 0.5 * Math.cos((2 * Math.PI * i) / size) + 0.08 * Math.cos((4 * Math.PI * i) / size);
}
