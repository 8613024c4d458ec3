/*
 * Hot path. Grows, and so allocates, only where more sound waits than a live session ever has waiting.
 *
 * The newest part of a sound, at its sample numbers.
 */
const FIRST_CAPACITY = 1 << 16;
const LAST_CAPACITY = 1 << 19;

export class SoundRing {
  private samples = new Int16Array(FIRST_CAPACITY);
  private endSample = 0;
  private newestEver = 0;

  /** All samples before this are known. */
  get end(): number {
    return this.endSample;
  }

  /** Samples before this are gone. */
  get oldest(): number {
    return Math.max(0, this.newestEver - this.samples.length);
  }

  /** @throws RangeError when the sound since `keepFrom` would not fit. */
  append(pcm: Float32Array, keepFrom: number): void {
    this.reserve(this.endSample + pcm.length - Math.max(0, keepFrom));
    const { samples } = this;
    const mask = samples.length - 1;
    for (let i = 0; i < pcm.length; i++) {
      const value = Math.round(pcm[i]! * 32768);
      samples[this.endSample++ & mask] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
    }
    this.newestEver = Math.max(this.newestEver, this.endSample);
  }

  truncate(end: number): void {
    this.endSample = Math.min(this.endSample, Math.max(0, end));
  }

  /** Of full scale, −1…1. Samples before the sound are silence. */
  at(sample: number): number {
    return sample < 0 ? 0 : this.samples[sample & (this.samples.length - 1)]! / 32768;
  }

  copy(from: number, target: Float64Array): void {
    const { samples } = this;
    const mask = samples.length - 1;
    for (let i = 0; i < target.length; i++) target[i] = samples[(from + i) & mask]! / 32768;
  }

  private reserve(count: number): void {
    if (count <= this.samples.length) return;
    if (count > LAST_CAPACITY) throw new RangeError(`${Math.round(count / 16)} ms of sound wait; at most ${Math.floor(LAST_CAPACITY / 16)} are kept`);
    let capacity = this.samples.length;
    while (capacity < count) capacity *= 2;
    const grown = new Int16Array(capacity);
    for (let sample = this.oldest; sample < this.endSample; sample++) grown[sample & (capacity - 1)] = this.samples[sample & (this.samples.length - 1)]!;
    this.samples = grown;
  }
}
