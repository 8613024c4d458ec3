import { coarticulation, MOUTH_STEP_MS, openingOf } from './coarticulation.ts';
import { classOfViseme, MOUTH_PARAMS, param, phonemeTable, VISEMES, visemesAtSteps, type MouthParam, type Viseme, type VisemeSegment } from './phonemes.ts';

/** What a system makes of a mouth, at times 0, 20, 40 … ms. */
export interface MouthMotion {
  /** MOUTH_PARAMS.length values a step. */
  params: Float32Array;
  /** The likeliest viseme of each step, from systems that tell. */
  visemes?: readonly Viseme[];
}

interface Tally {
  seen: number;
  of: number;
}

/** The figures of one clip, in the form in which clips add up. */
export interface ClipFigures {
  voice: string;
  opening: Float32Array;
  truth: Float32Array;
  accuracy: Tally;
  closures: Tally;
  falseClosures: Tally;
  lipTeeth: Tally;
  rounded: Tally;
  silentOpening: Tally;
  /** `seen` is the sum of second differences over `of` steps. */
  jitter: Tally;
  /** Positive: the mouth is late. Undefined where it doesn't move, or for too short a time. */
  offsetMs: number | undefined;
}

/** As README.md defines them; undefined where nothing was there to be judged. */
export interface LipSyncFigures {
  correlation: number | undefined;
  accuracy: number | undefined;
  closures: number | undefined;
  falseClosures: number | undefined;
  lipTeeth: number | undefined;
  rounded: number | undefined;
  silentOpening: number | undefined;
  offsetMs: number | undefined;
  jitter: number | undefined;
}

const PARAMS = MOUTH_PARAMS.length;
const CONTACT_WINDOW_MS = 40;
const CONTACT = 0.5;
const CLOSED_OPENING = 0.1;
const FALSE_CLOSURE_MS = 80;
const ROUND = 0.4;
const OPEN = 0.08;
const SILENCE_MS = 150;
const MOST_OFFSET_MS = 200;
const LEAST_COMPARED_STEPS = 20;
const STEADY_VOWEL_MS = 120;
const VOWEL_EDGE_MS = 40;

/** Judges what a system made of a clip in which these segments are said. */
export function clipFigures(voice: string, segments: readonly VisemeSegment[], motion: MouthMotion): ClipFigures {
  const steps = motion.params.length / PARAMS;
  const opening = openingOf(motion.params);
  const truth = openingOf(coarticulation(segments, steps));
  const at = (name: MouthParam, step: number) => motion.params[step * PARAMS + param[name]]!;
  const said = visemesAtSteps(segments, steps);
  const spoken = segments.filter(({ viseme }) => viseme !== 'sil');
  const of = (viseme: Viseme) => segments.filter((segment) => segment.viseme === viseme);
  const contacts = (viseme: Viseme, shows: (step: number) => boolean) =>
    tally(of(viseme), ({ startMs, endMs }) => stepsBetween(startMs - CONTACT_WINDOW_MS, endMs + CONTACT_WINDOW_MS, steps).some(shows));
  const farFrom = (some: readonly VisemeSegment[], ms: number) => {
    const near = new Uint8Array(steps);
    for (const { startMs, endMs } of some) for (const step of stepsBetween(startMs - ms, endMs + ms, steps)) near[step] = 1;
    return Array.from(near.keys()).filter((step) => near[step] === 0);
  };
  return {
    voice,
    opening,
    truth,
    accuracy: tally(said, (viseme, step) => classAt(motion, step) === classOfViseme(viseme)),
    closures: contacts('PP', (step) => at('press', step) >= CONTACT && opening[step]! <= CLOSED_OPENING),
    falseClosures: { seen: farFrom(of('PP'), FALSE_CLOSURE_MS).filter((step) => at('press', step) >= CONTACT).length, of: steps },
    lipTeeth: contacts('FF', (step) => at('teeth', step) >= CONTACT),
    rounded: tally(
      segments.filter(({ viseme, vowel }) => vowel && (viseme === 'oh' || viseme === 'ou')),
      ({ startMs, endMs }) => {
        const roundest = stepsWithin(startMs, endMs, steps).reduce((best, step) => (at('round', step) > at('round', best) ? step : best));
        return at('round', roundest) >= ROUND && at('round', roundest) > at('spread', roundest);
      },
    ),
    silentOpening: tally(farFrom(spoken, SILENCE_MS), (step) => opening[step]! > OPEN),
    jitter: jitterIn(segments, opening),
    offsetMs: offsetMs(truth, opening),
  };
}

