import { LANDMARK_COUNT } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { anglesOf, applyRigid, fitRigid, quaternionOf, rotationOf, undoRigid } from './rigid.ts';
import type { Rigid } from './rigid.ts';
import { smoothSeries } from './smoothing.ts';

/*
 * The head as a rigid body. A similarity in the picture is useless once a head turns; a rigid fit in space, on what neither speaks nor
 * shows expressions, takes the head's motion out of a mesh, so that mouths of all frames can be compared.
 */

/** Corners of the eyes, bridge and sides of the nose, forehead, temples. */
const RIGID_POINTS = [
  33, 133, 362, 263, 130, 359, 243, 463, 168, 6, 197, 195, 5, 4, 1, 98, 327, 193, 417, 122, 351, 10, 151, 9, 8, 67, 297, 109, 338, 103, 332, 54, 284, 21, 251, 162, 389, 127,
  356,
] as const;

export interface HeadPose {
  /** Brings the head, looking straight ahead, to where it is in the picture. */
  rigid: Rigid;
  /** Yaw, pitch, roll, in radians. */
  angles: [number, number, number];
}

export interface HeadModel {
  /** Points of the head looking straight ahead, in pixels of the base picture at its usual distance. */
  mesh: Float64Array;
  /** Of each frame; undefined where it has no face. */
  poses: (HeadPose | undefined)[];
}

const ROUNDS = 4;
/** Two frames (80 ms) to each side; heads move slower than the mesh jitters. */
const POSE_REACH = 3;

/** @param meshes of each frame, at least one. */
export function fitHeadModel(meshes: readonly (FaceMesh | undefined)[]): HeadModel {
  const seen = meshes.filter((mesh) => mesh !== undefined);
  const step = Math.max(1, Math.floor(seen.length / 200));
  const sample = seen.filter((_, i) => i % step === 0).map((mesh) => Float64Array.from(mesh));
  let reference = sample[sample.length >> 1]!;
  for (let round = 0; round < ROUNDS; round++) {
    const mean = new Float64Array(LANDMARK_COUNT * 3);
    for (const mesh of sample) {
      const rigid = fitPoints(reference, mesh);
      for (let i = 0; i < LANDMARK_COUNT; i++) {
        const back = undoRigid(rigid, mesh, i * 3);
        for (let c = 0; c < 3; c++) mean[i * 3 + c]! += back[c]! / sample.length;
      }
    }
    reference = mean;
  }
  const mesh = lookingAhead(reference);
  const rigids = meshes.map((frame) => frame && fitPoints(mesh, Float64Array.from(frame)));
  return { mesh, poses: smoothPoses(rigids) };
}

/** The rigid motion of a mesh alone, without its neighbours in time. */
export function poseOfMesh(model: HeadModel, mesh: FaceMesh): HeadPose {
  const rigid = fitPoints(model.mesh, Float64Array.from(mesh));
  return { rigid, angles: anglesOf(rigid) };
}

/** A point of a frame as the head looking straight ahead has it. */
export function toHead(pose: HeadPose, mesh: FaceMesh, index: number): [number, number, number] {
  return undoRigid(pose.rigid, mesh, index * 3);
}

export function toPicture(pose: HeadPose, point: ArrayLike<number>): [number, number, number] {
  return applyRigid(pose.rigid, point);
}

function fitPoints(from: Float64Array, to: Float64Array): Rigid {
  const pick = (mesh: Float64Array): Float64Array => Float64Array.from(RIGID_POINTS.flatMap((index) => [mesh[index * 3]!, mesh[index * 3 + 1]!, mesh[index * 3 + 2]!]));
  return fitRigid(pick(from), pick(to), new Float64Array(RIGID_POINTS.length).fill(1));
}

/** Turned so that the eyes are level and forehead and chin are equally far away; in the middle between the eyes is 0. */
function lookingAhead(mesh: Float64Array): Float64Array {
  const at = (i: number): [number, number, number] => [mesh[i * 3]!, mesh[i * 3 + 1]!, mesh[i * 3 + 2]!];
  const between = (a: number[], b: number[]): number[] => a.map((value, c) => b[c]! - value);
  const mean = (...indices: number[]): number[] => [0, 1, 2].map((c) => indices.reduce((sum, i) => sum + at(i)[c]!, 0) / indices.length);
  const right = unitOf(between(mean(33, 133, 127), mean(263, 362, 356)));
  const along = between(at(10), at(152));
  const part = dot(along, right);
  const down = unitOf(along.map((value, c) => value - part * right[c]!));
  const away = [right[1]! * down[2]! - right[2]! * down[1]!, right[2]! * down[0]! - right[0]! * down[2]!, right[0]! * down[1]! - right[1]! * down[0]!];
  const origin = mean(33, 133, 362, 263);
  const turned = new Float64Array(mesh.length);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const d = between(origin, at(i));
    turned.set([dot(d, right), dot(d, down), dot(d, away)], i * 3);
  }
  return turned;
}

function smoothPoses(rigids: readonly (Rigid | undefined)[]): (HeadPose | undefined)[] {
  let before: number[] | undefined;
  const rows = rigids.map((rigid) => {
    if (!rigid) return undefined;
    let q: number[] = quaternionOf(rigid.rotation);
    // The same turn has two quaternions: the one near the last frame's.
    if (before && dot(q, before) < 0) q = q.map((value) => -value);
    before = q;
    return [...q, rigid.scale, ...rigid.shift];
  });
  return smoothSeries(rows, POSE_REACH).map((row) => {
    if (!row) return undefined;
    const length = Math.hypot(row[0]!, row[1]!, row[2]!, row[3]!);
    const rigid: Rigid = { rotation: rotationOf(row.slice(0, 4).map((value) => value / length)), scale: row[4]!, shift: [row[5]!, row[6]!, row[7]!] };
    return { rigid, angles: anglesOf(rigid) };
  });
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function unitOf(v: number[]): number[] {
  const length = Math.hypot(...v);
  return v.map((value) => value / length);
}
