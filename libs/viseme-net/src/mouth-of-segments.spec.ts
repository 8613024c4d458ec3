import { expect, it } from 'vitest';
import { coarticulation } from './coarticulation.ts';
import { mouthOfSegments } from './mouth-of-segments.ts';
import { MOUTH_PARAMS, param, visemeSegments } from './phonemes.ts';

const segments = visemeSegments(
  [['p', 0, 90], ['aa1', 90, 250], ['m', 250, 320], ['pau', 320, 500]].map(([symbol, startMs, endMs]) => ({ symbol: String(symbol), startMs: Number(startMs), endMs: Number(endMs) })),
  'arpabet',
);

it('shows a piece by its phones, and leaves the last 60 ms of its silence to what follows', () => {
  const mouth = mouthOfSegments(segments, 500);
  expect(mouth).toEqual(coarticulation(segments, 23));
  // Lips that must be shut with the first sample are.
  expect(mouth[param.press]).toBeGreaterThan(0.95);
});

it('leaves nothing out that is said, and has nothing beyond the end', () => {
  expect(mouthOfSegments(segments, 330).length).toBe(17 * MOUTH_PARAMS.length);
  expect(mouthOfSegments(segments, 200).length).toBe(11 * MOUTH_PARAMS.length);
});
