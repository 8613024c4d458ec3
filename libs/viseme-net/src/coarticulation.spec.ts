import { describe, expect, it } from 'vitest';
import { coarticulation, MOUTH_STEP_MS, openingOf } from './coarticulation.ts';
import { MOUTH_PARAMS, param, visemesAtSteps, visemeSegments, VISEMES, type MouthParam, type PhoneAlphabet, type VisemeSegment } from './phonemes.ts';
import golden from './testing/coarticulation-golden.json' with { type: 'json' };

function curve(params: Float32Array, name: MouthParam): number[] {
  return Array.from({ length: params.length / MOUTH_PARAMS.length }, (_, step) => params[step * MOUTH_PARAMS.length + param[name]]!);
}

/** Segments one after the other, from time 0. */
function said(...parts: [viseme: VisemeSegment['viseme'], durationMs: number, nasal?: boolean][]): VisemeSegment[] {
  let startMs = 0;
  return parts.map(([viseme, durationMs, nasal = false], phone) => {
    const segment = { viseme, startMs, endMs: startMs + durationMs, nasal, vowel: false, phone };
    startMs += durationMs;
    return segment;
  });
}

describe('the truth from phone times', () => {
  it.each(golden.clips)('is the one that training learns from ($alphabet)', ({ alphabet, phones, visemes, params }) => {
    const segments = visemeSegments(phones.map(([symbol, startS, endS]) => ({ symbol: String(symbol), startMs: Number(startS) * 1000, endMs: Number(endS) * 1000 })), alphabet as PhoneAlphabet);
    const mine = coarticulation(segments, params.length);
    const furthest = Math.max(...params.flat().map((value, i) => Math.abs(value - mine[i]!)));
    expect(furthest).toBeLessThan(1e-3);
    expect(visemesAtSteps(segments, params.length).map((viseme) => VISEMES.indexOf(viseme))).toEqual(visemes);
  });

  it('rests where nobody speaks', () => {
    const params = coarticulation(said(['sil', 300], ['aa', 200], ['sil', 600]), 80);
    for (const name of MOUTH_PARAMS) expect(Math.max(...curve(params, name).slice(45))).toBeLessThan(0.01);
    expect(Math.max(...curve(params, 'jaw'))).toBeGreaterThan(0.65);
  });

  it('rests before, between and after phones, whether or not anybody names the silence', () => {
    const segments = [...said(['aa', 200], ['aa', 0]), ...said(['oh', 200])].map((segment, i) => ({ ...segment, startMs: segment.startMs + 1000 * (i + 1), endMs: segment.endMs + 1000 * (i + 1) }));
    const opening = openingOf(coarticulation(segments, 250));
    const open = [...opening.keys()].filter((step) => opening[step]! > 0.08).map((step) => step * MOUTH_STEP_MS);
    for (const ms of open) expect(segments.some(({ startMs, endMs }) => ms > startMs - 100 && ms < endMs + 100)).toBe(true);
    expect(open.length).toBeGreaterThan(15);
  });

  it('closes the lips before p and b, keeps them so for 40 ms, and opens them more slowly', () => {
    const params = coarticulation(said(['aa', 400], ['PP', 60], ['aa', 400]), 43);
    const press = curve(params, 'press');
    const shut = press.flatMap((value, step) => (value > 0.85 ? [step * MOUTH_STEP_MS] : []));
    expect(shut[0]).toBeLessThanOrEqual(400);
    expect(shut.at(-1)! - shut[0]!).toBeGreaterThanOrEqual(40);
    expect(press[(400 - 60) / MOUTH_STEP_MS]).toBeLessThan(0.05);
    expect(Math.min(...openingOf(params).slice(19, 23))).toBeLessThan(0.05);
  });

  it('keeps the lips of a nasal shut to its end, and opens those of a plosive with its burst', () => {
    const [nasal, plosive] = [true, false].map((isNasal) => curve(coarticulation(said(['aa', 200], ['PP', 120, isNasal], ['aa', 300]), 31), 'press'));
    expect(nasal![16]!).toBeGreaterThan(plosive![16]! + 0.1);
  });

  it('holds the shape through a short pause, and rests in a longer one', () => {
    const jawIn = (pauseMs: number) => curve(coarticulation(said(['aa', 200], ['sil', pauseMs], ['aa', 200]), 40), 'jaw')[Math.round((200 + pauseMs / 2) / MOUTH_STEP_MS)]!;
    expect(jawIn(100)).toBeGreaterThan(0.8);
    expect(jawIn(400)).toBeLessThan(0.1);
  });

  it('opens by jaw and lips, and shuts by press', () => {
    const of = (shape: Partial<Record<MouthParam, number>>) => openingOf(Float32Array.from(MOUTH_PARAMS, (name) => shape[name] ?? 0))[0]!;
    expect(of({ jaw: 1, upperLip: 1, lowerLip: 1 })).toBeCloseTo(1);
    expect(of({ jaw: 1 })).toBeCloseTo(0.7);
    expect(of({ jaw: 1, press: 1 })).toBe(0);
    expect(of({ jaw: 1, teeth: 1 })).toBeCloseTo(0.14);
  });
});
