import { expect, it } from 'vitest';
import { progressReporter } from './progress-reporter';

it('progress is told twice a second at most, and a new step at once', () => {
  let nowMs = 0;
  const told: [number, string][] = [];
  const report = progressReporter(({ fraction, step }) => told.push([fraction, step]), () => nowMs);
  for (let frame = 0; frame <= 100; frame++) {
    nowMs = frame * 10;
    report({ fraction: frame / 200, step: 'following the head' });
  }
  report({ fraction: 0.6, step: 'keeping mouths' });
  expect(told).toEqual([[0, 'following the head'], [0.25, 'following the head'], [0.5, 'following the head'], [0.6, 'keeping mouths']]);
});
