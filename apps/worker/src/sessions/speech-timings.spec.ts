import { describe, expect, it } from 'vitest';
import { utteranceTimings, visemeName } from '@visavis/contracts';
import { phonemeTable } from '@visavis/viseme-net/phonemes';
import { timingsOfPiece, timingsOfVisemes } from './speech-timings';

describe('timings of an utterance', () => {
  it('count from its first sample, in whole milliseconds that touch', () => {
    const piece = {
      alphabet: 'arpabet' as const,
      words: [{ text: 'Hi.', startMs: 10.4, durationMs: 239.8 }],
      phones: [
        { symbol: 'PAU', startMs: 0, durationMs: 10.4 },
        { symbol: 'HH', startMs: 10.4, durationMs: 40.3 },
        { symbol: 'AY', startMs: 50.7, durationMs: 199.5 },
        { symbol: 'PAU', startMs: 250.2, durationMs: 80 },
      ],
    };
    const told = timingsOfPiece(piece, 1000);
    expect(told).toEqual({
      source: 'voice',
      words: [{ text: 'Hi.', start_ms: 1010, duration_ms: 240 }],
      visemes: [
        { viseme: 'sil', start_ms: 1000, duration_ms: 10 },
        { viseme: 'kk', start_ms: 1010, duration_ms: 41 },
        { viseme: 'aa', start_ms: 1051, duration_ms: 119 },
        { viseme: 'ih', start_ms: 1170, duration_ms: 80 },
        { viseme: 'sil', start_ms: 1250, duration_ms: 80 },
      ],
    });
    expect(utteranceTimings.safeParse({ utterance_id: 'one', ...told }).success).toBe(true);
  });

  it('know no words when the network tells', () => {
    expect(timingsOfVisemes([{ viseme: 'PP', startMs: 20, durationMs: 40 }, { viseme: 'aa', startMs: 60, durationMs: 0 }])).toEqual({
      source: 'network',
      words: [],
      visemes: [{ viseme: 'PP', start_ms: 20, duration_ms: 40 }],
    });
  });

  it('call visemes as the network does', () => {
    expect(visemeName.options).toEqual(phonemeTable.visemes);
  });
});
