import type { PrepareProgress } from '@visavis/engine';

const AT_MOST_EVERY_MS = 500;

/** Passes progress on, not more often than anybody looks: a clip has a step for each of its frames. A new step is told at once. */
export function progressReporter(tell: (progress: PrepareProgress) => void, now: () => number = Date.now): (progress: PrepareProgress) => void {
  let toldAtMs = -Infinity;
  let step = '';
  return (progress) => {
    if (progress.step === step && now() - toldAtMs < AT_MOST_EVERY_MS) return;
    ({ step } = progress);
    toldAtMs = now();
    tell(progress);
  };
}
