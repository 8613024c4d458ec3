import { contour, xOf, yOf } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { median, quantile } from './clip-survey.ts';
import { placeOfSample, STRIP_LINES, STRIP_SAMPLES } from './lip-strip.ts';
import { solve } from './smoothing.ts';

/*
 * The mesh sees about half of the gap between lips, and none where teeth fill it. What is between the lips is not of their colour: over
 * the whole clip it can be told what this person's lips look like, and then where they end.
 */

/** Where lips are in any frame, open or not: from the outer edges inwards. */
const UPPER_SEED = [0.1, 0.24] as const;
const LOWER_SEED = [0.74, 0.92] as const;
/** The inner edges lie between these. */
const INNER_FROM = 0.14;
const INNER_TO = 0.86;
/** Standard deviations (squared, halved) from the lips' colour, from which on a sample is rather inside. */
const THRESHOLD = 3.2;
/** One sample says no more than this. The tongue looks like a lip, and is passed over where teeth lie on both sides of it. */
const MOST_FOR = 4;
const MOST_AGAINST = 1.6;
/** What the mesh holds to be inside has this much for it. */
const MESH_SAYS = 0.8;
/** Lips differ at least by this much from frame to frame: compression, in grey values. */
const LEAST_SPREAD = 3;
/** Where the mesh sees lips wide apart (parts of their height) and colours don't, in more than this part of the frames, colours tell nothing. */
const WIDE = 0.3;
const TRUSTED = 0.6;
/** A gap that only the mesh sees is none below this part of the lips' height: it leaves one between lips that touch. */
const MESH_SHUT = 0.16;

interface Edges {
  /** For each line, parts of the way from the upper lip's outer edge to the lower one's. */
  upper: Float64Array;
  lower: Float64Array;
}

/** Meshes whose inner lips lie where the picture has them; where colours tell nothing they stay as they are. */
export function refineInnerLips(meshes: readonly (FaceMesh | undefined)[], strips: readonly (Uint8Array | undefined)[]): (FaceMesh | undefined)[] {
  const seeds = strips.map((strip) => strip && seedsOf(strip));
  const upper = spreadOf(strips, seeds, 'upper');
  const lower = spreadOf(strips, seeds, 'lower');
  const found = meshes.map((mesh, f) => (mesh && strips[f] && seeds[f] ? edgesOf(strips[f], seeds[f], upper, lower, mesh) : undefined));
  if (!colourTells(meshes, found)) return [...meshes];
  return meshes.map((mesh, f) => {
    if (!mesh || !found[f]) return mesh;
    const near = [f - 1, f, f + 1].flatMap((i) => found[i] ?? []);
    const steady = (pick: (edges: Edges) => Float64Array): Float64Array => Float64Array.from({ length: STRIP_LINES }, (_, line) => median(near.length === 3 ? near.map((edges) => pick(edges)[line]!) : [pick(found[f]!)[line]!]));
    return withInnerLips(mesh, acrossLines(steady((edges) => edges.upper)), acrossLines(steady((edges) => edges.lower)));
  });
}

interface Seeds {
  /** Median colour of each lip, left to right in three parts. */
  upper: number[][];
  lower: number[][];
}

const PARTS = 3;
const partOf = (line: number): number => Math.floor((line * PARTS) / STRIP_LINES);

function seedsOf(strip: Uint8Array): Seeds {
  const of = ([from, to]: readonly [number, number]): number[][] =>
    Array.from({ length: PARTS }, (_, part) =>
      [0, 1, 2].map((channel) => {
        const values: number[] = [];
        for (let line = 0; line < STRIP_LINES; line++) {
          if (partOf(line) !== part) continue;
          for (let i = 0; i < STRIP_SAMPLES; i++) if (placeOfSample(i) >= from && placeOfSample(i) <= to) values.push(strip[(line * STRIP_SAMPLES + i) * 3 + channel]!);
        }
        return median(values);
      }),
    );
  return { upper: of(UPPER_SEED), lower: of(LOWER_SEED) };
}

/** The inverse covariance of a lip's colour around its median, over the clip. */
function spreadOf(strips: readonly (Uint8Array | undefined)[], seeds: readonly (Seeds | undefined)[], lip: 'upper' | 'lower'): Float64Array {
  const [from, to] = lip === 'upper' ? UPPER_SEED : LOWER_SEED;
  const covariance = new Float64Array(9);
  let count = 0;
  strips.forEach((strip, f) => {
    if (!strip || f % 2 === 1) return;
    for (let line = 0; line < STRIP_LINES; line++) {
      const mean = seeds[f]![lip][partOf(line)]!;
      for (let i = 0; i < STRIP_SAMPLES; i++) {
        const place = placeOfSample(i);
        if (place < from || place > to) continue;
        const d = [0, 1, 2].map((channel) => strip[(line * STRIP_SAMPLES + i) * 3 + channel]! - mean[channel]!);
        // Teeth or skin among the seeds would widen it.
        if (Math.abs(d[0]!) > 40 || Math.abs(d[2]!) > 14) continue;
        count++;
        for (let r = 0; r < 3; r++) for (let c = 0; c < 3; c++) covariance[r * 3 + c]! += d[r]! * d[c]!;
      }
    }
  });
  for (let k = 0; k < 9; k++) covariance[k]! /= Math.max(1, count);
  covariance[0]! += LEAST_SPREAD ** 2;
  covariance[4]! += (LEAST_SPREAD / 3) ** 2;
  covariance[8]! += (LEAST_SPREAD / 3) ** 2;
  const inverse = new Float64Array(9);
  for (let c = 0; c < 3; c++) solve(covariance, Float64Array.from([0, 1, 2], (r) => (r === c ? 1 : 0)), 3).forEach((value, r) => (inverse[r * 3 + c] = value));
  return inverse;
}

