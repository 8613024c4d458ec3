import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Watchable } from '../support/viewer.ts';
import type { ReceivedVideo, ReceiverAnswer, ReceiverOrder } from './receivers.ts';

/** Viewers that receive and don't decode, in a process of their own. */
export class ReceiverPool {
  readonly #child: ChildProcess = fork(fileURLToPath(new URL('./receivers.ts', import.meta.url)), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when the first packet of video came. */
  async watch(session: Watchable & { id: string }): Promise<void> {
    const { id } = session;
    const answer = this.#answer((message) => (message.type === 'playing' || message.type === 'failed') && message.id === id, `viewer of ${id}`);
    this.#order({ type: 'watch', id, whepUrl: session.whep_url, token: session.client_token });
    const message = await answer;
    if (message.type === 'failed') throw new Error(message.detail);
  }

  begin(): void {
    this.#order({ type: 'begin' });
  }

  async read(): Promise<{ viewers: ReceivedVideo[]; cpuMs: number }> {
    const answer = this.#answer(({ type }) => type === 'figures', 'figures');
    this.#order({ type: 'read' });
    return (await answer) as Extract<ReceiverAnswer, { type: 'figures' }>;
  }

  async drop(): Promise<void> {
    const answer = this.#answer(({ type }) => type === 'dropped', 'goodbye');
    this.#order({ type: 'drop' });
    await answer;
  }

  close(): void {
    this.#child.disconnect();
  }

  #order(order: ReceiverOrder): void {
    this.#child.send(order);
  }

  #answer(fits: (message: ReceiverAnswer) => boolean, what: string): Promise<ReceiverAnswer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => finish(() => reject(new Error(`the receiving viewers gave no ${what}`))), 30_000);
      const listen = (message: ReceiverAnswer) => fits(message) && finish(() => resolve(message));
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#child.off('message', listen);
        settle();
      };
      this.#child.on('message', listen);
    });
  }
}
