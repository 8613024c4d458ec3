import { MOUTH_PARAM_COUNT } from './mouth-pose.ts';

/*
 * Hot path: no allocation after construction.
 *
 * Mouths that are known from the times of phones, by the network's steps. Inside them they are shown as they are: a closure that is half
 * the network's would be none. Before and behind them they fade.
 */
/** More than audio may be pushed ahead. */
const RING = 2048;
/** 60 ms: what lips need for their way. */
const FADE_STEPS = 3;

export class KnownMouth {
  private readonly shapes = new Float32Array(RING * MOUTH_PARAM_COUNT);
  /** Which step's shape lies at a place. */
  private readonly steps = new Int32Array(RING).fill(-1);
  private newest = -1;

  set(step: number, params: Float32Array): void {
    const to = offsetOf(step);
    for (let i = 0; i < MOUTH_PARAM_COUNT; i++) this.shapes[to + i] = params[i]!;
    this.steps[step % RING] = step;
    this.newest = Math.max(this.newest, step);
  }

  /** Whether a shape is known at a place, or comes later, or fades there. */
  reaches(place: number): boolean {
    return this.newest >= 0 && place < this.newest + FADE_STEPS;
  }

  /** Forgets shapes from `place` on. */
  truncate(place: number): void {
    const first = Math.max(0, Math.ceil(place));
    for (let step = Math.max(first, this.newest - RING + 1); step <= this.newest; step++) if (this.isKnown(step)) this.steps[step % RING] = -1;
    this.newest = Math.min(this.newest, first - 1);
  }

  /** Makes of the wanted shape at a place between steps, which the network says, the one that is known, as far as it is. */
  show(place: number, wanted: Float32Array): void {
    if (place > this.newest + FADE_STEPS) return;
    const before = this.knownFrom(Math.floor(place), -1);
    const after = this.knownFrom(Math.ceil(place), 1);
    let weightBefore = before < 0 ? 0 : Math.max(0, 1 - (place - before) / FADE_STEPS);
    let weightAfter = after < 0 ? 0 : Math.max(0, 1 - (after - place) / FADE_STEPS);
    // Two that are this close go over into each other.
    if (before >= 0 && after >= 0 && after - before <= FADE_STEPS) {
      weightAfter = after === before ? 0 : (place - before) / (after - before);
      weightBefore = 1 - weightAfter;
    }
    const rest = 1 - weightBefore - weightAfter;
    const from = offsetOf(Math.max(before, 0));
    const to = offsetOf(Math.max(after, 0));
    for (let i = 0; i < MOUTH_PARAM_COUNT; i++) {
      let value = wanted[i]! * rest;
      if (weightBefore > 0) value += this.shapes[from + i]! * weightBefore;
      if (weightAfter > 0) value += this.shapes[to + i]! * weightAfter;
      wanted[i] = value;
    }
  }

  /** The nearest known step in a direction that still counts, or −1. */
  private knownFrom(step: number, direction: number): number {
    for (let away = 0; away <= FADE_STEPS; away++) if (this.isKnown(step + direction * away)) return step + direction * away;
    return -1;
  }

  private isKnown(step: number): boolean {
    return step >= 0 && this.steps[step % RING] === step;
  }
}

function offsetOf(step: number): number {
  return (step % RING) * MOUTH_PARAM_COUNT;
}