/** All clips of a condition together. */
export function sumOfFigures(clips: readonly ClipFigures[]): LipSyncFigures {
  const part = (name: 'accuracy' | 'closures' | 'falseClosures' | 'lipTeeth' | 'rounded' | 'silentOpening' | 'jitter') => {
    const of = clips.reduce((sum, clip) => sum + clip[name].of, 0);
    return of === 0 ? undefined : clips.reduce((sum, clip) => sum + clip[name].seen, 0) / of;
  };
  const voices = [...new Set(clips.map(({ voice }) => voice))].map((voice) => clips.filter((clip) => clip.voice === voice));
  const correlations = voices.map((own) => pearson(own.flatMap(({ opening }) => [...opening]), own.flatMap(({ truth }) => [...truth])));
  const offsets = clips.flatMap((clip) => clip.offsetMs ?? []).sort((a, b) => a - b);
  return {
    correlation: correlations.length === 0 ? undefined : correlations.reduce((sum, r) => sum + r, 0) / correlations.length,
    accuracy: part('accuracy'),
    closures: part('closures'),
    falseClosures: part('falseClosures'),
    lipTeeth: part('lipTeeth'),
    rounded: part('rounded'),
    silentOpening: part('silentOpening'),
    offsetMs: offsets.length === 0 ? undefined : (offsets[(offsets.length - 1) >> 1]! + offsets[offsets.length >> 1]!) / 2,
    jitter: part('jitter'),
  };
}

/**
 * How much later `opening` does what `truth` does: the lag of the greatest correlation within ±200 ms, each lag judged by the same
 * steps of the opening; a parabola through the best three finds the peak between steps.
 */
export function offsetMs(truth: Float32Array, opening: Float32Array): number | undefined {
  const most = MOST_OFFSET_MS / MOUTH_STEP_MS;
  const compared = opening.subarray(most, opening.length - most);
  if (compared.length < LEAST_COMPARED_STEPS) return undefined;
  const at = (lag: number) => pearson(compared, truth.subarray(most - lag, most - lag + compared.length));
  const correlations = Array.from({ length: 2 * most + 1 }, (_, i) => at(i - most));
  const best = correlations.indexOf(Math.max(...correlations));
  if (correlations[best]! <= 0) return undefined;
  const [before, peak, after] = [correlations[best - 1], correlations[best]!, correlations[best + 1]];
  const bend = before === undefined || after === undefined ? 0 : before - 2 * peak + after;
  return (best - most + (bend < 0 ? (before! - after!) / (2 * bend) : 0)) * MOUTH_STEP_MS;
}

/** Pearson's r; 0 where one of the two doesn't vary. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = Math.min(a.length, b.length);
  let [sumA, sumB, ab, aa, bb] = [0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    sumA += a[i]!;
    sumB += b[i]!;
  }
  for (let i = 0; i < count; i++) {
    const [da, db] = [a[i]! - sumA / count, b[i]! - sumB / count];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

function classAt({ params, visemes }: MouthMotion, step: number) {
  return classOfViseme(visemes?.[step] ?? nearestViseme(params.subarray(step * PARAMS, (step + 1) * PARAMS)));
}

/** The viseme whose target lies nearest in the eight parameters. */
export function nearestViseme(shape: Float32Array): Viseme {
  const distance = (viseme: Viseme) => MOUTH_PARAMS.reduce((sum, name, i) => sum + (shape[i]! - phonemeTable.targets[viseme][name]) ** 2, 0);
  return VISEMES.reduce((best, viseme) => (distance(viseme) < distance(best) ? viseme : best));
}

/** How much the opening trembles inside vowels that stay. */
function jitterIn(segments: readonly VisemeSegment[], opening: Float32Array): Tally {
  const sum: Tally = { seen: 0, of: 0 };
  for (const { startMs, endMs } of vowelsOf(segments)) {
    if (endMs - startMs < STEADY_VOWEL_MS) continue;
    const inside = stepsBetween(startMs + VOWEL_EDGE_MS, endMs - VOWEL_EDGE_MS, opening.length);
    for (const step of inside.slice(1, -1)) {
      sum.seen += Math.abs(opening[step - 1]! - 2 * opening[step]! + opening[step + 1]!);
      sum.of++;
    }
  }
  return sum;
}

/** Vowels with both their visemes. */
function vowelsOf(segments: readonly VisemeSegment[]): { startMs: number; endMs: number }[] {
  const vowels = new Map<number, { startMs: number; endMs: number }>();
  for (const { vowel, phone, startMs, endMs } of segments) if (vowel) vowels.set(phone, { startMs: vowels.get(phone)?.startMs ?? startMs, endMs });
  return [...vowels.values()];
}

function tally<T>(all: readonly T[], isSeen: (one: T, index: number) => boolean): Tally {
  return { seen: all.filter(isSeen).length, of: all.length };
}

/** The steps from one moment to another, both included. */
function stepsBetween(fromMs: number, toMs: number, steps: number): number[] {
  const first = Math.max(0, Math.ceil(fromMs / MOUTH_STEP_MS - 1e-9));
  const last = Math.min(steps - 1, Math.floor(toMs / MOUTH_STEP_MS + 1e-9));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}

/** The same, and the nearest step where none lies inside. */
function stepsWithin(fromMs: number, toMs: number, steps: number): number[] {
  const inside = stepsBetween(fromMs, toMs, steps);
  return inside.length > 0 ? inside : [Math.min(steps - 1, Math.max(0, Math.round((fromMs + toMs) / 2 / MOUTH_STEP_MS)))];
}
