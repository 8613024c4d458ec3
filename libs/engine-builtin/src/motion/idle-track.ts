import type { IdleClips } from './idle-clips.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

/*
 * Hot path: no allocation after construction.
 *
 * Which idle clip, and which frame of it, a session shows at its n-th frame. Clips are dealt like cards: all of them once, then shuffled
 * again, and what was seen last doesn't come first. It depends on the seed and the number of the frame alone.
 */
const EARLY_AGAIN = 0.75;

export class IdleTrack {
  /** What `at` found. */
  clip = 0;
  frame = 0;
  private readonly lengths: Uint32Array;
  private readonly seed: number;
  private readonly order: Uint16Array;
  private random: Random;
  private place = 0;
  /** Number of the frame with which the clip at `place` begins. */
  private begins = 0;

  constructor({ clips }: IdleClips, seed: number) {
    if (clips.length === 0) throw new RangeError('there are no idle clips');
    this.lengths = Uint32Array.from(clips, ({ frames }) => frames);
    this.seed = seed;
    this.order = new Uint16Array(clips.length);
    this.random = createRandom(seed);
    this.rewind();
  }

  /** Finds frame `frameIndex`; returns itself, to be read at once. Cheap where numbers rise from call to call. */
  at(frameIndex: number): this {
    if (frameIndex < this.begins) this.rewind();
    for (;;) {
      this.clip = this.order[this.place]!;
      const length = this.lengths[this.clip]!;
      if (frameIndex < this.begins + length) break;
      this.begins += length;
      if (++this.place === this.order.length) this.shuffle();
    }
    this.frame = frameIndex - this.begins;
    return this;
  }

  private rewind(): void {
    this.random = createRandom(this.seed);
    for (let i = 0; i < this.order.length; i++) this.order[i] = i;
    this.mix(0, this.order.length);
    this.begins = 0;
    this.place = 0;
  }

  /** Most of the next round's first half comes from the first half of this one, so that nothing comes again soon. */
  private shuffle(): void {
    const count = this.order.length;
    const early = count - (count >> 1);
    this.mix(0, early);
    this.mix(Math.ceil(EARLY_AGAIN * early), count);
    this.place = 0;
  }

  private mix(from: number, end: number): void {
    for (let i = from; i < end; i++) this.swap(i, i + Math.floor(this.random() * (end - i)));
  }

  private swap(i: number, j: number): void {
    const kept = this.order[i]!;
    this.order[i] = this.order[j]!;
    this.order[j] = kept;
  }
}
