import { contour } from '../face/landmarks.ts';

/**
 * The points of the face mesh by which mouths are laid onto faces: both contours of both lips, the base of the nose, and what lies around
 * the mouth and moves with the jaw. In the bundle and at run time always in this order.
 */
const inner = [...contour.innerLipUpper, ...contour.innerLipLower.slice(1, -1)];
const outer = [...contour.outerLipUpper, ...contour.outerLipLower.slice(1, -1)];
/** Cheeks beside the mouth, skin between lip and chin, the chin, and the edge of the jaw: pairs from left and right as seen in the picture. */
const around = [2, 206, 426, 216, 436, 212, 432, 202, 422, 204, 424, 18, 200, 152, 148, 377, 150, 379];

export const controlPoints: readonly number[] = [...inner, ...outer, ...around];
export const CONTROL_POINT_COUNT = controlPoints.length;
/** How many of the first points lie on the lips. */
export const LIP_POINT_COUNT = inner.length + outer.length;
