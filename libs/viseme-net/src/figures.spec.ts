import { describe, expect, it } from 'vitest';
import { coarticulation, MOUTH_STEP_MS } from './coarticulation.ts';
import { clipFigures, nearestViseme, offsetMs, pearson, sumOfFigures, type MouthMotion } from './figures.ts';
import { MOUTH_PARAMS, param, phonemeTable, visemesAtSteps, visemeSegments, VISEMES, type MouthParam, type VisemeSegment } from './phonemes.ts';

const PARAMS = MOUTH_PARAMS.length;

/** A sentence with all that is counted: silence before and after, closures, lip-teeth contacts, round and long vowels. */
const PHONES = 'pau 500 p 70 aa1 180 f 90 ow1 200 b 60 ae1 170 v 80 iy1 160 m 90 uw1 190 t 60 ay1 200 s 110 ah0 90 b 80 ao1 210 k 70 eh1 160 pau 500'.split(' ');
const segments = visemeSegments(inARow(PHONES), 'arpabet');
const STEPS = Math.ceil(segments.at(-1)!.endMs / MOUTH_STEP_MS);

function inARow(words: readonly string[]) {
  let startMs = 0;
  return words.flatMap((symbol, i) => {
    if (i % 2 === 1) return [];
    const phone = { symbol, startMs, endMs: startMs + Number(words[i + 1]) };
    startMs = phone.endMs;
    return [phone];
  });
}

/** The truth, changed in one parameter at some steps. */
function truth(change: Partial<Record<MouthParam, (value: number, step: number) => number>> = {}): MouthMotion {
  const params = coarticulation(segments, STEPS);
  for (const [name, changed] of Object.entries(change)) {
    for (let step = 0; step < STEPS; step++) {
      const at = step * PARAMS + param[name as MouthParam];
      params[at] = changed(params[at]!, step);
    }
  }
  return { params };
}

function late({ params }: MouthMotion, byMs: number): MouthMotion {
  const by = (byMs / MOUTH_STEP_MS) * PARAMS;
  return { params: params.map((_, i) => params[i - by] ?? params[i % PARAMS]!) };
}

function figuresOf(motion: MouthMotion, said: readonly VisemeSegment[] = segments) {
  return sumOfFigures([clipFigures('one', said, motion)]);
}

