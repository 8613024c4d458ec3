import sharp from 'sharp';
import type { I420Picture } from '@visavis/engine';
import type { FaceMesh } from '../face/landmarks.ts';
import { i420ToRgb } from '../render/i420-to-rgb.ts';
import { createMatteTracker } from './matte.ts';

/** Alpha in steps of 1/32 is as good to the eye, and half as large as a PNG. 0 and 255 stay. */
const STEPS = 32;

/** Mattes of a loop's base pictures, in their order, as a bundle holds them: grey PNGs of their size. */
export class FrameMattes {
  readonly coded: Uint8Array[] = [];
  private readonly tracker = createMatteTracker();

  async take(picture: I420Picture, mesh: FaceMesh): Promise<void> {
    const { width, height } = picture;
    const alpha = await this.tracker.next({ width, height, data: i420ToRgb(picture) }, mesh);
    for (let i = 0; i < alpha.length; i++) alpha[i] = Math.round((Math.round((alpha[i]! * STEPS) / 255) * 255) / STEPS);
    this.coded.push(await sharp(alpha, { raw: { width, height, channels: 1 } }).toColourspace('b-w').png({ compressionLevel: 9 }).toBuffer());
  }
}
