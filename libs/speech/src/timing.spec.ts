import { describe, expect, it } from 'vitest';
import { cutTimings, PAUSE } from './timing.ts';

const timings = {
  alphabet: 'arpabet' as const,
  words: [{ text: 'Hey', startMs: 200, durationMs: 200 }],
  phones: [
    { symbol: PAUSE, startMs: 0, durationMs: 200 },
    { symbol: 'HH', startMs: 200, durationMs: 50 },
    { symbol: 'EY', startMs: 250, durationMs: 150 },
    { symbol: PAUSE, startMs: 400, durationMs: 300 },
  ],
};

describe('cutting', () => {
  it('moves and clips to what is left of the sound', () => {
    expect(cutTimings(timings, 190, 300)).toEqual({
      alphabet: 'arpabet',
      words: [{ text: 'Hey', startMs: 10, durationMs: 200 }],
      phones: [
        { symbol: PAUSE, startMs: 0, durationMs: 10 },
        { symbol: 'HH', startMs: 10, durationMs: 50 },
        { symbol: 'EY', startMs: 60, durationMs: 150 },
        { symbol: PAUSE, startMs: 210, durationMs: 90 },
      ],
    });
  });

  it('drops phones that were cut away and keeps the words', () => {
    const cut = cutTimings(timings, 260, 500);
    expect(cut.phones.map(({ symbol, startMs, durationMs }) => [symbol, startMs, durationMs])).toEqual([['EY', 0, 140], [PAUSE, 140, 360]]);
    expect(cut.words).toEqual([{ text: 'Hey', startMs: 0, durationMs: 140 }]);
  });

  it('fills both ends with silence', () => {
    const cut = cutTimings({ ...timings, phones: timings.phones.slice(1, 3) }, 100, 400);
    expect(cut.phones.map(({ symbol, startMs, durationMs }) => [symbol, startMs, durationMs])).toEqual([[PAUSE, 0, 100], ['HH', 100, 50], ['EY', 150, 150], [PAUSE, 300, 100]]);
  });
});
