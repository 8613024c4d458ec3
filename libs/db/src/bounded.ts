/** Runs at most `limit` pieces of work at a time; the others wait their turn, first come first served. */
export type Bounded = <T>(work: () => Promise<T>) => Promise<T>;

/** @param limit a positive number of pieces */
export function createBounded(limit: number): Bounded {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running < limit) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place is handed on without being given up, so that a newcomer can't slip in between.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
