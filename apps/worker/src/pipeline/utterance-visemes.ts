/**
 * What one utterance looks like, told while it is heard: the visemes of the packets that left, as segments. A packet's last 10 ms belong
 * to a step of the engine that is known a packet later; so a packet waits here until then.
 * Hot path: allocates only where the viseme changes.
 */
import { VISEMES } from '@visavis/viseme-net/phonemes';
import type { SpokenViseme } from './pipeline-event.ts';

const SAMPLES_PER_MS = 48;
const STEP_SAMPLES = 960;
/** Shorter ones are the engine's doubts, not something a mouth does. */
const SHORTEST_SAMPLES = 40 * SAMPLES_PER_MS;
/** An engine that hasn't told by then doesn't. */
const WAITING_PACKETS = 32;

interface Run {
  /** Index into VISEMES. */
  viseme: number;
  /** In samples of the utterance. */
  start: number;
  end: number;
}

export class UtteranceVisemes {
  private readonly visemeAt: (atSample48k: number) => number;
  /** Of the packets that wait: media time and samples. */
  private readonly waitingAt = new Float64Array(WAITING_PACKETS);
  private readonly waitingSamples = new Float64Array(WAITING_PACKETS);
  private waitingFirst = 0;
  private waiting = 0;
  /** What was heard and not yet told. */
  private runs: Run[] = [];
  private heard: number;

  constructor(startAtMs: number, visemeAt: (atSample48k: number) => number) {
    this.heard = Math.round(startAtMs * SAMPLES_PER_MS);
    this.visemeAt = visemeAt;
  }

  /** A packet left whose first `samples` are the utterance's. */
  note(atSample48k: number, samples: number): void {
    const last = (this.waitingFirst + this.waiting++) % WAITING_PACKETS;
    this.waitingAt[last] = atSample48k;
    this.waitingSamples[last] = samples;
    this.settle(this.waiting === WAITING_PACKETS ? 1 : 0);
  }

  /** The segments that are certain and were not taken before; at the end, all. */
  take(atTheEnd: boolean): SpokenViseme[] {
    this.settle(atTheEnd ? this.waiting : 0);
    const last = this.runs.at(-1);
    const open = !atTheEnd && last !== undefined && isShort(last) ? this.runs.splice(-1) : [];
    const merged = withoutFlicker(this.runs);
    // The last one may go on.
    const told = atTheEnd ? merged : merged.slice(0, -1);
    this.runs = [...merged.slice(told.length), ...open];
    return told.map(asSegment);
  }

  /** Takes the visemes of packets that wait, of at least this many whether they are known or not. */
  private settle(least: number): void {
    for (let settled = 0; this.waiting > 0; settled++) {
      const at = this.waitingAt[this.waitingFirst]!;
      const samples = this.waitingSamples[this.waitingFirst]!;
      const later = this.visemeAt(at + STEP_SAMPLES);
      if (later < 0 && settled >= least) return;
      // Each moment belongs to the nearest step.
      const half = Math.min(samples, STEP_SAMPLES / 2);
      this.add(this.visemeAt(at), half);
      this.add(later, samples - half);
      this.waitingFirst = (this.waitingFirst + 1) % WAITING_PACKETS;
      this.waiting--;
    }
  }

  /** An unknown viseme is the one before it, and none at the beginning. */
  private add(viseme: number, samples: number): void {
    if (samples === 0) return;
    const last = this.runs.at(-1);
    const start = this.heard;
    this.heard += samples;
    if (last !== undefined && (viseme < 0 || viseme === last.viseme)) last.end = this.heard;
    else if (viseme >= 0) this.runs.push({ viseme, start, end: this.heard });
  }
}

/** What is too short belongs to what was before it, at the beginning to what follows; equal neighbours are one. */
function withoutFlicker(runs: readonly Run[]): Run[] {
  const merged: Run[] = [];
  for (const run of runs) {
    const before = merged.at(-1);
    if (before === undefined) merged.push({ ...run });
    else if (isShort(before)) Object.assign(before, { viseme: run.viseme, end: run.end });
    else if (isShort(run) || run.viseme === before.viseme) before.end = run.end;
    else merged.push({ ...run });
  }
  return merged;
}

function isShort({ start, end }: Run): boolean {
  return end - start < SHORTEST_SAMPLES;
}

function asSegment({ viseme, start, end }: Run): SpokenViseme {
  const startMs = Math.round(start / SAMPLES_PER_MS);
  return { viseme: VISEMES[viseme] ?? VISEMES[0], startMs, durationMs: Math.round(end / SAMPLES_PER_MS) - startMs };
}
