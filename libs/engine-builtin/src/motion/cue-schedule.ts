import type { Cue } from '@visavis/engine';

/*
 * Hot path: no allocation after construction.
 *
 * Cues that wait for their time, in its order; those of the same time in the order in which they came.
 */
const MOST_WAITING = 256;

export class CueSchedule {
  private readonly cues: (Cue | undefined)[] = Array.from({ length: MOST_WAITING }, () => undefined);
  private readonly times = new Float64Array(MOST_WAITING);
  private count = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** @throws RangeError when too many wait already. */
  add(at: number, cue: Cue): void {
    if (this.count === MOST_WAITING) throw new RangeError(`more than ${MOST_WAITING} cues wait for their time`);
    let place = this.count++;
    for (; place > 0 && this.times[place - 1]! > at; place--) {
      this.times[place] = this.times[place - 1]!;
      this.cues[place] = this.cues[place - 1];
    }
    this.times[place] = at;
    this.cues[place] = cue;
  }

  /** Takes out the first cue whose time has come. */
  takeDue(now: number): Cue | undefined {
    if (this.count === 0 || this.times[0]! > now) return undefined;
    const cue = this.cues[0];
    this.count--;
    for (let i = 0; i < this.count; i++) {
      this.times[i] = this.times[i + 1]!;
      this.cues[i] = this.cues[i + 1];
    }
    this.cues[this.count] = undefined;
    return cue;
  }

  /** Forgets the cues from a time on. */
  truncate(at: number): void {
    while (this.count > 0 && this.times[this.count - 1]! >= at) this.cues[--this.count] = undefined;
  }
}
