import { MOUTH_PARAMS, param, phonemeTable, type ClosureRule, type MouthParam, type Viseme, type VisemeSegment } from './phonemes.ts';

/** Parameters of the mouth every so often: time 0 is the first, and each takes MOUTH_PARAMS.length values. */
export const MOUTH_STEP_MS = 20;
const PARAMS = MOUTH_PARAMS.length;
/** Curves are made at four times the rate and averaged by the last smoothing: closures don't start on the grid. */
const FINE = 4;
const FINE_MS = MOUTH_STEP_MS / FINE;
/** Further from a segment than this many time constants nothing of it is left. */
const REACH = 8;
/** Keeps sums that nothing is left of from being divided by nothing. */
const LEAST_WEIGHT = 1e-6;
/** How long silence lasts before and after all that is looked at. */
const SILENCE_AROUND_MS = 1000;

/** The truth as README.md defines it: what a mouth does that says these visemes, at times 0, 20, 40 … ms. `tools/viseme-net` has the same. */
export function coarticulation(segments: readonly VisemeSegment[], steps: number): Float32Array {
  const fineSteps = steps * FINE;
  const curves = Object.fromEntries(MOUTH_PARAMS.map((name) => [name, new Float64Array(fineSteps)])) as Record<MouthParam, Float64Array>;
  const withSilences = withRests(segments, steps * MOUTH_STEP_MS);
  for (const group of ['jaw', 'lips', 'shape', 'tongue'] as const) blend(withSilences, group, curves);
  for (const name of ['press', 'teeth'] as const) close(segments, phonemeTable.closures[name], curves[name]);
  const params = new Float32Array(steps * PARAMS);
  const kernel = smoothingKernel();
  MOUTH_PARAMS.forEach((name, i) => {
    for (let step = 0; step < steps; step++) params[step * PARAMS + i] = smoothedAt(curves[name], kernel, step * FINE);
  });
  return params;
}

/** The gap between the lips, 0…1, at each step of parameters. */
export function openingOf(params: Float32Array): Float32Array {
  const { jaw, upperLip, lowerLip, teethCloses } = phonemeTable.opening;
  return Float32Array.from({ length: params.length / PARAMS }, (_, step) => {
    const at = (name: MouthParam) => params[step * PARAMS + param[name]]!;
    return (jaw * at('jaw') + upperLip * at('upperLip') + lowerLip * at('lowerLip')) * (1 - at('press')) * (1 - teethCloses * at('teeth'));
  });
}

/** Where nobody speaks the mouth rests, said or not: before, between and after the phones, silence is a segment like others. */
function withRests(segments: readonly VisemeSegment[], endMs: number): Pick<VisemeSegment, 'viseme' | 'startMs' | 'endMs'>[] {
  const rest = (startMs: number, untilMs: number) => ({ viseme: 'sil' as Viseme, startMs, endMs: untilMs });
  const all = [rest(-SILENCE_AROUND_MS, -SILENCE_AROUND_MS)];
  for (const { viseme, startMs, endMs: until } of [...segments, rest(endMs + SILENCE_AROUND_MS, endMs + SILENCE_AROUND_MS)]) {
    if (startMs - all.at(-1)!.endMs > 1) {
      if (all.at(-1)!.viseme === 'sil') all.at(-1)!.endMs = startMs;
      else all.push(rest(all.at(-1)!.endMs, startMs));
    }
    const last = all.at(-1)!;
    if (viseme === 'sil' && last.viseme === 'sil') last.endMs = Math.max(last.endMs, until);
    else all.push({ viseme, startMs, endMs: until });
  }
  return all;
}

/** Dominance functions after Cohen and Massaro (1993). */
function blend(segments: readonly Pick<VisemeSegment, 'viseme' | 'startMs' | 'endMs'>[], group: 'jaw' | 'lips' | 'shape' | 'tongue', curves: Record<MouthParam, Float64Array>): void {
  const names = phonemeTable.groups[group];
  const { before, after } = phonemeTable.decayMs[group];
  const steps = curves[names[0]!].length;
  const weight = new Float64Array(steps).fill(LEAST_WEIGHT);
  for (const { viseme, startMs, endMs } of segments) {
    // A short pause holds the shape: it has no say.
    if (viseme === 'sil' && endMs - startMs < phonemeTable.holdPauseMs) continue;
    const most = phonemeTable.dominance[viseme][group];
    const first = Math.max(0, Math.ceil((startMs - REACH * before) / FINE_MS));
    const end = Math.min(steps, Math.ceil((endMs + REACH * after) / FINE_MS));
    for (let i = first; i < end; i++) {
      const ms = i * FINE_MS;
      const dominance = most * Math.exp(-Math.max(startMs - ms, 0) / before - Math.max(ms - endMs, 0) / after);
      weight[i]! += dominance;
      for (const name of names) curves[name][i]! += dominance * phonemeTable.targets[viseme][name];
    }
  }
  for (const name of names) for (let i = 0; i < steps; i++) curves[name][i]! /= weight[i]!;
}

/** Shut when the segment begins, opened by the burst of a plosive or at the end of a nasal. */
function close(segments: readonly VisemeSegment[], rule: ClosureRule, curve: Float64Array): void {
  for (const { viseme, startMs, endMs, nasal } of segments) {
    if (viseme !== rule.viseme) continue;
    const releasedMs = nasal ? 0 : Math.min(rule.releasedPart * (endMs - startMs), rule.releasedMostMs);
    const shutUntilMs = Math.max(endMs - releasedMs, startMs + rule.leastMs);
    const first = Math.max(0, Math.ceil((startMs - rule.riseMs) / FINE_MS));
    const end = Math.min(curve.length, Math.ceil((shutUntilMs + rule.fallMs) / FINE_MS));
    for (let i = first; i < end; i++) {
      const ms = i * FINE_MS;
      const part = Math.min((ms - startMs + rule.riseMs) / rule.riseMs, (shutUntilMs + rule.fallMs - ms) / rule.fallMs);
      curve[i] = Math.max(curve[i]!, eased(Math.min(Math.max(part, 0), 1)));
    }
  }
}

function eased(x: number): number {
  return x * x * (3 - 2 * x);
}

function smoothingKernel(): Float64Array {
  const sigma = phonemeTable.smoothMs / FINE_MS;
  const reach = Math.ceil(3 * sigma);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const sum = kernel.reduce((total, value) => total + value, 0);
  return kernel.map((value) => value / sum);
}

/** Beyond its ends a curve goes on as it is there. */
function smoothedAt(curve: Float64Array, kernel: Float64Array, at: number): number {
  const reach = (kernel.length - 1) / 2;
  return kernel.reduce((sum, part, i) => sum + part * curve[Math.min(Math.max(at + i - reach, 0), curve.length - 1)]!, 0);
}
