import type { Writable } from 'node:stream';

/** Waits until a stream takes more, or is closed. Returns false when neither happened in time: nobody reads it. */
export function drained(stream: Writable, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (flows: boolean): void => {
      clearTimeout(timer);
      stream.off('drain', flowing).off('close', flowing);
      resolve(flows);
    };
    const flowing = (): void => settle(true);
    const timer = setTimeout(() => settle(false), timeoutMs).unref();
    stream.once('drain', flowing).once('close', flowing);
  });
}
