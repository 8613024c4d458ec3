import type { SchedulerTime } from '../media-scheduler.ts';

/** A clock that only moves when told, for tests: promises settle between alarms. */
export class VirtualTime implements SchedulerTime {
  private now = 1000;
  private readonly alarms: { atMs: number; callback: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }

  alarm(callback: () => void, delayMs: number): () => void {
    const alarm = { atMs: this.now + delayMs, callback };
    this.alarms.push(alarm);
    return () => {
      const index = this.alarms.indexOf(alarm);
      if (index >= 0) this.alarms.splice(index, 1);
    };
  }

  /** Moves on by `durationMs`, ringing every alarm at its time. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.now + durationMs;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      this.alarms.sort((a, b) => a.atMs - b.atMs);
      const next = this.alarms[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.alarms.shift();
      this.now = Math.max(this.now, next.atMs);
      next.callback();
    }
    this.now = untilMs;
  }

  /** The machine stands still: time passes and nothing runs. */
  stall(durationMs: number): void {
    this.now += durationMs;
  }
}
