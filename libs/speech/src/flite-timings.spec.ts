import { describe, expect, it } from 'vitest';
import { parseSegments, phonesPerLine, timesByLength, timesOfWords } from './flite-timings.ts';

describe('what flite prints', () => {
  it('is read sentence by sentence, each a whole number of frames', () => {
    expect(parseSegments('pau:0.100 hh:0.151 ay:0.302 pau:0.403 \npau:0.050 ow:0.201 \n')).toEqual([
      { symbol: 'PAU', startMs: 0, durationMs: 100 },
      { symbol: 'HH', startMs: 100, durationMs: 51 },
      { symbol: 'AY', startMs: 151, durationMs: 151 },
      { symbol: 'PAU', startMs: 302, durationMs: 148 },
      { symbol: 'OW', startMs: 450, durationMs: 150 },
    ]);
  });

  it('is nothing when nothing can be read', () => {
    expect(parseSegments('usage: flite TEXT\n')).toEqual([]);
  });

  it('names the phones of each line, none for what is not spoken', () => {
    expect(phonesPerLine('pau hh ay pau \npau \npau y uw pau \n')).toEqual([['HH', 'AY'], [], ['Y', 'UW']]);
  });
});

describe('words by their phones', () => {
  const said = (symbols: string) => symbols.split(' ').map((symbol, index) => ({ symbol, startMs: index * 100, durationMs: 100 }));
  const times = (symbols: string, words: string[]) => timesOfWords(said(symbols), words.map((word) => (word === '' ? [] : word.split(' ')))).map((time) => time && [time.startMs, time.endMs]);

  it('are found when they are said as by themselves', () => {
    expect(times('PAU HH AY PAU Y UW PAU', ['HH AY', 'Y UW'])).toEqual([[100, 300], [400, 600]]);
  });

  it('are found when a sentence changes them', () => {
    // "to Dr. Smith": the dictionary alone takes "Dr." for a drive, and says "to" with another vowel.
    expect(times('T AX D AA K T ER S M IH TH', ['T UW', 'D R AY V', 'S M IH TH'])).toEqual([[0, 200], [200, 700], [700, 1100]]);
    expect(times('IH T S N AY S', ['IH T', 'Z', 'N AY S'])).toEqual([[0, 200], [200, 300], [300, 600]]);
  });

  it('leave out what is not said', () => {
    expect(times('HH AY Y UW', ['HH AY', '', 'Y UW'])).toEqual([[0, 200], undefined, [200, 400]]);
    expect(times('PAU', ['HH AY'])).toEqual([undefined]);
    expect(times('HH AY', [])).toEqual([]);
  });

  it('share the time by length when nobody knows how they are said', () => {
    expect(timesByLength(said('HH AX L OW PAU DH EH R'), [6, 0, 4])).toEqual([{ startMs: 0, endMs: 400 }, undefined, { startMs: 500, endMs: 800 }]);
    expect(timesByLength([], [5])).toEqual([undefined]);
  });
});
