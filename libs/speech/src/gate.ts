/** Lets a number of tasks in at a time; the others wait in line. */
export interface Gate {
  /** Resolves with what must be called on leaving. @throws the signal's reason when it aborts in the line. */
  enter(signal: AbortSignal): Promise<() => void>;
}

export function createGate(limit: number): Gate {
  let inside = 0;
  const line: (() => void)[] = [];
  const leave = (): void => {
    const next = line.shift();
    if (next === undefined) inside--;
    else next();
  };
  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (inside < limit) inside++;
      else {
        await new Promise<void>((resolve, reject) => {
          const proceed = (): void => {
            signal.removeEventListener('abort', giveUp);
            resolve();
          };
          const giveUp = (): void => {
            const index = line.indexOf(proceed);
            if (index >= 0) line.splice(index, 1);
            reject(signal.reason as Error);
          };
          signal.addEventListener('abort', giveUp, { once: true });
          line.push(proceed);
        });
      }
      return leave;
    },
  };
}
