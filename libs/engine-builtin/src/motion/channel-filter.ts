import { channel, CHANNEL_COUNT } from './pose.ts';
import type { FacePose } from './pose.ts';

/*
 * Hot path: no allocation after construction.
 *
 * Channels that go to their targets as muscles do: they gather speed, slow down, and never pass them, however often the target
 * changes on the way.
 */
/** Nearer than this is there: nobody sees the rest, which is a tenth of a pixel of a head, and less of a lip. */
const there = new Float32Array(CHANNEL_COUNT).fill(5e-4);
for (const name of ['yaw', 'pitch', 'roll', 'shiftX', 'shiftY', 'lean'] as const) there[channel[name]] = 2e-4;

export class ChannelFilter {
  readonly target: FacePose = new Float32Array(CHANNEL_COUNT);
  readonly value: FacePose = new Float32Array(CHANNEL_COUNT);
  private readonly between = new Float32Array(CHANNEL_COUNT);
  private readonly rate: number;

  /** @param seconds until nine tenths of the way are done. */
  constructor(seconds: number) {
    this.rate = 3.89 / seconds;
  }

  /** Whether everything is at rest and goes nowhere. */
  get atRest(): boolean {
    for (let i = 0; i < CHANNEL_COUNT; i++) if (this.value[i] !== 0 || this.target[i] !== 0) return false;
    return true;
  }

  /** To rest at once: for what isn't shown. */
  reset(): void {
    this.target.fill(0);
    this.between.fill(0);
    this.value.fill(0);
  }

  advance(seconds: number): void {
    const part = 1 - Math.exp(-this.rate * seconds);
    const { target, between, value } = this;
    for (let i = 0; i < CHANNEL_COUNT; i++) {
      const goal = target[i]!;
      if (value[i] === goal && between[i] === goal) continue;
      // Two lags, one behind the other, each of which stays between where it was and its goal.
      const first = between[i]! + part * (goal - between[i]!);
      const second = value[i]! + part * (first - value[i]!);
      const arrived = Math.abs(first - goal) < there[i]! && Math.abs(second - goal) < there[i]!;
      between[i] = arrived ? goal : first;
      value[i] = arrived ? goal : second;
    }
  }
}
