import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as Converter from '@tensorflow/tfjs-converter';
import type * as TensorFlow from '@tensorflow/tfjs-core';
import { loadFaceDetector } from '../face/face-detector.ts';

/** Sides of the network's square picture, in pixels. */
export const SEGMENTER_SIDE = 256;

export interface Segmenter {
  /** How likely each pixel of a square RGB picture shows a person, 0 to 1. The answer is the caller's. */
  personIn(rgb: Uint8Array): Float32Array;
}

let shared: Promise<Segmenter> | undefined;

/** The process's one segmenter. Its network lies in assets/segmentation. */
export function loadSegmenter(): Promise<Segmenter> {
  shared ??= createSegmenter();
  return shared;
}

async function createSegmenter(): Promise<Segmenter> {
  // It sets TensorFlow up for the whole process.
  await loadFaceDetector();
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-core') as typeof TensorFlow;
  const { loadGraphModel } = require('@tensorflow/tfjs-converter') as typeof Converter;
  const description = JSON.parse(await readFile(assetUrl('selfie-segmentation.json'), 'utf8')) as TensorFlow.io.ModelJSON;
  const weights = await readFile(assetUrl('selfie-segmentation.bin'));
  const model = await loadGraphModel({
    load: async () => ({
      modelTopology: description.modelTopology,
      format: description.format,
      weightSpecs: description.weightsManifest.flatMap((group) => group.weights),
      weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
      signature: description.signature,
    }),
  } as never);
  const input = new Float32Array(SEGMENTER_SIDE * SEGMENTER_SIDE * 3);
  return {
    personIn(rgb) {
      if (rgb.length !== input.length) throw new RangeError(`the segmenter looks at ${SEGMENTER_SIDE}×${SEGMENTER_SIDE} pixels, got ${rgb.length} bytes`);
      for (let i = 0; i < input.length; i++) input[i] = rgb[i]! / 255;
      const picture = tf.tensor4d(input, [1, SEGMENTER_SIDE, SEGMENTER_SIDE, 3]);
      const output = model.execute(picture as never) as TensorFlow.Tensor;
      const person = (output.dataSync() as Float32Array).slice();
      tf.dispose([picture, output]);
      return person;
    },
  };
}

/** Among this library's assets, or in the same folder beside the built program. */
function assetUrl(name: string): URL {
  const besideProgram = new URL(`./segmentation/${name}`, import.meta.url);
  return existsSync(besideProgram) ? besideProgram : new URL(`../../assets/segmentation/${name}`, import.meta.url);
}
