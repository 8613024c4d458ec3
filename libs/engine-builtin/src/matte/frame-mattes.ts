import sharp from 'sharp';
import { createVideoDecoder } from '@visavis/codec';
import type { I420Picture } from '@visavis/engine';
import { LANDMARK_COUNT, transformMesh } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { i420ToRgb } from '../render/i420-to-rgb.ts';
import { createMatteTracker } from './matte.ts';

/** Alpha in steps of 1/32 is as good to the eye, and half as large as a PNG. 0 and 255 stay. */
const STEPS = 32;

/**
 * Mattes of a video's base pictures as a bundle holds them: grey PNGs of their size. `coded`: the pictures in H.264, one access unit each;
 * `meshes`: the face in each. Takes 0.1 to 0.2 s of CPU a picture.
 */
export async function mattesOfLoop(coded: readonly Uint8Array[], meshes: Float32Array, onProgress: (part: number) => void = () => {}): Promise<Uint8Array[]> {
  const decoder = createVideoDecoder('h264');
  const next = createFrameMattes();
  const mattes: Uint8Array[] = [];
  try {
    for (const [i, unit] of coded.entries()) {
      const picture = decoder.decode(unit);
      if (!picture) throw new Error(`base picture ${i} of ${coded.length} was not coded as a picture of its own`);
      mattes.push(await next(picture, meshes.subarray(i * LANDMARK_COUNT * 3, (i + 1) * LANDMARK_COUNT * 3)));
      onProgress((i + 1) / coded.length);
    }
  } finally {
    decoder.close();
  }
  return mattes;
}

/** Larger pictures are reduced to this many pixels on their longer side: a loop has hundreds, and hair that moves hides how soft its edge is. */
const LONGEST_SIDE = 480;

/** The PNG of each next picture's alpha. */
function createFrameMattes(): (picture: I420Picture, mesh: FaceMesh) => Promise<Uint8Array> {
  const tracker = createMatteTracker();
  return async (picture, mesh) => {
    const { width, height } = picture;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
    const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
    const whole = sharp(i420ToRgb(picture), { raw: { width, height, channels: 3 } });
    const data = await (scale < 1 ? whole.resize({ ...size, fit: 'fill' }) : whole).raw().toBuffer();
    const alpha = await tracker.next({ ...size, data }, transformMesh(mesh, 0, 0, scale));
    for (let i = 0; i < alpha.length; i++) alpha[i] = Math.round((Math.round((alpha[i]! * STEPS) / 255) * 255) / STEPS);
    const small = sharp(alpha, { raw: { ...size, channels: 1 } });
    return (scale < 1 ? small.resize({ width, height, fit: 'fill', kernel: 'linear' }) : small).toColourspace('b-w').png({ compressionLevel: 6 }).toBuffer();
  };
}
