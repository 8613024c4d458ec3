import type { Curve } from './curve.ts';

/** Small pictures of brightness over time, all of one size. */
export interface Thumbnails {
  atMs: number[];
  pictures: Float32Array[];
}

/** What changes slower than this is posture, breath and light, not speech. */
const SLOW_MS = 400;
const ROUNDS = 30;

/**
 * The change that a moving picture makes most of (its first principal component), which in a face that speaks is the mouth
 * opening. Found in one recording, it tells in another one of the same face how far that has gone: no landmarks needed, and cheap.
 */
export function mainMotion(reference: Thumbnails): Float32Array {
  const changes = quickChanges(reference);
  const size = changes[0]?.length ?? 0;
  let direction: Float32Array = Float32Array.from(changes.reduce((a, b) => (energy(a) > energy(b) ? a : b)));
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float32Array(size);
    for (const change of changes) {
      const share = dot(change, direction);
      for (let i = 0; i < size; i++) next[i] = next[i]! + share * change[i]!;
    }
    const length = Math.sqrt(energy(next));
    direction = next.map((value) => value / length);
  }
  return direction;
}

/** How far a recording has gone in a direction, over time. */
export function motionAlong(recording: Thumbnails, direction: Float32Array): Curve {
  return { atMs: recording.atMs, values: quickChanges(recording).map((change) => dot(change, direction)) };
}

/** Each picture without the mean of those around it. */
function quickChanges({ atMs, pictures }: Thumbnails): Float32Array[] {
  return pictures.map((picture, at) => {
    const around = pictures.filter((_, i) => Math.abs(atMs[i]! - atMs[at]!) <= SLOW_MS);
    return picture.map((value, i) => value - around.reduce((sum, other) => sum + other[i]!, 0) / around.length);
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function energy(a: Float32Array): number {
  return dot(a, a);
}