function edgesOf(strip: Uint8Array, seeds: Seeds, upper: Float64Array, lower: Float64Array, mesh: FaceMesh): Edges {
  const edges: Edges = { upper: new Float64Array(STRIP_LINES), lower: new Float64Array(STRIP_LINES) };
  for (let line = 0; line < STRIP_LINES; line++) {
    const [from, to] = meshEdges(mesh, line);
    let sum = 0;
    let start = 0;
    let best = 0;
    let bestFrom = -1;
    let bestTo = -1;
    for (let i = 0; i < STRIP_SAMPLES; i++) {
      const place = placeOfSample(i);
      if (place < INNER_FROM || place > INNER_TO) continue;
      const colour = strip.subarray((line * STRIP_SAMPLES + i) * 3, (line * STRIP_SAMPLES + i) * 3 + 3);
      const likeUpper = place < 0.62 ? away(colour, seeds.upper[partOf(line)]!, upper) : Infinity;
      const likeLower = place > 0.3 ? away(colour, seeds.lower[partOf(line)]!, lower) : Infinity;
      const says = Math.min(MOST_FOR, Math.max(-MOST_AGAINST, Math.min(likeUpper, likeLower) / 2 - THRESHOLD)) + (place >= from && place <= to ? MESH_SAYS : 0);
      if (sum <= 0) {
        sum = 0;
        start = i;
      }
      sum += says;
      if (sum > best) {
        best = sum;
        bestFrom = start;
        bestTo = i;
      }
    }
    const half = placeOfSample(1) / 2 - placeOfSample(0) / 2;
    const nothing = bestFrom < 0;
    const shut = to - from < MESH_SHUT;
    edges.upper[line] = nothing ? (shut ? (from + to) / 2 : from) : placeOfSample(bestFrom) - half;
    edges.lower[line] = nothing ? (shut ? (from + to) / 2 : to) : placeOfSample(bestTo) + half;
  }
  return edges;
}

function away(colour: Uint8Array, mean: readonly number[], inverse: Float64Array): number {
  const d = [colour[0]! - mean[0]!, colour[1]! - mean[1]!, colour[2]! - mean[2]!] as const;
  let sum = 0;
  for (let r = 0; r < 3; r++) for (let c = 0; c < 3; c++) sum += d[r]! * inverse[r * 3 + c]! * d[c]!;
  return sum;
}

/** Where the mesh has the inner edges on a line. */
function meshEdges(mesh: FaceMesh, line: number): [number, number] {
  const up = contour.outerLipUpper[line + 1]!;
  const low = contour.outerLipLower[line + 1]!;
  const along = (index: number): number => {
    const dx = xOf(mesh, low) - xOf(mesh, up);
    const dy = yOf(mesh, low) - yOf(mesh, up);
    return ((xOf(mesh, index) - xOf(mesh, up)) * dx + (yOf(mesh, index) - yOf(mesh, up)) * dy) / Math.max(1e-6, dx * dx + dy * dy);
  };
  const from = along(contour.innerLipUpper[line + 1]!);
  return [from, Math.max(from, along(contour.innerLipLower[line + 1]!))];
}

function colourTells(meshes: readonly (FaceMesh | undefined)[], found: readonly (Edges | undefined)[]): boolean {
  const centre = STRIP_LINES >> 1;
  const wide = meshes.flatMap((mesh, f) => {
    if (!mesh || !found[f]) return [];
    const [from, to] = meshEdges(mesh, centre);
    return to - from > WIDE ? [found[f].lower[centre]! - found[f].upper[centre]! > 0.8 * (to - from)] : [];
  });
  return wide.length === 0 || wide.filter(Boolean).length > TRUSTED * wide.length;
}

/** Neighbouring lines agree. */
function acrossLines(values: Float64Array): Float64Array {
  return values.map((value, i) => {
    const around = [values[Math.max(0, i - 1)]!, value, values[Math.min(values.length - 1, i + 1)]!];
    return 0.5 * quantile(around, 0.5) + 0.5 * (around[0]! + 2 * around[1]! + around[2]!) * 0.25;
  });
}

/** Moves the inner points along the way between the lips; those next to the corners stay. */
function withInnerLips(mesh: FaceMesh, upper: Float64Array, lower: Float64Array): FaceMesh {
  const moved = mesh.slice();
  for (let line = 1; line < STRIP_LINES - 1; line++) {
    const up = contour.outerLipUpper[line + 1]!;
    const low = contour.outerLipLower[line + 1]!;
    const [from, to] = meshEdges(mesh, line);
    const shift = (index: number, by: number): void => {
      moved[index * 3]! += by * (xOf(mesh, low) - xOf(mesh, up));
      moved[index * 3 + 1]! += by * (yOf(mesh, low) - yOf(mesh, up));
    };
    shift(contour.innerLipUpper[line + 1]!, upper[line]! - from);
    shift(contour.innerLipLower[line + 1]!, lower[line]! - to);
  }
  return moved;
}
