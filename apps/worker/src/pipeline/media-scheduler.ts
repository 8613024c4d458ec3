/**
 * One timer for all sessions of a thread. Sound comes before pictures, pictures in the order in which they are due, and the event loop
 * gets its turn every few milliseconds, so that network and commands are never starved by rendering.
 * Hot path: no promise, no allocation but the timer's.
 */
export interface MediaTask {
  /** When the next packet of sound, and the next picture, are due, on the scheduler's clock. */
  readonly nextAudioMs: number;
  readonly nextVideoMs: number;
  /** Handles what is due at `nowMs` and moves the due times on. */
  runAudio(nowMs: number): void;
  runVideo(nowMs: number): void;
}

/** Time and its alarm: the machine's monotonic clock in production, a hand-cranked one in tests. */
export interface SchedulerTime {
  nowMs(): number;
  /** Calls back once, no earlier than after `delayMs`. Returns a function that takes the alarm back. */
  alarm(callback: () => void, delayMs: number): () => void;
}

export const monotonicTime: SchedulerTime = {
  nowMs: () => performance.now(),
  alarm(callback, delayMs) {
    if (delayMs <= 0) {
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    }
    const timeout = setTimeout(callback, delayMs);
    return () => clearTimeout(timeout);
  },
};

const YIELD_AFTER_MS = 6;
/** Timers fire up to half a millisecond early; a task that is due that soon is due. */
const EARLY_MS = 0.5;

export class MediaScheduler {
  private readonly time: SchedulerTime;
  private readonly tasks: MediaTask[] = [];
  private readonly phases = new Map<MediaTask, number>();
  private cancelAlarm: (() => void) | undefined;
  private alarmAtMs = Infinity;
  private readonly run = (): void => this.runDue();

  constructor(time: SchedulerTime = monotonicTime) {
    this.time = time;
  }

  nowMs(): number {
    return this.time.nowMs();
  }

  /** An instant soon, at which a session may begin so that its pictures fall as far as possible from those of others. */
  startInstantMs(frameIntervalMs: number): number {
    const nowMs = this.time.nowMs();
    const phases = [...this.phases.values()].map((phase) => phase % frameIntervalMs).sort((a, b) => a - b);
    let widest = frameIntervalMs;
    let phase = nowMs % frameIntervalMs;
    if (phases.length > 0) {
      widest = 0;
      phases.forEach((from, index) => {
        const to = phases[index + 1] ?? phases[0]! + frameIntervalMs;
        if (to - from > widest) {
          widest = to - from;
          phase = (from + widest / 2) % frameIntervalMs;
        }
      });
    }
    return nowMs + ((phase - (nowMs % frameIntervalMs) + frameIntervalMs) % frameIntervalMs);
  }

  /** @param startMs the session's media time zero, from `startInstantMs`. */
  add(task: MediaTask, startMs: number): void {
    this.tasks.push(task);
    this.phases.set(task, startMs);
    this.arm();
  }

  remove(task: MediaTask): void {
    const index = this.tasks.indexOf(task);
    if (index >= 0) this.tasks.splice(index, 1);
    this.phases.delete(task);
    if (this.tasks.length === 0) this.disarm();
  }

  private runDue(): void {
    this.cancelAlarm = undefined;
    this.alarmAtMs = Infinity;
    const enteredMs = this.time.nowMs();
    let nowMs = enteredMs;
    do {
      this.runDueAudio(nowMs);
      const task = this.mostUrgentPicture(nowMs);
      if (task === undefined) break;
      task.runVideo(nowMs);
      nowMs = this.time.nowMs();
    } while (nowMs - enteredMs < YIELD_AFTER_MS);
    this.arm();
  }

  private runDueAudio(nowMs: number): void {
    // Downwards, because a task may remove itself.
    for (let index = this.tasks.length - 1; index >= 0; index--) {
      const task = this.tasks[index];
      if (task !== undefined && task.nextAudioMs <= nowMs + EARLY_MS) task.runAudio(nowMs);
    }
  }

  private mostUrgentPicture(nowMs: number): MediaTask | undefined {
    let urgent: MediaTask | undefined;
    for (let index = 0; index < this.tasks.length; index++) {
      const task = this.tasks[index]!;
      if (task.nextVideoMs <= nowMs + EARLY_MS && (urgent === undefined || task.nextVideoMs < urgent.nextVideoMs)) urgent = task;
    }
    return urgent;
  }

  private arm(): void {
    let nextMs = Infinity;
    for (let index = 0; index < this.tasks.length; index++) {
      const task = this.tasks[index]!;
      nextMs = Math.min(nextMs, task.nextAudioMs, task.nextVideoMs);
    }
    if (nextMs === Infinity || (this.cancelAlarm !== undefined && this.alarmAtMs <= nextMs)) return;
    this.disarm();
    this.alarmAtMs = nextMs;
    const delayMs = nextMs - EARLY_MS - this.time.nowMs();
    this.cancelAlarm = this.time.alarm(this.run, delayMs <= 0 ? 0 : Math.max(1, Math.floor(delayMs)));
  }

  private disarm(): void {
    this.cancelAlarm?.();
    this.cancelAlarm = undefined;
    this.alarmAtMs = Infinity;
  }
}
