import { Hub, slotState } from './hub.ts';
import type { HubSlot, InferenceConnection } from './hub.ts';

/*
 * Hot path: no allocation after construction.
 *
 * A stream's place at the inference thread: one request at a time.
 */
export class InferenceSlot {
  /** Where the request is written, and where the answer is read. */
  readonly memory: HubSlot;
  private readonly hub: Hub;
  private readonly index: number;

  /** @throws Error when too many streams hear. */
  constructor({ memory, stateSize, client }: InferenceConnection) {
    this.hub = new Hub(memory, stateSize);
    this.index = this.hub.claim(client);
    this.memory = this.hub.slot(this.index);
  }

  get answered(): boolean {
    return Atomics.load(this.hub.state, this.index) === slotState.done;
  }

  /** The request stands in `memory`. */
  ask(steps: number): void {
    this.hub.stepCount[this.index] = steps;
    Atomics.store(this.hub.state, this.index, slotState.asked);
    this.hub.ring();
  }

  /** The answer has been read, or isn't wanted. */
  finish(): void {
    this.hub.move(this.index, slotState.done, slotState.idle);
  }

  /** Stands still until the answer is there. Returns false when it took longer. */
  wait(timeoutMs: number): boolean {
    const { hub, index } = this;
    const deadlineMs = performance.now() + timeoutMs;
    if (hub.move(index, slotState.asked, slotState.urgent)) {
      hub.hurry();
      hub.ring();
    }
    for (;;) {
      const state = Atomics.load(hub.state, index);
      if (state === slotState.done) return true;
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) return false;
      Atomics.wait(hub.state, index, state, leftMs);
    }
  }

  close(): void {
    this.hub.leave(this.index);
  }
}
