import { describe, expect, it } from 'vitest';
import { timeEspeakSpeech, type EspeakEvent } from './espeak-timings.ts';

const RATE = 1000;
/** Loud, but silent where told. */
const sound = (durationMs: number, ...silences: [number, number][]) => ({
  sampleRateHz: RATE,
  samples: Float32Array.from({ length: durationMs }, (_, ms) => (silences.some(([from, to]) => ms >= from && ms < to) ? 0 : 0.3)),
});
const word = (textPosition: number): EspeakEvent => ({ type: 'word', textPosition });
const phone = (symbol: string, atMs: number): EspeakEvent => ({ type: 'phoneme', symbol, atMs });
const row = ({ phones }: ReturnType<typeof timeEspeakSpeech>) => phones.map(({ symbol, startMs, durationMs }) => [symbol, startMs, startMs + durationMs]);

describe('what espeak-ng tells', () => {
  it('becomes phones without gaps and words of the text', () => {
    const speech = timeEspeakSpeech(sound(500), [word(1), phone('h', 10), phone('ˈaɪ', 60), phone('', 200), phone('', 260), word(5), phone('j', 300), phone('uː', 350)], 'Hi, you!', 'en');
    expect(row(speech)).toEqual([['h', 10, 60], ['ˈaɪ', 60, 200], ['PAU', 200, 300], ['j', 300, 350], ['uː', 350, 500]]);
    expect(speech.words).toEqual([{ text: 'Hi,', startMs: 10, durationMs: 190 }, { text: 'you!', startMs: 300, durationMs: 200 }]);
  });

  it('begins a plosive where the mouth shut, within what is silent', () => {
    expect(row(timeEspeakSpeech(sound(300, [110, 150]), [word(1), phone('a', 0), phone('p', 150), phone('a', 180)], 'apa', 'en'))).toEqual([['a', 0, 110], ['p', 110, 180], ['a', 180, 300]]);
    // Not into a pause, and not for ever.
    expect(row(timeEspeakSpeech(sound(300, [0, 150]), [word(1), phone('', 0), phone('p', 150)], 'p', 'en'))).toEqual([['PAU', 0, 150], ['p', 150, 300]]);
    expect(row(timeEspeakSpeech(sound(300, [20, 250]), [word(1), phone('a', 0), phone('p', 250)], 'ap', 'en'))).toEqual([['a', 0, 150], ['p', 150, 300]]);
  });

  it('keeps the many words of a number in their one', () => {
    const speech = timeEspeakSpeech(sound(400), [word(1), phone('a', 0), word(4), phone('b', 100), word(5), phone('c', 200), word(10), phone('d', 300)], 'é 12,3 x 🙂', 'en');
    expect(speech.words.map(({ text, startMs, durationMs }) => [text, startMs, startMs + durationMs])).toEqual([['é', 0, 100], ['12,3 x', 100, 300], ['🙂', 300, 400]]);
  });

  it('leaves out changes of language and broken letters', () => {
    expect(row(timeEspeakSpeech(sound(200), [word(1), phone('(en)', 0), phone('o\ufffd', 0), phone('(fr)', 100)], 'o', 'fr'))).toEqual([['o', 0, 200]]);
  });

  it('is nothing for silence', () => {
    expect(timeEspeakSpeech(sound(100, [0, 100]), [phone('', 0)], '...', 'en')).toMatchObject({ words: [], phones: [{ symbol: 'PAU', startMs: 0, durationMs: 100 }] });
  });
});
