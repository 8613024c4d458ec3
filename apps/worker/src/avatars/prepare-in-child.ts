import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { PreparedAvatar, PrepareProgress } from '@visavis/engine';

export type PrepareOutcome = ({ status: 'ready' } & PreparedAvatar) | { status: 'failed'; code: string; detail: string };

export type PrepareMessage = { type: 'progress'; progress: PrepareProgress } | { type: 'done'; outcome: PrepareOutcome } | { type: 'broke'; message: string };

/** A clip of two minutes takes some on two cores, and more beside live sessions; what still works tells how far it is. */
const TIMEOUT_MS = 30 * 60_000;
const SILENCE_MS = 5 * 60_000;
const LOW_PRIORITY = 10;

/**
 * Prepares an upload in a child process: it takes seconds or minutes of CPU and a lot of memory, and whatever a picture or clip does
 * to the decoder stays there. The upload lies in a file.
 * @throws Error when the child broke or took too long; the job is then tried again.
 */
export function prepareInChild(path: string, onProgress: (progress: PrepareProgress) => void): Promise<PrepareOutcome> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./prepare-child.js', import.meta.url)), [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let errors = '';
    let settled = false;
    const settle = (finish: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      clearTimeout(silence);
      finish();
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => settle(() => reject(new Error('preparing took too long'))), TIMEOUT_MS);
    const silence = setTimeout(() => settle(() => reject(new Error('preparing got stuck'))), SILENCE_MS);
    child.stderr?.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
    child.on('message', (message: PrepareMessage) => {
      silence.refresh();
      if (message.type === 'progress') onProgress(message.progress);
      else if (message.type === 'done') settle(() => resolve(message.outcome));
      else settle(() => reject(new Error(message.message)));
    });
    child.on('error', (error) => settle(() => reject(error)));
    child.on('exit', (code, signal) => settle(() => reject(new Error(`the preparing process ended with ${signal ?? code}: ${errors}`))));
    if (child.pid !== undefined) setPriority(child.pid, LOW_PRIORITY);
    child.send(path);
  });
}
