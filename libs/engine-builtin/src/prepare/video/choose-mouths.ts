import { CONTROL_POINT_COUNT } from '../../bundle/control-points.ts';
import { median } from './clip-survey.ts';
import type { HeadModel } from './head-model.ts';
import type { ClipVerdict } from './judge-clip.ts';
import { pointWeights } from './mouth-basis.ts';
import type { MouthTrack } from './mouth-track.ts';
import type { TrackedFrame } from './track-clip.ts';

const MOST_MOUTHS = 140;
/** Of the good frames: a short clip doesn't give up half of its frames to the store. */
const PART_OF_FRAMES = 0.75;
/** Of the mouths: closed ones, for p, b and m. */
const CLOSED_PART = 0.18;
/** Against the frames around it. */
const SHARP = 0.72;
const NEIGHBOURS = 12;
/** A radian of another pose makes a mouth as different as this many units between its points: 20° are as much as a slight opening. */
const POSE_COSTS = 0.16;
/** Frames follow each other: those this near to a chosen one are its likes. */
const APART_FRAMES = 1;
/** Mouths that differ less (squared, units) are the same: clips show many a frame twice. */
const SAME = 0.003 ** 2;

/** Frames whose mouths are kept: sharp, and as different from each other in shape and pose as can be; closed ones first. */
export function chooseMouths(frames: readonly TrackedFrame[], verdict: ClipVerdict, head: HeadModel, mouth: MouthTrack): { frame: number; closed: boolean }[] {
  const good = frames.flatMap((frame, f) => (verdict.faults[f] === undefined && mouth.frames[f] && head.poses[f] && isSharp(frames, f) ? [{ f, frame }] : []));
  const weights = pointWeights();
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const vectors = new Map(
    good.map(({ f }) => {
      const { displacement } = mouth.frames[f]!;
      const vector = new Float64Array(CONTROL_POINT_COUNT * 2 + 3);
      for (let k = 0; k < CONTROL_POINT_COUNT * 2; k++) vector[k] = displacement[k]! * Math.sqrt(weights[k >> 1]! / total);
      head.poses[f]!.angles.forEach((angle, i) => (vector[CONTROL_POINT_COUNT * 2 + i] = POSE_COSTS * angle * (i === 2 ? 0.3 : 1)));
      return [f, vector];
    }),
  );
  const most = Math.min(MOST_MOUTHS, Math.floor(good.length * PART_OF_FRAMES));
  const shut = good.filter(({ f }) => mouth.frames[f]!.closed > 0.9).map(({ f }) => f);
  const closed = spread(shut, vectors, Math.round(most * CLOSED_PART), []);
  const chosen = spread(good.map(({ f }) => f).filter((f) => !closed.includes(f)), vectors, most - closed.length, closed);
  return [...closed.map((frame) => ({ frame, closed: true })), ...chosen.map((frame) => ({ frame, closed: mouth.frames[frame]!.closed > 0.9 }))];
}

function isSharp(frames: readonly TrackedFrame[], f: number): boolean {
  const around = frames.slice(Math.max(0, f - NEIGHBOURS), f + NEIGHBOURS + 1).filter(({ mesh }) => mesh).map(({ sharpness }) => sharpness);
  return frames[f]!.sharpness >= SHARP * median(around);
}

/** Each time the one that is furthest from all that were taken. */
function spread(candidates: readonly number[], vectors: ReadonlyMap<number, Float64Array>, count: number, taken: readonly number[]): number[] {
  const nearest = new Map(candidates.map((f) => [f, Math.min(Infinity, ...taken.map((other) => apart(vectors.get(f)!, vectors.get(other)!)))]));
  const chosen: number[] = [];
  while (chosen.length < count && nearest.size > 0) {
    let best = -1;
    let furthest = -1;
    for (const [f, distance] of nearest) {
      if (distance > furthest) {
        furthest = distance;
        best = f;
      }
    }
    if (furthest < SAME) break;
    chosen.push(best);
    for (let near = best - APART_FRAMES + 1; near < best + APART_FRAMES; near++) nearest.delete(near);
    for (const [f, distance] of nearest) nearest.set(f, Math.min(distance, apart(vectors.get(f)!, vectors.get(best)!)));
  }
  return chosen;
}

function apart(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

