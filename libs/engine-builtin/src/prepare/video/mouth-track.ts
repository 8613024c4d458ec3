import { controlPoints, CONTROL_POINT_COUNT } from '../../bundle/control-points.ts';
import { faceGeometry } from '../../face/face-geometry.ts';
import type { FaceGeometry } from '../../face/face-geometry.ts';
import { LANDMARK_COUNT } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { confirmClosed } from './confirm-closed.ts';
import { toHead } from './head-model.ts';
import type { HeadModel, HeadPose } from './head-model.ts';
import { median, quantile } from './clip-survey.ts';
import { smoothSeries, solve } from './smoothing.ts';

/*
 * The mouth of each frame, without the head's motion: where the control points lie on the head that looks straight ahead, compared with
 * the person's own mouth at rest.
 */

/** Points of the upper and the lower inner edge that meet where lips are closed. */
export const INNER_PAIRS = [
  [80, 88],
  [81, 178],
  [82, 87],
  [13, 14],
  [312, 317],
  [311, 402],
  [310, 318],
] as const;
const placeOf = new Map(controlPoints.map((index, i) => [index, i]));
/** The same pairs, as places in `controlPoints`. */
export const innerPairs = INNER_PAIRS.map(([upper, lower]) => [placeOf.get(upper)!, placeOf.get(lower)!] as const);

/** Lips closer than this touch, in units: what the mesh leaves between closed lips. */
const TOUCHING = 0.013;
const LIPS_APART = 0.035;

export interface MouthFrame {
  /** points × 2: how far the control points are from rest, in units along the face's own axes. */
  displacement: Float64Array;
  /** points × 3: where they are on the head that looks straight ahead. */
  onHead: readonly number[];
  /** Mean distance of the inner edges of the lips, in units. */
  gap: number;
  /** 1 where the lips touch, 0 where they are apart. */
  closed: number;
}

export interface MouthTrack {
  /** Of the head looking straight ahead, with the mouth at rest. */
  face: FaceGeometry;
  restMesh: FaceMesh;
  frames: (MouthFrame | undefined)[];
  /** Where the control points at rest seem to lie on the head in this pose: the mesh's depth is not true, so they move with it. points × 3. */
  restOnHead(pose: HeadPose): Float64Array;
  /** Part of the frames whose lips touch. */
  closedPart: number;
}

/** Mouths with fewer closed frames are closed by us. */
const FEWEST_CLOSED = 3;
const RIDGE = 1e-3;
/** One frame to each side: consonants last two or three. */
const LIP_REACH = 2;

export function trackMouth(meshes: readonly (FaceMesh | undefined)[], model: HeadModel, strips: readonly (Uint8Array | undefined)[]): MouthTrack {
  const raw = meshes.map((mesh, f) => (mesh && model.poses[f] ? controlPoints.flatMap((index) => toHead(model.poses[f]!, mesh, index)) : undefined));
  const onHead = smoothSeries(raw, LIP_REACH);
  const seen = onHead.flatMap((row, f) => (row ? [{ row, pose: model.poses[f]!, f }] : []));
  const usualUnit = unitOf(model.mesh);
  const gapOf = (row: readonly number[]): number => mean(innerPairs.map(([u, l]) => Math.hypot(row[u * 3]! - row[l * 3]!, row[u * 3 + 1]! - row[l * 3 + 1]!))) / usualUnit;
  const gaps = seen.map(({ row }) => gapOf(row));
  // What the mesh leaves between lips that touch differs between faces.
  const least = Math.min(quantile(gaps, 0.02), 0.018);
  const closedOf = (gap: number): number => 1 - Math.min(1, Math.max(0, (gap - least - TOUCHING) / (LIPS_APART - TOUCHING)));

  const bias = fitPoseBias(seen.map(({ row, pose }, i) => ({ row, angles: pose.angles, mouth: [gaps[i]!, ...mouthMeasures(row, usualUnit)] })));
  const straight = seen.map(({ row, pose }) => {
    const seems = bias(pose.angles);
    return row.map((value, i) => value - seems[i]!);
  });
  let closest = seen.flatMap((_, i) => (gaps[i]! < least + TOUCHING ? [i] : []));
  const closedPart = closest.length / Math.max(1, seen.length);
  if (closest.length < FEWEST_CLOSED) {
    const limit = quantile(gaps, 0.04);
    closest = seen.flatMap((_, i) => (gaps[i]! <= limit ? [i] : []));
  }
  const rest = Float64Array.from({ length: CONTROL_POINT_COUNT * 3 }, (_, k) => median(closest.map((i) => straight[i]![k]!)));
  closeLips(rest);
  const restMesh = restMeshOf(meshes, model, closest.map((i) => seen[i]!.f), rest);
  const face = faceGeometry(restMesh, 0);

  const frames: (MouthFrame | undefined)[] = meshes.map(() => undefined);
  seen.forEach(({ f }, i) => {
    const displacement = new Float64Array(CONTROL_POINT_COUNT * 2);
    for (let p = 0; p < CONTROL_POINT_COUNT; p++) {
      const dx = straight[i]![p * 3]! - rest[p * 3]!;
      const dy = straight[i]![p * 3 + 1]! - rest[p * 3 + 1]!;
      displacement[p * 2] = (dx * face.rightX + dy * face.rightY) / face.unitPx;
      displacement[p * 2 + 1] = (dy * face.rightX - dx * face.rightY) / face.unitPx;
    }
    frames[f] = { displacement, onHead: onHead[f]!, gap: Math.max(0, gaps[i]! - least), closed: closedOf(gaps[i]!) };
  });
  return {
    face,
    restMesh,
    frames: confirmClosed(frames, strips),
    closedPart,
    restOnHead(pose) {
      const seems = bias(pose.angles);
      return rest.map((value, i) => value + seems[i]!);
    },
  };
}

