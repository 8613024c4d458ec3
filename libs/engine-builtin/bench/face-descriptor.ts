import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as TensorFlow from '@tensorflow/tfjs-core';
import type { Config, Human } from '@vladmandic/human';
import { loadFaceDetector } from '../src/face/face-detector.ts';
import { LANDMARK_COUNT } from '../src/face/landmarks.ts';
import type { RgbImage } from '../src/face/face-detector.ts';
import type { FaceMesh } from '../src/face/landmarks.ts';

export interface DescribedFace {
  mesh: FaceMesh;
  descriptor: number[];
}

export interface FaceDescriber {
  /** The largest face of a picture. */
  describe(image: RgbImage): Promise<DescribedFace | undefined>;
  /** Distance of two descriptors as `@vladmandic/human` measures it: the same picture is 0. */
  distance(a: readonly number[], b: readonly number[]): number;
}

/** The face descriptor that comes with `@vladmandic/human`, for judging likeness; the product does not use it. */
export async function loadFaceDescriber(): Promise<FaceDescriber> {
  // It teaches the library to read models from files.
  await loadFaceDetector();
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-core') as typeof TensorFlow;
  const humanDist = dirname(require.resolve('@vladmandic/human'));
  const { Human: HumanClass } = require(join(humanDist, 'human.node-wasm.js')) as { Human: new (config: Partial<Config>) => Human };
  const wasmFolder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'));
  const off = { enabled: false };
  const human = new HumanClass({
    backend: 'wasm',
    debug: false,
    warmup: 'none',
    cacheSensitivity: 0,
    wasmPath: `${wasmFolder}/`,
    modelBasePath: `${pathToFileURL(join(humanDist, '..', 'models')).href}/`,
    filter: off,
    gesture: off,
    body: off,
    hand: off,
    object: off,
    segmentation: off,
    face: {
      enabled: true,
      detector: { rotation: true, maxDetected: 3, minConfidence: 0.2, return: false },
      mesh: { enabled: true },
      iris: { enabled: true },
      description: { enabled: true, minConfidence: 0, skipFrames: 0, skipTime: 0 } as never,
      emotion: off,
      attention: off,
      antispoof: off,
      liveness: off,
    },
  });
  await human.load();
  return {
    async describe({ width, height, data }) {
      const tensor = tf.tensor3d(data, [height, width, 3], 'int32');
      try {
        const { face: faces } = await human.detect(tensor as never);
        const face = faces.filter(({ mesh, embedding }) => mesh.length >= LANDMARK_COUNT && embedding?.length).sort((a, b) => b.box[2] - a.box[2])[0];
        if (!face) return undefined;
        return { mesh: Float32Array.from(face.mesh.slice(0, LANDMARK_COUNT).flatMap(([x, y, z]) => [x, y, z ?? 0])), descriptor: face.embedding! };
      } finally {
        tensor.dispose();
      }
    },
    distance: (a, b) => human.match.distance([...a], [...b]),
  };
}
