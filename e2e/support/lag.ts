import { betweenMs, sampleCurve, shifted, type Curve } from './curve.ts';
import { pearson } from './statistics.ts';

export interface Lag {
  /** How much later `delayed` does the same; negative if earlier. */
  lagMs: number;
  /** Pearson's r at that lag. */
  correlation: number;
}

export interface LagRange {
  minMs: number;
  maxMs: number;
  stepMs?: number;
}

/**
 * The lag at which `delayed` resembles `reference` most. Both are compared at the instants of `delayed` that fall into the
 * reference at every lag in range, so that each lag is judged by the same number of values; a parabola through the best
 * three lags finds the peak between them.
 */
export function findLag(reference: Curve, delayed: Curve, { minMs, maxMs, stepMs = 2 }: LagRange): Lag {
  const [start, end] = [reference.atMs[0] ?? 0, reference.atMs.at(-1) ?? 0];
  const compared = betweenMs(delayed, start + maxMs, end + minMs);
  if (compared.atMs.length < 20) throw new RangeError(`only ${compared.atMs.length} values overlap at every lag`);
  const at = (lagMs: number) => pearson(compared.values, sampleCurve(shifted(reference, lagMs), compared.atMs));
  let best: Lag = { lagMs: minMs, correlation: -Infinity };
  for (let lagMs = minMs; lagMs <= maxMs; lagMs += stepMs) {
    const correlation = at(lagMs);
    if (correlation > best.correlation) best = { lagMs, correlation };
  }
  const [before, after] = [at(best.lagMs - stepMs), at(best.lagMs + stepMs)];
  const bend = before - 2 * best.correlation + after;
  const offset = bend < 0 ? Math.max(-1, Math.min(1, (before - after) / (2 * bend))) : 0;
  return { lagMs: best.lagMs + offset * stepMs, correlation: best.correlation };
}

export interface SoundMatch {
  /** Index in `heard` at which `sent` begins. */
  offset: number;
  /** Normalised cross-correlation there, up to 1. */
  correlation: number;
}

/** Speech lives below 1 kHz for the most part: at 16 kHz every 4th lag meets its peaks, and every 16th sample tells. */
const COARSE_STEP = 4;
const COARSE_STRIDE = 16;
const FINE_RANGE = 64;

/** Where in `heard` the sound `sent` is found: the peak of the normalised cross-correlation. Both at 16 kHz. */
export function findSound(sent: Float32Array, heard: Float32Array): SoundMatch {
  const last = heard.length - sent.length;
  if (last < 0) throw new RangeError(`${heard.length} samples cannot hold the ${sent.length} that were sent`);
  const coarse = bestOffset(sent, heard, 0, last, COARSE_STEP, COARSE_STRIDE);
  return bestOffset(sent, heard, Math.max(0, coarse.offset - FINE_RANGE), Math.min(last, coarse.offset + FINE_RANGE), 1, 1);
}

export interface TrackedSound {
  /** Mean of the pieces' correlations, weighted by their energy. */
  correlation: number;
  /** How far the pieces lie apart from each other's schedule, in samples: what a jitter buffer stretched or cut. */
  drift: number;
  /** Where pieces of the sound, in samples of what was sent, begin in what was heard. Rising. */
  pieces: { sentAt: number; heardAt: number }[];
}

/**
 * Like `findSound`, but piece by piece: a receiver stretches or cuts sound by some milliseconds to keep its buffer, which a
 * listener doesn't notice and a correlation over the whole would. Both at 16 kHz.
 */
export function trackSound(sent: Float32Array, heard: Float32Array, { pieceSamples = 4000, slackSamples = 2400 } = {}): TrackedSound {
  const whole = findSound(sent, heard);
  const last = heard.length - pieceSamples;
  const found: { sentAt: number; heardAt: number; correlation: number; energy: number }[] = [];
  let offset = whole.offset;
  for (let sentAt = 0; sentAt + pieceSamples <= sent.length; sentAt += pieceSamples) {
    const piece = sent.subarray(sentAt, sentAt + pieceSamples);
    const energy = piece.reduce((sum, value) => sum + value * value, 0);
    const at = offset + sentAt;
    const coarse = bestOffset(piece, heard, Math.max(0, at - slackSamples), Math.min(last, at + slackSamples), 2, 4);
    const fine = bestOffset(piece, heard, Math.max(0, coarse.offset - 8), Math.min(last, coarse.offset + 8), 1, 1);
    found.push({ sentAt, heardAt: fine.offset, correlation: fine.correlation, energy });
    if (fine.correlation > 0.8) offset = fine.offset - sentAt;
  }
  // A pause between words looks like any other, and says nothing about time.
  const loudest = Math.max(...found.map(({ energy }) => energy));
  const telling = found.filter(({ energy }) => energy > loudest / 20);
  const total = telling.reduce((sum, { energy }) => sum + energy, 0);
  const correlation = telling.reduce((sum, piece) => sum + piece.correlation * piece.energy, 0) / total;
  const pieces = telling.filter(({ correlation: r }) => r > 0.7).map(({ sentAt, heardAt }) => ({ sentAt, heardAt }));
  const offsets = pieces.map(({ sentAt, heardAt }) => heardAt - sentAt);
  return { correlation, drift: Math.max(...offsets) - Math.min(...offsets), pieces };
}

function bestOffset(sent: Float32Array, heard: Float32Array, from: number, to: number, step: number, stride: number): SoundMatch {
  let best: SoundMatch = { offset: from, correlation: -Infinity };
  for (let offset = from; offset <= to; offset += step) {
    const correlation = normalised(sent, heard, offset, stride);
    if (correlation > best.correlation) best = { offset, correlation };
  }
  return best;
}

function normalised(sent: Float32Array, heard: Float32Array, offset: number, stride: number): number {
  let [both, ofSent, ofHeard] = [0, 0, 0];
  for (let i = 0; i < sent.length; i += stride) {
    const [a, b] = [sent[i]!, heard[offset + i]!];
    both += a * b;
    ofSent += a * a;
    ofHeard += b * b;
  }
  return ofSent === 0 || ofHeard === 0 ? 0 : both / Math.sqrt(ofSent * ofHeard);
}
