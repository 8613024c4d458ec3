import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import type * as TensorFlow from '@tensorflow/tfjs-core';
import type { Config, FaceResult, Human } from '@vladmandic/human';
import { LANDMARK_COUNT } from './landmarks.ts';
import type { FaceMesh } from './landmarks.ts';

export interface RgbImage {
  width: number;
  height: number;
  /** Three bytes a pixel, rows without padding. */
  data: Uint8Array;
}

export interface DetectedFace {
  mesh: FaceMesh;
  /** Confidence of the detector in the face's box, 0 to 1. */
  boxScore: number;
  /** Confidence of the mesh, 0 to 1. */
  meshScore: number;
  box: { x: number; y: number; width: number; height: number };
}

export interface FaceDetector {
  /**
   * Faces of a picture, best first; meshes are in its pixels, rounded to whole ones. Calls are answered one after another.
   * With `lids`, at twice the price, lids come from the face mesh: the iris model, which gives the last ten points, draws those of
   * one eye too near the nose.
   */
  detect(image: RgbImage, options?: { lids?: boolean }): Promise<DetectedFace[]>;
  /** Whether a picture shows an animal and no person: apes have faces to the face detector. */
  showsAnimal(image: RgbImage): Promise<boolean>;
}

const CONFIG: Partial<Config> = {
  backend: 'wasm',
  debug: false,
  warmup: 'none',
  cacheSensitivity: 0,
  cacheModels: false,
  filter: { enabled: false },
  gesture: { enabled: false },
  body: { enabled: false },
  hand: { enabled: false },
  object: { enabled: false },
  segmentation: { enabled: false },
  face: {
    enabled: true,
    detector: { rotation: true, maxDetected: 6, minConfidence: 0.2, iouThreshold: 0.3, return: false },
    mesh: { enabled: true },
    iris: { enabled: true },
    attention: { enabled: false },
    description: { enabled: false },
    emotion: { enabled: false },
    antispoof: { enabled: false },
    liveness: { enabled: false },
  },
};

let shared: Promise<FaceDetector> | undefined;

/** The process's one face detector: about a second and 100 MB on the first call. Models come with the npm package; nothing is fetched. */
export function loadFaceDetector(): Promise<FaceDetector> {
  shared ??= createFaceDetector();
  return shared;
}

async function createFaceDetector(): Promise<FaceDetector> {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-core') as typeof TensorFlow;
  // The package's export map hides its WebAssembly build, which lies beside the one it does export.
  const humanDist = dirname(require.resolve('@vladmandic/human'));
  const { Human: HumanClass } = require(join(humanDist, 'human.node-wasm.js')) as { Human: new (config: Partial<Config>) => Human };
  const wasmFolder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'));
  tf.io.registerLoadRouter((url) => (typeof url === 'string' && url.startsWith('file://') ? modelFileHandler(url) : null) as never);
  const human = new HumanClass({
    ...CONFIG,
    wasmPath: `${wasmFolder}/`,
    modelBasePath: `${pathToFileURL(join(humanDist, '..', 'models')).href}/`,
  });
  await human.load();

  let last: Promise<unknown> = Promise.resolve();
  const detect: FaceDetector['detect'] = (image, options) => {
    const next = last.then(() => detectFaces(tf, human, image, options?.lids ?? false));
    last = next.catch(() => undefined);
    return next;
  };
  const showsAnimal: FaceDetector['showsAnimal'] = (image) => {
    const next = last.then(() => findAnimal(tf, human, image));
    last = next.catch(() => undefined);
    return next;
  };
  return { detect, showsAnimal };
}

/** The library fetches models over HTTP; this hands it the files of its own package instead. */
function modelFileHandler(url: string): TensorFlow.io.IOHandler {
  return {
    async load() {
      const path = fileURLToPath(url);
      const model = JSON.parse(await readFile(path, 'utf8')) as TensorFlow.io.ModelJSON;
      const files = model.weightsManifest.flatMap((group) => group.paths);
      const weights = Buffer.concat(await Promise.all(files.map((file) => readFile(join(dirname(path), file)))));
      return {
        modelTopology: model.modelTopology,
        format: model.format,
        weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
        weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
        signature: model.signature,
        userDefinedMetadata: model.userDefinedMetadata,
      } as TensorFlow.io.ModelArtifacts;
    },
  };
}

/** What the object model calls animals; a monkey is a bear to it. */
const ANIMALS: readonly string[] = ['bird', 'cat', 'dog', 'horse', 'sheep', 'cow', 'elephant', 'bear', 'zebra', 'giraffe', 'teddy bear'];
const OBJECTS_ONLY: Partial<Config> = { face: { enabled: false }, object: { enabled: true, minConfidence: 0.2, maxDetected: 10 } };
const FACES_ONLY: Partial<Config> = { face: { enabled: true }, object: { enabled: false } };

async function findAnimal(tf: typeof TensorFlow, human: Human, image: RgbImage): Promise<boolean> {
  const tensor = tf.tensor3d(image.data, [image.height, image.width, 3], 'int32');
  try {
    const { object } = await human.detect(tensor as never, OBJECTS_ONLY);
    const labels = object.map(({ label }) => String(label));
    return !labels.includes('person') && labels.some((label) => ANIMALS.includes(label));
  } finally {
    tensor.dispose();
  }
}

const MESH_POINTS = 468;
const WITHOUT_IRIS: Partial<Config> = { ...FACES_ONLY, face: { enabled: true, iris: { enabled: false } } };

async function detectFaces(tf: typeof TensorFlow, human: Human, image: RgbImage, lids: boolean): Promise<DetectedFace[]> {
  const tensor = tf.tensor3d(image.data, [image.height, image.width, 3], 'int32');
  try {
    const withIris = await human.detect(tensor as never, { ...FACES_ONLY, face: { enabled: true, iris: { enabled: true } } });
    const withoutIris = lids && withIris.face.length > 0 ? await human.detect(tensor as never, WITHOUT_IRIS) : withIris;
    if (withIris.error ?? withoutIris.error) throw new Error(`face detector failed: ${withIris.error ?? withoutIris.error}`);
    return withIris.face
      .filter((face) => face.mesh.length >= LANDMARK_COUNT)
      .map((face) => ({
        mesh: Float32Array.from([...sameFace(face, withoutIris.face).mesh.slice(0, MESH_POINTS), ...face.mesh.slice(MESH_POINTS, LANDMARK_COUNT)].flatMap(([x, y, z]) => [x, y, z ?? 0])),
        boxScore: face.boxScore,
        meshScore: face.faceScore,
        box: { x: face.box[0], y: face.box[1], width: face.box[2], height: face.box[3] },
      }))
      .sort((a, b) => b.boxScore * b.box.width - a.boxScore * a.box.width);
  } finally {
    tensor.dispose();
  }
}

function sameFace(face: FaceResult, others: FaceResult[]): FaceResult {
  const near = (other: FaceResult) => Math.hypot(other.box[0] - face.box[0], other.box[1] - face.box[1]) < face.box[2] / 8;
  return others.find((other) => near(other) && other.mesh.length >= MESH_POINTS) ?? face;
}
