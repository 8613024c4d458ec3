/*
 * Measures frames as a viewer would see them, with the same face mesh that prepares avatars: for tests and benches, not for the
 * live path. It costs about 0.3 s a frame.
 */
import sharp from 'sharp';
import { loadFaceDetector } from './face/face-detector.ts';
import type { RgbImage } from './face/face-detector.ts';
import { averageWithMirrored, distance, eyeDistance, point } from './face/landmarks.ts';

export type { RgbImage } from './face/face-detector.ts';
export { correlation, loudnessPerFrame, percentile } from './loudness.ts';
export { MotionSource } from './motion/motion-source.ts';
export { restPose } from './motion/pose.ts';
export { speechLikeSound } from './motion/speech-like-sound.ts';
export { i420ToRgb } from './render/i420-to-rgb.ts';

export interface LipGap {
  /** Distance between the inner lips over the distance between the eyes. */
  gap: number;
  /** Distance between the corners of the mouth over the distance between the eyes. */
  width: number;
  eyeDistancePx: number;
}

/** The mesh comes in whole pixels: frames are enlarged to this, so that rounding (1 % of the eye distance at 512) vanishes. */
const MEASURED_SIDE = 1024;

/**
 * Lip gap of the largest face in one frame; undefined where no face is seen. The mesh is fitted to the frame and to its mirror image
 * and averaged, which halves its jitter: 0.004 to 0.009 of the eye distance remain on a face that moves its head and not its mouth.
 */
export async function measureLipGap(frame: RgbImage): Promise<LipGap | undefined> {
  const detector = await loadFaceDetector();
  const side = MEASURED_SIDE;
  // Filled up to a square, which is what the detector knows.
  const data = await sharp(frame.data, { raw: { width: frame.width, height: frame.height, channels: 3 } })
    .resize({ width: side, height: side, fit: 'contain', position: 'left top', background: '#808080', kernel: 'cubic' })
    .removeAlpha()
    .raw()
    .toBuffer();
  const mirrored = await sharp(data, { raw: { width: side, height: side, channels: 3 } }).flop().raw().toBuffer();
  const face = (await detector.detect({ width: side, height: side, data }))[0];
  if (!face) return undefined;
  const mirrorFace = (await detector.detect({ width: side, height: side, data: mirrored }))[0];
  const mesh = mirrorFace ? averageWithMirrored(face.mesh, mirrorFace.mesh, side) : face.mesh;
  const eyes = eyeDistance(mesh);
  const scale = side / Math.max(frame.width, frame.height);
  return {
    gap: distance(mesh, point.lipCentreUpperInner, point.lipCentreLowerInner) / eyes,
    width: distance(mesh, point.leftMouthCorner, point.rightMouthCorner) / eyes,
    eyeDistancePx: eyes / scale,
  };
}
