import { describe, expect, it } from 'vitest';
import { createResampler } from './resampler.ts';

function tone(hz: number, rateHz: number, seconds = 0.5): Float32Array {
  return Float32Array.from({ length: Math.round(rateHz * seconds) }, (_, index) => Math.sin((2 * Math.PI * hz * index) / rateHz));
}

function convert(input: Float32Array, fromHz: number, toHz: number, pieces: number[] = [input.length]): Float32Array {
  const resampler = createResampler(fromHz, toHz);
  const output = new Float32Array(resampler.maxOutputLength(input.length) + pieces.length);
  let read = 0;
  let written = 0;
  for (let index = 0; read < input.length; index++) {
    const piece = input.subarray(read, read + (pieces[index % pieces.length] ?? 1));
    const room = new Float32Array(resampler.maxOutputLength(piece.length));
    const count = resampler.process(piece, room);
    output.set(room.subarray(0, count), written);
    read += piece.length;
    written += count;
  }
  return output.subarray(0, written);
}

/** Power of one frequency, and of everything else, in decibels. */
function analyse(signal: Float32Array, hz: number, rateHz: number): { toneDb: number; restDb: number } {
  const settled = signal.subarray(Math.round(rateHz * 0.05), Math.round(rateHz * 0.45));
  let cosine = 0;
  let sine = 0;
  let total = 0;
  settled.forEach((value, index) => {
    cosine += value * Math.cos((2 * Math.PI * hz * index) / rateHz);
    sine += value * Math.sin((2 * Math.PI * hz * index) / rateHz);
    total += value * value;
  });
  const tonePower = (2 * (cosine ** 2 + sine ** 2)) / settled.length ** 2;
  const restPower = Math.max(1e-12, total / settled.length - tonePower);
  return { toneDb: 10 * Math.log10(tonePower / 0.5), restDb: 10 * Math.log10(restPower / 0.5) };
}

describe('resampler', () => {
  it.each([
    [48_000, 16_000],
    [16_000, 48_000],
    [22_050, 48_000],
    [44_100, 48_000],
    [24_000, 48_000],
    [8_000, 48_000],
    [96_000, 48_000],
  ])('keeps a tone of 1 kHz from %i to %i Hz and adds nothing', (fromHz, toHz) => {
    const { toneDb, restDb } = analyse(convert(tone(1000, fromHz), fromHz, toHz), 1000, toHz);
    expect(toneDb).toBeCloseTo(0, 1);
    expect(restDb).toBeLessThan(-60);
  });

  it('removes what 16 kHz cannot hold', () => {
    const { restDb } = analyse(convert(tone(11_000, 48_000), 48_000, 16_000), 1000, 16_000);
    expect(restDb).toBeLessThan(-70);
  });

  it('gives the same samples whatever the pieces', () => {
    const input = tone(700, 44_100, 0.2);
    const whole = convert(input, 44_100, 48_000);
    const pieced = convert(input, 44_100, 48_000, [1, 7, 960, 333, 4096]);
    expect(pieced).toEqual(whole);
  });

  it('turns every 960 samples into exactly 320', () => {
    const resampler = createResampler(48_000, 16_000);
    const room = new Float32Array(resampler.maxOutputLength(960));
    const counts = Array.from({ length: 20 }, () => resampler.process(tone(300, 48_000, 0.02), room));
    expect(new Set(counts)).toEqual(new Set([320]));
  });

  it('manages rates without a common multiple, within its stated precision', () => {
    const { toneDb, restDb } = analyse(convert(tone(1000, 44_101), 44_101, 48_000), 1000, 48_000);
    expect(toneDb).toBeCloseTo(0, 1);
    expect(restDb).toBeLessThan(-50);
  });

  it('refuses absurd rates', () => {
    expect(() => createResampler(0, 48_000)).toThrow(RangeError);
    expect(() => createResampler(48_000.5, 48_000)).toThrow(RangeError);
  });
});
