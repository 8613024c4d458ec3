import { existsSync } from 'node:fs';
import type * as TensorFlow from '@tensorflow/tfjs-core';
import { loadNetwork, openTensorFlow } from '../face/graph-model.ts';

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
  const tf = await openTensorFlow();
  const model = await loadNetwork(assetUrl('selfie-segmentation.json'), assetUrl('selfie-segmentation.bin'));
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
