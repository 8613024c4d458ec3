import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

const STOP_TIMEOUT_MS = 3_000;

/** Tells a thread to end and waits until it has: one that is killed inside native code takes the process with it. */
export async function stopThread(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit');
  worker.postMessage({ type: 'stop' });
  await Promise.race([ended, setTimeout(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  await worker.terminate();
}
