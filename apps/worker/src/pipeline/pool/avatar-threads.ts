import { Worker } from 'node:worker_threads';
import type { LoadOptions } from '@visavis/engine';
import type { IdleLoopOptions } from '../idle-loop/encode-idle-loop.ts';
import { stopThread } from './stop-thread.ts';
import type { AvatarThreadData, FromAvatarThread, ToAvatarThread } from './thread-messages.ts';

export interface AvatarThreadsOptions {
  /** The program: one that calls `hostAvatarThread`. */
  threadUrl: URL;
  engineMemory: unknown;
  /** A thread died; the next request starts another one. What it had loaded stays in memory. */
  onThreadLost(error: Error): void;
}

export interface LoadedHandle {
  handle: unknown;
  memoryBytes: number;
  /** No thread has it any more: its memory is freed. */
  unload(): void;
}

type AvatarRequest = { [T in 'load' | 'loop']: Omit<ToAvatarThread & { type: T }, 'request'> }['load' | 'loop'];

/** One thread that loads avatars for all others, and one that encodes their idle loops in the background. Both start with the first request. */
export class AvatarThreads {
  private readonly loader: RequestedThread;
  private readonly loops: RequestedThread;

  constructor(options: AvatarThreadsOptions) {
    this.loader = new RequestedThread('avatars', options, { engineMemory: options.engineMemory, background: false });
    this.loops = new RequestedThread('idle loops', options, { engineMemory: options.engineMemory, background: true });
  }

  /** @throws Error when the engine refuses the bundle. */
  async load(engine: string, bundle: Uint8Array, usual: LoadOptions): Promise<LoadedHandle> {
    const answer = await this.loader.ask({ type: 'load', engine, bundle, usual });
    if (answer.type !== 'loaded') throw new Error('the answer is none to a load');
    const { request, handle, memoryBytes } = answer;
    return { handle, memoryBytes, unload: () => this.loader.tell({ type: 'unload', request }) };
  }

  /** The stored loop if it is good, else a new one; nothing for an avatar without idle clips. */
  async loop(engine: string, handle: unknown, options: IdleLoopOptions, stored?: SharedArrayBuffer): Promise<SharedArrayBuffer | undefined> {
    const answer = await this.loops.ask({ type: 'loop', engine, handle, options, ...(stored && { stored }) });
    if (answer.type !== 'loop') throw new Error('the answer is none to a loop');
    return answer.buffer;
  }

  async close(): Promise<void> {
    await Promise.all([this.loader.close(), this.loops.close()]);
  }
}

/** A thread that answers requests, and is started again when it died. */
class RequestedThread {
  private readonly name: string;
  private readonly options: AvatarThreadsOptions;
  private readonly data: AvatarThreadData;
  private worker: Worker | undefined;
  private nextRequest = 1;
  private readonly waiting = new Map<number, { resolve(answer: FromAvatarThread): void; reject(error: Error): void }>();
  private closed = false;

  constructor(name: string, options: AvatarThreadsOptions, data: AvatarThreadData) {
    this.name = name;
    this.options = options;
    this.data = data;
  }

  ask(order: AvatarRequest): Promise<FromAvatarThread> {
    const request = this.nextRequest++;
    const { promise, resolve, reject } = Promise.withResolvers<FromAvatarThread>();
    this.waiting.set(request, { resolve, reject });
    this.worker ??= this.start();
    this.worker.postMessage({ ...order, request });
    return promise;
  }

  tell(message: ToAvatarThread): void {
    this.worker?.postMessage(message);
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.closed = true;
    this.fail(new Error('the pool is closed'));
    if (worker !== undefined) await stopThread(worker);
  }

  private start(): Worker {
    if (this.closed) throw new Error('the pool is closed');
    const worker = new Worker(this.options.threadUrl, { workerData: this.data, name: this.name });
    worker.on('message', (answer: FromAvatarThread) => {
      const asked = this.waiting.get(answer.request);
      this.waiting.delete(answer.request);
      if (answer.type === 'failed') asked?.reject(new Error(answer.message));
      else asked?.resolve(answer);
    });
    const lose = (error: Error): void => {
      if (this.worker !== worker || this.closed) return;
      this.worker = undefined;
      this.fail(error);
      this.options.onThreadLost(error);
    };
    worker.on('error', (error: unknown) => lose(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => lose(new Error(`the thread "${this.name}" ended with ${code}`)));
    return worker;
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
