import { expect, it } from 'vitest';
import { MOUTH_PARAMS, openingOf, param } from '@visavis/viseme-net';
import { withMouth } from './piece-with-mouth';

const samples = new Float32Array(48 * 400);

it('a piece whose phones are known has the mouth that says them', () => {
  const phones = [['PAU', 0, 100], ['M', 100, 80], ['AA', 180, 120], ['PAU', 300, 100]].map(([symbol, startMs, durationMs]) => ({ symbol: String(symbol), startMs: Number(startMs), durationMs: Number(durationMs) }));
  const piece = withMouth({ samples, phones, alphabet: 'arpabet' });
  if (piece instanceof Float32Array || piece.mouth === undefined) throw new Error('a mouth was expected');
  const { mouth } = piece;
  expect(piece.samples).toBe(samples);
  const at = (ms: number, name: keyof typeof param) => mouth[(ms / 20) * MOUTH_PARAMS.length + param[name]]!;
  expect(at(140, 'press')).toBeGreaterThan(0.95);
  expect(at(260, 'jaw')).toBeGreaterThan(0.5);
  expect(openingOf(mouth)[0]).toBeLessThan(0.05);
});

it('a piece without them is its sound alone', () => {
  expect(withMouth({ samples, phones: [], alphabet: 'ipa' })).toBe(samples);
  const cues = [{ atSample: 0, cue: { type: 'emphasis' as const } }];
  expect(withMouth({ samples, phones: [], alphabet: 'ipa' }, cues)).toEqual({ samples, cues });
});
