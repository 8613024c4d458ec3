import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as TensorFlow from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { I420Picture } from '@visavis/engine';
import { loadNetwork, openTensorFlow } from '../../face/graph-model.ts';
import { LANDMARK_COUNT } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { cutUpright } from './cut-upright.ts';
import type { UprightSquare } from './cut-upright.ts';

/** The face mesh and iris networks of `@vladmandic/human`, called by themselves: 12 ms a fit instead of 90, and in fractions of a pixel. */
export interface MeshModel {
  /** Fits the mesh to the face in `square`; positions in pixels of the picture, depth at the same scale. `score` is 0 to 1. */
  fit(picture: I420Picture, square: UprightSquare, options?: { irises?: boolean }): FittedMesh;
}

export interface FittedMesh {
  mesh: FaceMesh;
  score: number;
}

const MESH_SIDE = 192;
const MESH_POINTS = 468;
const IRIS_SIDE = 64;
/** Of the eye's width: the square that the iris network sees. */
const IRIS_ROOM = 2.3;
/** Corners of each eye, left in the picture first. The network knows eyes of that side and sees the other one mirrored. */
const EYES = [
  { corners: [33, 133], mirrored: false, first: 473 },
  { corners: [362, 263], mirrored: true, first: 468 },
] as const;
/** Where the iris begins in what it returns. */
const IRIS_FIRST = 71;
const IRIS_POINTS = 5;

let shared: Promise<MeshModel> | undefined;

export function loadMeshModel(): Promise<MeshModel> {
  shared ??= createMeshModel();
  return shared;
}

async function createMeshModel(): Promise<MeshModel> {
  const tf = await openTensorFlow();
  const models = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/human')), '..', 'models');
  const load = (name: string): Promise<GraphModel> => loadNetwork(join(models, `${name}.json`), join(models, `${name}.bin`));
  const [face, iris] = await Promise.all([load('facemesh'), load('iris')]);
  const meshInput = new Float32Array(MESH_SIDE * MESH_SIDE * 3);
  const irisInput = new Float32Array(IRIS_SIDE * IRIS_SIDE * 3);

  const run = (model: GraphModel, input: Float32Array, side: number): Float32Array[] => {
    const tensor = tf.tensor4d(input, [1, side, side, 3]);
    const outputs = model.execute(tensor as never) as TensorFlow.Tensor | TensorFlow.Tensor[];
    const list = Array.isArray(outputs) ? outputs : [outputs];
    const values = list.map((output) => output.dataSync() as Float32Array);
    tf.dispose([tensor, ...list]);
    return values;
  };

  return {
    fit(picture, square, { irises = false } = {}) {
      cutUpright(picture, square, MESH_SIDE, false, meshInput);
      const outputs = run(face, meshInput, MESH_SIDE);
      const raw = outputs.find((values) => values.length === MESH_POINTS * 3);
      const score = outputs.find((values) => values.length === 1)?.[0];
      if (raw === undefined || score === undefined) throw new Error('the face mesh network has other outputs than expected');
      const mesh = new Float32Array(LANDMARK_COUNT * 3);
      place(raw, MESH_POINTS, MESH_SIDE, square, false, mesh, 0);
      for (const { corners, mirrored, first } of EYES) {
        const eye = eyeSquare(mesh, corners, square.angle);
        if (!irises) {
          for (let i = 0; i < IRIS_POINTS; i++) mesh.set([eye.x, eye.y, mesh[corners[0] * 3 + 2]!], (first + i) * 3);
          continue;
        }
        cutUpright(picture, eye, IRIS_SIDE, mirrored, irisInput);
        const [points] = run(iris, irisInput, IRIS_SIDE);
        place(points!.subarray(IRIS_FIRST * 3), IRIS_POINTS, IRIS_SIDE, eye, mirrored, mesh, first);
        // The depth it returns is unreliable.
        for (let i = 0; i < IRIS_POINTS; i++) mesh[(first + i) * 3 + 2] = (mesh[corners[0] * 3 + 2]! + mesh[corners[1] * 3 + 2]!) / 2;
      }
      return { mesh, score: Math.min(Math.max(score, 0), 1) };
    },
  };
}

/** From a network's square back into the picture. */
function place(raw: Float32Array, count: number, side: number, square: UprightSquare, mirrored: boolean, mesh: FaceMesh, first: number): void {
  const scale = square.side / side;
  const cos = Math.cos(square.angle) * scale;
  const sin = Math.sin(square.angle) * scale;
  for (let i = 0; i < count; i++) {
    const x = (mirrored ? side - raw[i * 3]! : raw[i * 3]!) - side / 2;
    const y = raw[i * 3 + 1]! - side / 2;
    const to = (first + i) * 3;
    mesh[to] = square.x + x * cos - y * sin;
    mesh[to + 1] = square.y + x * sin + y * cos;
    mesh[to + 2] = raw[i * 3 + 2]! * scale;
  }
}

function eyeSquare(mesh: FaceMesh, [a, b]: readonly [number, number], angle: number): UprightSquare {
  const width = Math.hypot(mesh[a * 3]! - mesh[b * 3]!, mesh[a * 3 + 1]! - mesh[b * 3 + 1]!);
  return { x: (mesh[a * 3]! + mesh[b * 3]!) / 2, y: (mesh[a * 3 + 1]! + mesh[b * 3 + 1]!) / 2, side: width * IRIS_ROOM, angle };
}