describe('the figures', () => {
  it('of the truth itself are as good as can be', () => {
    const figures = figuresOf({ ...truth(), visemes: visemesAtSteps(segments, STEPS) });
    expect(figures).toMatchObject({ accuracy: 1, closures: 1, falseClosures: 0, lipTeeth: 1, rounded: 1, silentOpening: 0 });
    expect(figures.correlation).toBeCloseTo(1);
    expect(figures.offsetMs).toBeCloseTo(0, 0);
  });

  it.each([-60, -20, 40, 100])('see a mouth that is late by %d ms', (byMs) => {
    const figures = figuresOf(late(truth(), byMs));
    expect(Math.abs(figures.offsetMs! - byMs)).toBeLessThan(5);
    expect(figures.correlation).toBeLessThan(0.99);
  });

  it('find an offset between steps', () => {
    const wave = (lateMs: number) => Float32Array.from({ length: 200 }, (_, i) => Math.sin((i * 20 - lateMs) / 140) + 0.6 * Math.sin((i * 20 - lateMs) / 61 + 1));
    for (const byMs of [-33, 7, 52]) expect(Math.abs(offsetMs(wave(0), wave(byMs))! - byMs)).toBeLessThan(2);
  });

  it('have no offset where nothing moves, or for too short a time', () => {
    expect(offsetMs(truth().params.subarray(0, 100), new Float32Array(100))).toBeUndefined();
    expect(offsetMs(new Float32Array(30), new Float32Array(30))).toBeUndefined();
    expect(figuresOf({ params: new Float32Array(STEPS * PARAMS) }).correlation).toBe(0);
  });

  it('count closures that are missed, left open, or seen where there are none', () => {
    expect(figuresOf(truth({ press: () => 0 })).closures).toBe(0);
    const closures = segments.filter(({ viseme }) => viseme === 'PP');
    const first = closures[0]!;
    const around = (step: number) => Math.abs(step * MOUTH_STEP_MS - (first.startMs + first.endMs) / 2) < 120;
    expect(figuresOf(truth({ press: (value, step) => (around(step) ? 0 : value) })).closures).toBeCloseTo(1 - 1 / closures.length);
    // Pressed by half, over an open jaw: no closure that anybody would see.
    expect(figuresOf(truth({ press: (value) => Math.min(value, 0.5), jaw: () => 1 })).closures).toBe(0);
    expect(figuresOf(truth({ press: () => 1 })).falseClosures).toBeGreaterThan(0.3);
    expect(figuresOf(truth({ press: (value, step) => (step < 10 ? 0.6 : value) })).falseClosures).toBeCloseTo(10 / STEPS);
  });

  it('count lip-teeth contacts', () => {
    expect(figuresOf(truth({ teeth: (value) => value * 0.4 })).lipTeeth).toBe(0);
  });

  it('want rounded vowels round, and rounder than spread', () => {
    expect(figuresOf(truth({ round: (value) => value * 0.3 })).rounded).toBe(0);
    expect(figuresOf(truth({ spread: () => 1 })).rounded).toBe(0);
    const glide = visemeSegments(inARow('pau 300 w 100 pau 300'.split(' ')), 'arpabet');
    expect(figuresOf({ params: new Float32Array(35 * PARAMS) }, glide).rounded).toBeUndefined();
  });

  it('see a mouth that opens in silence, not one that opens before its word', () => {
    expect(figuresOf(truth({ jaw: (value, step) => (step < 5 ? 0.2 : value) })).silentOpening).toBeGreaterThan(0.05);
    expect(figuresOf(truth({ jaw: (value, step) => (step > 18 && step < 25 ? 0.5 : value) })).silentOpening).toBe(0);
    const noise = figuresOf({ params: truth({ jaw: () => 0.5 }).params }, []);
    expect(noise.silentOpening).toBeGreaterThan(0.8);
    expect(noise.closures).toBeUndefined();
  });

  it('see a vowel that trembles', () => {
    const steady = figuresOf(truth()).jitter!;
    const trembling = figuresOf(truth({ jaw: (value, step) => value + (step % 2) * 0.1 })).jitter!;
    expect(trembling - steady).toBeGreaterThan(0.05);
  });

  it('take the class of the likeliest viseme, or of the nearest target', () => {
    for (const viseme of VISEMES) expect(nearestViseme(Float32Array.from(MOUTH_PARAMS, (name) => phonemeTable.targets[viseme][name]))).toBe(viseme);
    const wrong = new Array(STEPS).fill('PP');
    const isClosed = visemesAtSteps(segments, STEPS).filter((viseme) => viseme === 'PP').length / STEPS;
    expect(figuresOf({ ...truth(), visemes: wrong }).accuracy).toBeCloseTo(isClosed);
    const nearest = figuresOf(truth()).accuracy!;
    expect(nearest).toBeGreaterThan(0.6);
    expect(nearest).toBeLessThan(1);
  });
});

describe('clips together', () => {
  it('are correlated voice by voice, whatever each voice has of clips', () => {
    const good = clipFigures('good', segments, truth());
    const bad = clipFigures('bad', segments, { params: new Float32Array(STEPS * PARAMS) });
    expect(sumOfFigures([good, good, good, bad]).correlation).toBeCloseTo(0.5);
  });

  it('have the median offset, and sums of counts', () => {
    const clips = [0, 20, 60].map((byMs) => clipFigures('one', segments, late(truth(), byMs)));
    expect(Math.abs(sumOfFigures(clips).offsetMs! - 20)).toBeLessThan(5);
    expect(sumOfFigures([...clips, clipFigures('one', segments, truth({ press: () => 0 }))]).closures).toBeCloseTo(0.75);
    expect(sumOfFigures([])).toMatchObject({ correlation: undefined, closures: undefined, offsetMs: undefined });
  });

  it('correlate as Pearson does', () => {
    expect(pearson([1, 2, 3], [2, 4, 6])).toBeCloseTo(1);
    expect(pearson([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8);
    expect(pearson([1, 2, 3], [5, 5, 5])).toBe(0);
  });
});
