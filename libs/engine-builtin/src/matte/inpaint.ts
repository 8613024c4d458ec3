import { resizePlane } from './float-plane.ts';
import type { FloatPlane } from './float-plane.ts';

/** So little of a person is none; more of one would colour what is filled in. */
const NO_PERSON = 3;

/**
 * What may be behind a person, in one channel of a picture: where there is none the picture, elsewhere what lies around, the further from
 * it the smoother. `margin` pixels around the person count as theirs, so that they leave no glow. For pictures that are blurred afterwards.
 */
export function fillBehind(channel: Uint8Array, alpha: Uint8Array, width: number, height: number, margin: number): Uint8Array {
  const known = shrink(Float32Array.from(alpha, (value) => (value < NO_PERSON ? 1 : 0)), width, height, margin);
  const weighted = Float32Array.from(known, (weight, i) => weight * channel[i]!);
  const filled = pullPush({ width, height, data: weighted }, { width, height, data: known });
  return Uint8Array.from(filled.data, (value) => Math.round(value));
}

/** Takes `margin` pixels off each known area. */
function shrink(known: Float32Array, width: number, height: number, margin: number): Float32Array {
  const across = known.slice();
  for (let y = 0; y < height; y++) spreadZeros(known, across, y * width, 1, width, margin);
  const shrunk = across.slice();
  for (let x = 0; x < width; x++) spreadZeros(across, shrunk, x, width, height, margin);
  return shrunk;
}

function spreadZeros(from: Float32Array, to: Float32Array, start: number, stride: number, length: number, margin: number): void {
  let last = -Infinity;
  for (let i = 0; i < length; i++) {
    if (from[start + i * stride] === 0) last = i;
    if (i - last <= margin) to[start + i * stride] = 0;
  }
  last = Infinity;
  for (let i = length - 1; i >= 0; i--) {
    if (from[start + i * stride] === 0) last = i;
    if (last - i <= margin) to[start + i * stride] = 0;
  }
}

/** Means over ever larger areas, down to a pixel; on the way back each gap is filled with what the next coarser picture has there. */
function pullPush(weighted: FloatPlane, weights: FloatPlane): FloatPlane {
  const { width, height } = weighted;
  const mean = new Float32Array(width * height);
  const complete = width === 1 && height === 1;
  const coarser = complete
    ? undefined
    : pullPush(resizePlane(weighted, Math.ceil(width / 2), Math.ceil(height / 2)), resizePlane(weights, Math.ceil(width / 2), Math.ceil(height / 2)));
  const around = coarser ? resizePlane(coarser, width, height).data : undefined;
  for (let i = 0; i < mean.length; i++) {
    const weight = weights.data[i]!;
    const own = weight > 0 ? weighted.data[i]! / weight : 128;
    const trust = Math.min(weight, 1);
    mean[i] = around ? trust * own + (1 - trust) * around[i]! : own;
  }
  return { width, height, data: mean };
}
