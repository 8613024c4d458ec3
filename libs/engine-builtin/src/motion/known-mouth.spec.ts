import { describe, expect, it } from 'vitest';
import { KnownMouth } from './known-mouth.ts';
import { MOUTH_PARAM_COUNT } from './mouth-pose.ts';

const all = (value: number) => new Float32Array(MOUTH_PARAM_COUNT).fill(value);

/** What is shown at places where the network says 0.5. */
function shown(known: KnownMouth, places: readonly number[]): number[] {
  return places.map((place) => {
    const wanted = all(0.5);
    known.show(place, wanted);
    expect(new Set(wanted).size).toBe(1);
    return Math.round(wanted[0]! * 1e5) / 1e5;
  });
}

function knownAt(shapes: Record<number, number>): KnownMouth {
  const known = new KnownMouth();
  for (const [step, value] of Object.entries(shapes)) known.set(Number(step), all(value));
  return known;
}

describe('a mouth that is known', () => {
  it('is shown as it is, and in between by both neighbours', () => {
    expect(shown(knownAt({ 10: 0, 11: 1, 12: 0.2 }), [10, 10.25, 11, 11.5, 12])).toEqual([0, 0.25, 1, 0.6, 0.2]);
  });

  it('comes and goes within 60 ms', () => {
    const known = knownAt({ 10: 1, 11: 1 });
    expect(shown(known, [6, 7, 8, 9, 10, 11, 12, 13, 14, 20])).toEqual([0.5, 0.5, 0.66667, 0.83333, 1, 1, 0.83333, 0.66667, 0.5, 0.5]);
    expect(shown(known, [8.5, 12.5])).toEqual([0.75, 0.75]);
  });

  it('goes over into the next one where that is near, and rests on the network where it is far', () => {
    expect(shown(knownAt({ 10: 1, 13: 0 }), [10, 11, 12, 13])).toEqual([1, 0.66667, 0.33333, 0]);
    expect(shown(knownAt({ 10: 1, 17: 1 }), [12.5, 13, 13.5, 14, 14.5])).toEqual([0.58333, 0.5, 0.5, 0.5, 0.58333]);
    expect(shown(knownAt({ 10: 1, 15: 1 }), [10, 12, 12.5, 13, 15])).toEqual([1, 0.66667, 0.66667, 0.66667, 1]);
  });

  it('is forgotten from a place on', () => {
    const known = knownAt({ 10: 1, 11: 1, 12: 1, 13: 1 });
    known.truncate(11.5);
    expect(shown(known, [11, 12, 13, 14])).toEqual([1, 0.83333, 0.66667, 0.5]);
    known.set(12, all(0));
    expect(shown(known, [11, 12])).toEqual([1, 0]);
    known.truncate(0);
    expect(shown(known, [9, 10, 11, 12])).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  it('is not found again a minute later', () => {
    const known = knownAt({ 10: 1 });
    for (let step = 1000; step < 2000; step++) known.set(step, all(0));
    expect(shown(known, [10 + 2048])).toEqual([0.5]);
    known.set(11 + 2048, all(0));
    expect(shown(known, [10 + 2048])).toEqual([0.16667]);
  });

  it('leaves to the network what it says, to the bit, where nothing is known', () => {
    const wanted = Float32Array.from({ length: MOUTH_PARAM_COUNT }, (_, i) => Math.sin(i + 1) ** 2);
    const before = wanted.slice();
    new KnownMouth().show(3.7, wanted);
    knownAt({ 50: 1 }).show(46.9, wanted);
    knownAt({ 50: 1 }).show(53, wanted);
    expect(wanted).toEqual(before);
  });
});
