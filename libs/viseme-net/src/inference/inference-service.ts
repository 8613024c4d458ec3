import { Worker } from 'node:worker_threads';
import { readModelFile } from '../model-file.ts';
import { Hub, slotState, threadPhase } from './hub.ts';
import type { InferenceConnection } from './hub.ts';
import type { InferenceThreadData } from './inference-thread.ts';

export interface InferenceOptions {
  /** The thread's program; a bundle names the file that it made of `inference-thread.ts`. */
  threadUrl?: URL;
  /** The folder of the network and its words; a bundle names its copy. */
  assetsUrl?: URL;
  gatherMs?: number;
  /** The thread died and is replaced; its sessions go on. */
  onThreadLost?(error: Error): void;
}

const GATHER_MS = 5;
/** A thread that dies sooner than this after its start is replaced after a pause. */
const SHORT_LIFE_MS = 5_000;
const PAUSE_MS = 1_000;
/** The pause doubles up to this while no thread lives: a machine for which onnxruntime-node has no binary never gets one. */
const LONGEST_PAUSE_MS = 60_000;
const LEAVE_TIMEOUT_MS = 2_000;

/**
 * The process's one inference thread. It holds no process open: one that ends doesn't wait for it, but lets it leave.
 */
export class InferenceService {
  private readonly hub: Hub;
  private readonly data: InferenceThreadData;
  private readonly threadUrl: URL;
  private readonly onThreadLost: (error: Error) => void;
  private worker: Worker;
  private nextClient = 1;
  private shortLives = 0;
  private closed = false;
  private readonly leave = (): void => this.stopAndWait();

  /** @throws Error when the network is missing or not of this code. */
  constructor({ threadUrl = new URL('./inference-thread.ts', import.meta.url), assetsUrl, gatherMs = GATHER_MS, onThreadLost = () => undefined }: InferenceOptions = {}) {
    const { bytes, stateSize } = readModelFile(assetsUrl);
    const memory = Hub.allocate(stateSize);
    this.hub = new Hub(memory, stateSize);
    this.data = { memory, stateSize, model: bytes, gatherMs };
    this.threadUrl = threadUrl;
    this.onThreadLost = onThreadLost;
    this.worker = this.start();
    process.on('exit', this.leave);
  }

  /** For one thread with streams, this one included. */
  connect(): InferenceConnection {
    return { memory: this.data.memory, stateSize: this.data.stateSize, client: this.nextClient++ };
  }

  /** That thread has died: what it asked is forgotten, its slots are free. */
  disconnect({ client }: InferenceConnection): void {
    for (let index = 0; index < this.hub.slotsUsed; index++) if (this.hub.owner[index] === client) this.hub.leave(index);
  }

  /** Calls of the network since the start, and steps that were taken in them. */
  get counts(): { runs: number; steps: number } {
    return this.hub.counts;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    process.off('exit', this.leave);
    const { worker } = this;
    // One that has ended says so no second time.
    const ended = worker.threadId < 0 ? undefined : new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    this.stop();
    await ended;
  }

  private start(): Worker {
    const startedMs = performance.now();
    this.hub.phase = threadPhase.starting;
    this.hub.stopping = false;
    const worker = new Worker(this.threadUrl, { workerData: this.data, name: 'inference' });
    worker.unref();
    let lost = false;
    const replace = (error: Error): void => {
      if (lost || this.closed) return;
      lost = true;
      this.hub.phase = threadPhase.ended;
      this.onThreadLost(error);
      // What it was working on is asked again: no state was lost with it.
      for (let index = 0; index < this.hub.slotsUsed; index++) {
        if (!this.hub.move(index, slotState.running, slotState.asked)) this.hub.move(index, slotState.abandoned, slotState.free);
      }
      const again = (): void => {
        if (!this.closed) this.worker = this.start();
      };
      if (performance.now() - startedMs > SHORT_LIFE_MS) {
        this.shortLives = 0;
        again();
      } else setTimeout(again, Math.min(PAUSE_MS * 2 ** this.shortLives++, LONGEST_PAUSE_MS)).unref();
    };
    worker.on('error', (error: unknown) => replace(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => replace(new Error(`the inference thread ended with ${code}`)));
    return worker;
  }

  private stop(): void {
    this.hub.stopping = true;
    this.hub.hurry();
    this.hub.ring();
  }

  /** The process ends, and with it the thread, which must not be inside native code then. */
  private stopAndWait(): void {
    this.stop();
    const deadlineMs = performance.now() + LEAVE_TIMEOUT_MS;
    while (this.hub.phase === threadPhase.busy && performance.now() < deadlineMs) this.hub.awaitPhaseAfter(threadPhase.busy, deadlineMs - performance.now());
  }
}

let own: { service: InferenceService; connection: InferenceConnection } | undefined;

/** The connection of a thread that was given none: tests, benches and tools, which run in the main thread. */
export function ownInference(): InferenceConnection {
  own ??= connected(new InferenceService());
  return own.connection;
}

function connected(service: InferenceService): { service: InferenceService; connection: InferenceConnection } {
  return { service, connection: service.connect() };
}
