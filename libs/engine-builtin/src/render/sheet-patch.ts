import type { I420Picture } from '@visavis/engine';
import type { DrawnPose } from './drawn-pose.ts';
import type { PixelBox } from './patch-textures.ts';

/** A part of the frame that is drawn in a way of its own. */
export interface SheetPatch {
  readonly box: PixelBox;
  draw(pose: DrawnPose, out: I420Picture): void;
}
