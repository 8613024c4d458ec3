/*
 * Measures frames as a viewer would see them, with the same face mesh that prepares avatars: for tests and benches, not for the
 * live path. The mesh costs about 0.1 s a frame.
 */
import sharp from 'sharp';
import { loadFaceDetector } from './face/face-detector.ts';
import type { RgbImage } from './face/face-detector.ts';
import { distance, eyeDistance, point } from './face/landmarks.ts';

export type { RgbImage } from './face/face-detector.ts';
export { correlation, loudnessPerFrame, percentile } from './loudness.ts';
export { i420ToRgb } from './render/i420-to-rgb.ts';

export interface LipGap {
  /** Distance between the inner lips over the distance between the eyes. */
  gap: number;
  eyeDistancePx: number;
}

/** The mesh comes in whole pixels: frames are enlarged to this, so that rounding (1 % of the eye distance at 512) vanishes. */
const MEASURED_SIDE = 1024;

/** Lip gap of the largest face in one frame; undefined where no face is seen. */
export async function measureLipGap(frame: RgbImage): Promise<LipGap | undefined> {
  const detector = await loadFaceDetector();
  const scale = MEASURED_SIDE / Math.max(frame.width, frame.height);
  // Filled up to a square, which is what the detector knows.
  const data = await sharp(frame.data, { raw: { width: frame.width, height: frame.height, channels: 3 } })
    .resize({ width: MEASURED_SIDE, height: MEASURED_SIDE, fit: 'contain', position: 'left top', background: '#808080', kernel: 'cubic' })
    .removeAlpha()
    .raw()
    .toBuffer();
  const face = (await detector.detect({ width: MEASURED_SIDE, height: MEASURED_SIDE, data }))[0];
  if (!face) return undefined;
  const eyes = eyeDistance(face.mesh);
  return { gap: distance(face.mesh, point.lipCentreUpperInner, point.lipCentreLowerInner) / eyes, eyeDistancePx: eyes / scale };
}
