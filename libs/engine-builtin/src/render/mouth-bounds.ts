import type { PictureSize } from '@visavis/engine';
import type { FaceGeometry } from '../face/face-geometry.ts';
import type { PixelBox } from './patch-textures.ts';

/**
 * All that the mouth moves or shades lies in here, in units along the face's own axes: to both sides of the mouth, above it, and
 * below the chin. Beyond, neck, collar and cheeks stand still.
 */
export const MOUTH_BOUNDS = { sides: 0.8, above: 0.5, belowChin: 0.45 } as const;

/** The smallest box of a picture around that part of it, with sides that are multiples of `grid`; rows and columns that the picture lacks are left out. */
export function mouthBox(face: FaceGeometry, picture: PictureSize, grid: number): PixelBox {
  const { sides, above, belowChin } = MOUTH_BOUNDS;
  const corners = [-sides, sides].flatMap((a) => [-above, face.chinB + belowChin].map((b) => ({ a, b })));
  const xs = corners.map(({ a, b }) => face.originX + (a * face.rightX - b * face.rightY) * face.unitPx);
  const ys = corners.map(({ a, b }) => face.originY + (a * face.rightY + b * face.rightX) * face.unitPx);
  const start = (values: number[], size: number) => Math.min(Math.max(0, Math.floor(Math.min(...values) / grid) * grid), Math.max(0, floorTo(size, grid) - grid));
  const x0 = start(xs, picture.width);
  const y0 = start(ys, picture.height);
  const length = (values: number[], from: number, size: number) => Math.max(grid, Math.min(Math.ceil((Math.max(...values) - from) / grid) * grid, floorTo(size, grid) - from));
  return { x0, y0, width: length(xs, x0, picture.width), height: length(ys, y0, picture.height) };
}

function floorTo(value: number, grid: number): number {
  return Math.floor(value / grid) * grid;
}
