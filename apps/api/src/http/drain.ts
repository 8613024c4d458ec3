import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;

/** Counts the requests in hand, so that a stopping process can finish them first. Streams don't count: they would never end. */
@Injectable()
export class Drain {
  #inFlight = 0;
  #draining = false;

  get draining(): boolean {
    return this.#draining;
  }

  enter(): void {
    this.#inFlight += 1;
  }

  leave(): void {
    this.#inFlight -= 1;
  }

  /** From now on `readyz` says no. Resolves when nothing is in hand any more, or at the deadline; answers whether all was finished. */
  async drain(deadlineMs: number): Promise<boolean> {
    this.#draining = true;
    const endsAt = performance.now() + deadlineMs;
    while (this.#inFlight > 0 && performance.now() < endsAt) await sleep(POLL_MS);
    return this.#inFlight === 0;
  }
}
