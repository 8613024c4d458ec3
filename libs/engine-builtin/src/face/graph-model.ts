import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as Converter from '@tensorflow/tfjs-converter';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import type * as TensorFlow from '@tensorflow/tfjs-core';
import { loadFaceDetector } from './face-detector.ts';

/** TensorFlow with its WebAssembly backend, as the face detector sets it up for the whole process. */
export async function openTensorFlow(): Promise<typeof TensorFlow> {
  await loadFaceDetector();
  return createRequire(import.meta.url)('@tensorflow/tfjs-core') as typeof TensorFlow;
}

/** A network in TensorFlow.js' form, from two files. @throws Error when they can't be read. */
export async function loadNetwork(description: string | URL, weights: string | URL): Promise<GraphModel> {
  const { loadGraphModel } = createRequire(import.meta.url)('@tensorflow/tfjs-converter') as typeof Converter;
  const model = JSON.parse(await readFile(description, 'utf8')) as TensorFlow.io.ModelJSON;
  const bytes = await readFile(weights);
  return loadGraphModel({
    load: async () => ({
      modelTopology: model.modelTopology,
      format: model.format,
      weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
      weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
      signature: model.signature,
    }),
  } as never);
}
