import { point, xOf, yOf } from './landmarks.ts';
import type { FaceMesh } from './landmarks.ts';

/** A head seen as an upright cylinder with a nose shows this many degrees per unit of the asymmetry below, up to about 40°. */
const DEGREES_PER_ASYMMETRY = 50;

/**
 * Degrees the head is turned to the picture's right (positive) or left, from how much nearer the nose tip lies to one edge of
 * the face than to the other. The mesh's own depth is too flat for this: it reports half of what a three-quarter view shows.
 */
export function headYawDegrees(mesh: FaceMesh): number {
  const toLeft = noseTo(mesh, point.leftFaceEdge);
  const toRight = noseTo(mesh, point.rightFaceEdge);
  return (DEGREES_PER_ASYMMETRY * (toLeft - toRight)) / (toLeft + toRight);
}

function noseTo(mesh: FaceMesh, index: number): number {
  return Math.hypot(xOf(mesh, point.noseTip) - xOf(mesh, index), yOf(mesh, point.noseTip) - yOf(mesh, index));
}
