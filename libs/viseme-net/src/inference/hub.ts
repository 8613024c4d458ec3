import { FEATURES_PER_STEP } from '../log-mel.ts';
import { MOUTH_PARAMS, VISEMES } from '../phonemes.ts';

/*
 * The memory that the inference thread shares with all threads whose sessions hear: a few words for both sides, and a slot for each
 * stream. A slot is written by its stream while `idle` or `done`, by the inference thread while `running`, and by nobody else; whoever
 * moves it on does so by a compare-and-exchange, so that a stream may leave, and either side die, at any time.
 *
 *   free ─claim─► idle ─ask─► asked ─wait─► urgent
 *    ▲             ▲  (asked, urgent) ─take─► running ─answer─► done ─read─► idle
 *    └── leave ────┴────────── running ─leave─► abandoned ─answer─► free
 */
export const slotState = { free: 0, idle: 1, asked: 2, urgent: 3, running: 4, done: 5, abandoned: 6 } as const;
export const threadPhase = { starting: 0, busy: 1, listening: 2, ended: 3 } as const;

/** A request has at most as many steps. */
export const MAX_STEPS_ASKED = 16;
const SLOTS = 1024;
/** Clients count from 1. */
const NOBODY = 0;

const word = { bell: 0, hurry: 1, stop: 2, phase: 3, slotsUsed: 4, runs: 5, steps: 6 } as const;
const WORDS = 16;

/** What another thread needs to take part; can be sent to it. */
export interface InferenceConnection {
  memory: SharedArrayBuffer;
  stateSize: number;
  /** Names the thread, so that its slots can be freed when it dies. */
  client: number;
}

export interface HubSlot {
  mel: Float32Array;
  stateBefore: Float32Array;
  stateAfter: Float32Array;
  params: Float32Array;
  visemes: Float32Array;
}

export class Hub {
  readonly stateSize: number;
  readonly state: Int32Array;
  readonly owner: Int32Array;
  readonly stepCount: Int32Array;
  private readonly words: Int32Array;
  private readonly memory: SharedArrayBuffer;

  constructor(memory: SharedArrayBuffer, stateSize: number) {
    this.memory = memory;
    this.stateSize = stateSize;
    this.words = new Int32Array(memory, 0, WORDS);
    this.state = new Int32Array(memory, WORDS * 4, SLOTS);
    this.owner = new Int32Array(memory, (WORDS + SLOTS) * 4, SLOTS);
    this.stepCount = new Int32Array(memory, (WORDS + 2 * SLOTS) * 4, SLOTS);
  }

  /** Pages that no stream touches take no memory. */
  static allocate(stateSize: number): SharedArrayBuffer {
    return new SharedArrayBuffer((WORDS + 3 * SLOTS + SLOTS * slotFloats(stateSize)) * 4);
  }

  slot(index: number): HubSlot {
    let at = (WORDS + 3 * SLOTS + index * slotFloats(this.stateSize)) * 4;
    const floats = (count: number): Float32Array => {
      const view = new Float32Array(this.memory, at, count);
      at += count * 4;
      return view;
    };
    return {
      mel: floats(MAX_STEPS_ASKED * FEATURES_PER_STEP),
      stateBefore: floats(this.stateSize),
      stateAfter: floats(this.stateSize),
      params: floats(MAX_STEPS_ASKED * MOUTH_PARAMS.length),
      visemes: floats(MAX_STEPS_ASKED * VISEMES.length),
    };
  }

  /** @throws Error when all slots are taken. */
  claim(client: number): number {
    for (let index = 0; index < SLOTS; index++) {
      if (!this.move(index, slotState.free, slotState.idle)) continue;
      Atomics.store(this.owner, index, client);
      for (let used = this.slotsUsed; used <= index; used = this.slotsUsed) Atomics.compareExchange(this.words, word.slotsUsed, used, index + 1);
      return index;
    }
    throw new Error(`more than ${SLOTS} streams hear at once`);
  }

  /** The stream needs the slot no more, whatever is being done with it. */
  leave(index: number): void {
    for (;;) {
      const state = Atomics.load(this.state, index);
      if (state === slotState.free || state === slotState.abandoned) return;
      // Before it is free: whoever takes it next puts their own name there.
      Atomics.store(this.owner, index, NOBODY);
      if (this.move(index, state, state === slotState.running ? slotState.abandoned : slotState.free)) return;
    }
  }

  move(index: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.state, index, from, to) === from;
  }

  /** Slots from this on were never used. */
  get slotsUsed(): number {
    return Atomics.load(this.words, word.slotsUsed);
  }

  get bell(): number {
    return Atomics.load(this.words, word.bell);
  }

  /** Something waits for the thread. */
  ring(): void {
    Atomics.add(this.words, word.bell, 1);
    Atomics.notify(this.words, word.bell);
  }

  /** The thread sleeps until the bell rings, or rang since it was `seen`. */
  sleep(seen: number): void {
    Atomics.wait(this.words, word.bell, seen);
  }

  get hurries(): number {
    return Atomics.load(this.words, word.hurry);
  }

  /** Somebody stands still until it has its answer. */
  hurry(): void {
    Atomics.add(this.words, word.hurry, 1);
    Atomics.notify(this.words, word.hurry);
  }

  /** The thread lets requests gather for a moment, unless somebody is in a hurry. */
  gather(hurriesSeen: number, ms: number): void {
    Atomics.wait(this.words, word.hurry, hurriesSeen, ms);
  }

  get stopping(): boolean {
    return Atomics.load(this.words, word.stop) !== 0;
  }

  set stopping(value: boolean) {
    Atomics.store(this.words, word.stop, value ? 1 : 0);
  }

  get phase(): number {
    return Atomics.load(this.words, word.phase);
  }

  set phase(phase: number) {
    Atomics.store(this.words, word.phase, phase);
    Atomics.notify(this.words, word.phase);
  }

  /** Returns at once when the phase is another one by now. */
  awaitPhaseAfter(phase: number, timeoutMs: number): void {
    Atomics.wait(this.words, word.phase, phase, timeoutMs);
  }

  countRun(steps: number): void {
    Atomics.add(this.words, word.runs, 1);
    Atomics.add(this.words, word.steps, steps);
  }

  /** Calls of the network, and steps that were taken in them, since the start. */
  get counts(): { runs: number; steps: number } {
    return { runs: Atomics.load(this.words, word.runs), steps: Atomics.load(this.words, word.steps) };
  }
}

function slotFloats(stateSize: number): number {
  return MAX_STEPS_ASKED * (FEATURES_PER_STEP + MOUTH_PARAMS.length + VISEMES.length) + 2 * stateSize;
}