/** Puts both inner edges where they meet. */
function closeLips(points: Float64Array): void {
  for (const [upper, lower] of innerPairs) {
    for (let c = 0; c < 3; c++) {
      const middle = (points[upper * 3 + c]! + points[lower * 3 + c]!) / 2;
      points[upper * 3 + c] = middle;
      points[lower * 3 + c] = middle;
    }
  }
}

function unitOf(mesh: Float64Array): number {
  return faceGeometry(Float32Array.from(mesh), 0).unitPx;
}

/** Width of the mouth and drop of the chin. */
function mouthMeasures(row: readonly number[], unit: number): number[] {
  const at = (index: number, c: number): number => row[placeOf.get(index)! * 3 + c]!;
  return [(at(291, 0) - at(61, 0)) / unit, at(152, 1) / unit, (at(61, 1) + at(291, 1) - 2 * at(0, 1)) / unit];
}

interface BiasSample {
  row: readonly number[];
  angles: readonly [number, number, number];
  mouth: readonly number[];
}

/**
 * How far each coordinate seems to move as the head turns and the mouth does not: a regression on the pose beside the mouth's own
 * measures, so that a person who opens the mouth while nodding is not misread.
 */
function fitPoseBias(samples: readonly BiasSample[]): (angles: readonly [number, number, number]) => Float64Array {
  const terms = ([yaw, pitch]: readonly [number, number, number]): number[] => [yaw, pitch, yaw * yaw, pitch * pitch, yaw * pitch];
  const rows = samples.map(({ angles, mouth }) => [...terms(angles), ...mouth, 1]);
  const n = rows[0]!.length;
  const values = samples[0]!.row.length;
  const normal = new Float64Array(n * n);
  const right = Array.from({ length: values }, () => new Float64Array(n));
  rows.forEach((row, s) => {
    for (let r = 0; r < n; r++) {
      for (let c = 0; c < n; c++) normal[r * n + c]! += row[r]! * row[c]!;
      for (let v = 0; v < values; v++) right[v]![r]! += row[r]! * samples[s]!.row[v]!;
    }
  });
  for (let r = 0; r < n - 1; r++) normal[r * n + r]! += RIDGE * samples.length;
  const count = terms([0, 0, 0]).length;
  const factors = right.map((side) => solve(normal, side, n));
  return (angles) => {
    const t = terms(angles);
    return Float64Array.from(factors, (f) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += f[i]! * t[i]!;
      return sum;
    });
  };
}

/** The whole face with the mouth at rest, looking straight ahead. */
function restMeshOf(meshes: readonly (FaceMesh | undefined)[], model: HeadModel, frames: readonly number[], rest: Float64Array): FaceMesh {
  const picked = frames.filter((_, i) => i % Math.max(1, Math.floor(frames.length / 40)) === 0);
  const mesh = new Float32Array(LANDMARK_COUNT * 3);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const points = picked.map((f) => toHead(model.poses[f]!, meshes[f]!, i));
    for (let c = 0; c < 3; c++) mesh[i * 3 + c] = median(points.map((point) => point[c]!));
  }
  controlPoints.forEach((index, p) => {
    for (let c = 0; c < 3; c++) mesh[index * 3 + c] = rest[p * 3 + c]!;
  });
  return mesh;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

