/*
 * Measures frames as a viewer would see them, with the same face mesh that prepares avatars: for tests and benches, not for the
 * live path. The mesh costs about 0.1 s a frame.
 */
import sharp from 'sharp';
import { loadFaceDetector } from './face/face-detector.ts';
import type { RgbImage } from './face/face-detector.ts';
import { distance, eyeDistance, point } from './face/landmarks.ts';

export type { RgbImage } from './face/face-detector.ts';

export interface LipGap {
  /** Distance between the inner lips over the distance between the eyes. */
  gap: number;
  eyeDistancePx: number;
}

/** The mesh comes in whole pixels: frames are enlarged to this, so that rounding (1.5 % of the eye distance at 512) vanishes. */
const MEASURED_SIDE = 2048;

/** Lip gap of the largest face in one frame; undefined where no face is seen. */
export async function measureLipGap(frame: RgbImage): Promise<LipGap | undefined> {
  const detector = await loadFaceDetector();
  const scale = MEASURED_SIDE / Math.max(frame.width, frame.height);
  const { data, info } = await sharp(frame.data, { raw: { width: frame.width, height: frame.height, channels: 3 } })
    .resize({ width: Math.round(frame.width * scale), height: Math.round(frame.height * scale), fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const face = (await detector.detect({ width: info.width, height: info.height, data }))[0];
  if (!face) return undefined;
  const eyes = eyeDistance(face.mesh);
  return { gap: distance(face.mesh, point.lipCentreUpperInner, point.lipCentreLowerInner) / eyes, eyeDistancePx: eyes / scale };
}

/** RMS of each of `frameCount` frames' sound, in the unit of `pcm`; frame i is centred at (i + 0.5) / fps seconds. */
export function loudnessPerFrame(pcm: Float32Array, sampleRateHz: number, fps: number, frameCount: number): number[] {
  const perFrame = sampleRateHz / fps;
  return Array.from({ length: frameCount }, (_, frame) => {
    let power = 0;
    const start = Math.round(frame * perFrame);
    const end = Math.min(Math.round((frame + 1) * perFrame), pcm.length);
    for (let i = start; i < end; i++) power += pcm[i]! * pcm[i]!;
    return Math.sqrt(power / perFrame);
  });
}

/** Pearson's r; 0 where one of the two doesn't vary. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const count = Math.min(a.length, b.length);
  const mean = (values: readonly number[]) => values.slice(0, count).reduce((sum, value) => sum + value, 0) / count;
  const meanA = mean(a);
  const meanB = mean(b);
  let ab = 0, aa = 0, bb = 0;
  for (let i = 0; i < count; i++) {
    const da = a[i]! - meanA;
    const db = b[i]! - meanB;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** The value below which `part` (0…1) of the values lie. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((p, q) => p - q);
  const at = Math.min(Math.max(part, 0), 1) * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}
