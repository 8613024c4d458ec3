/** Work that is done again and again, never twice at once: a turn that comes while the last one is still at work is left out. */
export class Repeating {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  readonly #everyMs: number;
  readonly #work: () => Promise<void>;
  readonly #onError: (error: unknown) => void;

  constructor(everyMs: number, work: () => Promise<void>, onError: (error: unknown) => void) {
    this.#everyMs = everyMs;
    this.#work = work;
    this.#onError = onError;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.#work()
        .catch(this.#onError)
        .finally(() => (this.#running = undefined));
    }, this.#everyMs);
  }

  /** Resolves when the turn that is at work is over. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }
}
