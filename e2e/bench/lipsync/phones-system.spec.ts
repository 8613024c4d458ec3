import { expect, it } from 'vitest';
import { clipFigures, MOUTH_PARAMS, sumOfFigures, visemeSegments } from '@visavis/viseme-net';
import { networkSystem } from './network-system.ts';
import { phonesSystem } from './phones-system.ts';
import { heardSound } from './test-set.ts';

const hum = Float32Array.from({ length: 48 * 1430 }, (_, i) => 0.2 * Math.sin(i / 60) * Math.sin(i / 9000) ** 2);
const segments = visemeSegments('pau p aa1 p ow1 pau v iy1 m ao1 pau'.split(' ').map((symbol, i) => ({ symbol, startMs: i * 130, endMs: i * 130 + 130 })), 'arpabet');

it('moves by the phones, whatever is heard', async () => {
  const figures = sumOfFigures([clipFigures('', segments, await phonesSystem.watch(heardSound(hum, segments), 71))]);
  expect(figures).toMatchObject({ closures: 1, lipTeeth: 1, rounded: 1, falseClosures: 0 });
  expect(figures.correlation).toBeGreaterThan(0.98);
  expect(Math.abs(figures.offsetMs!)).toBeLessThan(5);
});

it('is what the network says where nobody knows the phones, as far as a mouth follows', async () => {
  const [known, heard] = [await phonesSystem.watch(heardSound(hum), 71), await networkSystem.watch(heardSound(hum), 71)];
  const furthest = Array.from({ length: 71 }, (_, step) => Math.max(...MOUTH_PARAMS.map((_name, i) => Math.abs(known.params[step * 8 + i]! - heard.params[step * 8 + i]!))));
  expect(furthest.filter((value) => value < 0.01).length).toBeGreaterThan(0.9 * 71);
});
