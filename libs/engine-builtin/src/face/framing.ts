import type { PictureSize } from '@visavis/engine';
import { distance, meshBounds, point } from './landmarks.ts';
import type { FaceMesh } from './landmarks.ts';

/** Shorter side of a frame, as a multiple of the face's height from forehead to chin. */
export const HEAD_ROOM = 2.2;
/** Where the middle of the face lies in the frame, from its top. */
const FACE_CENTRE_FROM_TOP = 0.48;

export interface CropRect {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The part of the master that a frame of this size shows: the head with room around it, as far as the picture reaches. */
export function frameCrop(master: PictureSize, mesh: FaceMesh, frame: PictureSize): CropRect {
  const faceHeight = distance(mesh, point.forehead, point.chin);
  const shorter = faceHeight * HEAD_ROOM;
  const aspect = frame.width / frame.height;
  const wanted = aspect >= 1 ? { width: shorter * aspect, height: shorter } : { width: shorter, height: shorter / aspect };
  const fit = Math.min(1, master.width / wanted.width, master.height / wanted.height);
  const width = wanted.width * fit;
  const height = wanted.height * fit;
  const bounds = meshBounds(mesh);
  const left = (bounds.left + bounds.right) / 2 - width / 2;
  const top = (bounds.top + bounds.bottom) / 2 - height * FACE_CENTRE_FROM_TOP;
  return { left: clamp(left, 0, master.width - width), top: clamp(top, 0, master.height - height), width, height };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
