import { platform, setPriority } from 'node:os';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { AvatarEngine, LoadedAvatar } from '@visavis/engine';
import { encodeIdleLoop, isLoopOf } from '../idle-loop/encode-idle-loop.ts';
import { IdleLoop } from '../idle-loop/idle-loop.ts';
import type { AvatarThreadData, FromAvatarThread, ToAvatarThread } from './thread-messages.ts';

/** A tenth of what a pipeline thread gets: on a machine that is full, loops are what makes it less so. */
const LOW_PRIORITY = 10;

/**
 * The inside of an avatar thread: loads avatars into the memory that all threads share, and encodes their idle loops, a picture at a time
 * between other requests. Call it once, in the thread's program.
 */
export function hostAvatarThread(engineOf: (name: string) => AvatarEngine): void {
  const port = parentPort;
  if (port === null) throw new Error('an avatar thread runs in a worker thread');
  if ((workerData as AvatarThreadData).background) giveWay();
  const answer = (message: FromAvatarThread): void => port.postMessage(message);
  const loaded = new Map<number, LoadedAvatar>();
  let stopped = false;

  const load = async ({ request, engine, bundle, usual }: ToAvatarThread & { type: 'load' }): Promise<void> => {
    const avatar = await engineOf(engine).load(bundle, usual);
    loaded.set(request, avatar);
    answer({ type: 'loaded', request, handle: avatar.handle, memoryBytes: avatar.memoryBytes });
  };

  const loop = async ({ request, engine, handle, options, stored }: ToAvatarThread & { type: 'loop' }): Promise<void> => {
    const avatar = engineOf(engine).adopt(handle);
    try {
      const good = stored !== undefined && (await inTurns(isLoopOf(new IdleLoop(stored), avatar, options)));
      answer({ type: 'loop', request, buffer: good ? stored : await inTurns(encodeIdleLoop(avatar, options)) });
    } finally {
      avatar.close();
    }
  };

  const inTurns = async <T>(steps: Generator<void, T>): Promise<T> => {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      await yieldToOthers();
      if (stopped) {
        steps.return(undefined as never);
        throw new Error('the thread was stopped');
      }
    }
  };

  port.on('message', (message: ToAvatarThread) => {
    switch (message.type) {
      case 'load':
      case 'loop':
        (message.type === 'load' ? load(message) : loop(message)).catch((error: unknown) => {
          if (!stopped) answer({ type: 'failed', request: message.request, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
        });
        return;
      case 'unload':
        loaded.get(message.request)?.close();
        loaded.delete(message.request);
        return;
      case 'stop':
        stopped = true;
        // Nothing is left to wait for: the thread ends by itself.
        port.close();
    }
  });
}

/** On Linux a thread has a priority of its own; elsewhere this would be the process's. */
function giveWay(): void {
  if (platform() !== 'linux') return;
  try {
    setPriority(LOW_PRIORITY);
  } catch {
    // Not allowed: then it takes its turns like others.
  }
}
