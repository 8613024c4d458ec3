import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PreparedAvatar, PrepareProgress } from '@visavis/engine';
import { runBehindOthers } from '../priority.ts';

/** In the folder that a preparation works in. */
export const UPLOAD_FILE = 'upload';
export const BUNDLE_FILE = 'bundle';
export const PREVIEW_FILE = 'preview.jpg';

/** What was prepared, but for its bundle and preview: those are files. */
export type PrepareOutcome = ({ status: 'ready' } & Omit<PreparedAvatar, 'bundle' | 'previewJpeg'>) | { status: 'failed'; code: string; detail: string };

export type PrepareMessage = { type: 'progress'; progress: PrepareProgress } | { type: 'done'; outcome: PrepareOutcome } | { type: 'broke'; message: string };

export type ToLauncher = { type: 'prepare'; folder: string } | { type: 'stop' };
/** Told with its folder, which is a preparation's own: what comes late is not taken for the next one's. */
export type FromLauncher = (PrepareMessage | { type: 'ended'; how: string }) & { folder: string };

/** A clip of two minutes takes some on two cores, and more beside live sessions; what still works tells how far it is. */
const TIMEOUT_MS = 30 * 60_000;
const SILENCE_MS = 5 * 60_000;
const MAX_ERROR_CHARACTERS = 2000;

/**
 * Prepares uploads, each in a process of its own: it takes seconds or minutes of CPU and a lot of memory, and whatever a picture or clip does
 * to the decoder stays there. Live sessions come first: those processes get the time that nothing else wants.
 *
 * A small process begins them, which is begun itself before there are sessions. To fork a worker that holds a gigabyte is to copy its page
 * tables, and to halt its threads at each page that they write until the child has begun its own program: pictures were up to 60 ms late.
 */
export class Preparer {
  private readonly programs: { launcher: URL; child: URL };
  private launcher: ChildProcess;
  private closed = false;

  /** @param programs `prepare-launcher` and `prepare-child`, as they are built */
  constructor(programs: { launcher: URL; child: URL }) {
    this.programs = programs;
    this.launcher = this.launch();
  }

  /**
   * One at a time.
   * @param folder holds the upload in `UPLOAD_FILE`; an avatar that is ready leaves `BUNDLE_FILE` and `PREVIEW_FILE` there
   * @throws Error when the process broke or took too long; the job is then tried again
   */
  async prepare(folder: string, onProgress: (progress: PrepareProgress) => void): Promise<PrepareOutcome> {
    if (this.closed) throw new Error('this worker is stopping');
    if (!this.launcher.connected) this.launcher = this.launch();
    const { launcher } = this;
    if (!launcher.connected) throw new Error('no process could be begun');
    return new Promise((resolve, reject) => {
      let errors = '';
      const settle = (outcome: PrepareOutcome | Error) => {
        clearTimeout(timer);
        clearTimeout(silence);
        launcher.off('message', onMessage).off('exit', onExit);
        launcher.stderr?.off('data', onError);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
        // To one that is gone it can't be said, and need not.
        if (launcher.connected) launcher.send({ type: 'stop' } satisfies ToLauncher, () => undefined);
      };
      const onMessage = (message: FromLauncher) => {
        if (message.folder !== folder) return;
        silence.refresh();
        if (message.type === 'progress') onProgress(message.progress);
        else if (message.type === 'done') settle(message.outcome);
        else if (message.type === 'broke') settle(new Error(message.message));
        else settle(new Error(`the preparing process ended with ${message.how}: ${errors}`));
      };
      const onExit = () => settle(new Error(`the process that begins preparing ones ended: ${errors}`));
      const onError = (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-MAX_ERROR_CHARACTERS));
      const timer = setTimeout(() => settle(new Error('preparing took too long')), TIMEOUT_MS);
      const silence = setTimeout(() => settle(new Error('preparing got stuck')), SILENCE_MS);
      launcher.on('message', onMessage).once('exit', onExit);
      launcher.stderr?.on('data', onError);
      launcher.send({ type: 'prepare', folder } satisfies ToLauncher, (error) => error && settle(error));
    });
  }

  /** Whatever is being prepared is given up. */
  close(): void {
    this.closed = true;
    if (this.launcher.connected) this.launcher.disconnect();
  }

  private launch(): ChildProcess {
    const { launcher, child } = this.programs;
    const process = fork(launcher, [fileURLToPath(child)], { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    // Nobody waits for it: what it can't do shows when it is asked for something.
    process.on('error', () => undefined);
    if (process.pid !== undefined) runBehindOthers(process.pid);
    return process;
  }
}
