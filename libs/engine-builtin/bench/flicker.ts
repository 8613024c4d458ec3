import type { I420Picture } from '@visavis/engine';
import { eyeDistance, xOf, yOf } from '../src/face/landmarks.ts';
import type { FaceMesh } from '../src/face/landmarks.ts';

/** Skin that speech does not move: the middle of the forehead and both cheeks below the eyes. */
const STILL_POINTS = [151, 50, 280];
/** Side of a patch, in distances between the eyes. */
const PATCH = 0.22;
/** How far skin is followed from a frame to the next, in pixels, and how finely. */
const REACH = 3;

/**
 * Mean change of still skin's luma between two frames that follow one another, after it was followed: where its patch lies in the second frame
 * is searched, to half a pixel. What remains is flicker, and the camera's noise where there is one.
 */
export function flicker(before: I420Picture, after: I420Picture, mesh: FaceMesh): number {
  const side = Math.max(8, Math.round(PATCH * eyeDistance(mesh)));
  const changes = STILL_POINTS.map((point) => changeOfPatch(before, after, Math.round(xOf(mesh, point) - side / 2), Math.round(yOf(mesh, point) - side / 2), side));
  return changes.reduce((sum, change) => sum + change, 0) / changes.length;
}

function changeOfPatch(before: I420Picture, after: I420Picture, left: number, top: number, side: number): number {
  let best = { dx: 0, dy: 0, change: Infinity };
  const look = (dx: number, dy: number): void => {
    const change = changeAt(before, after, left, top, side, dx, dy);
    if (change < best.change) best = { dx, dy, change };
  };
  for (let dy = -REACH; dy <= REACH; dy++) for (let dx = -REACH; dx <= REACH; dx++) look(dx, dy);
  const whole = best;
  for (const dy of [-0.5, 0, 0.5]) for (const dx of [-0.5, 0, 0.5]) look(whole.dx + dx, whole.dy + dy);
  return best.change;
}

function changeAt(before: I420Picture, after: I420Picture, left: number, top: number, side: number, dx: number, dy: number): number {
  let sum = 0;
  for (let y = top; y < top + side; y++) for (let x = left; x < left + side; x++) sum += Math.abs(lumaAt(before, x, y) - lumaAt(after, x + dx, y + dy));
  return sum / (side * side);
}

/** Between pixels on a line; the picture's edge goes on outside of it. */
export function lumaAt({ width, height, data }: I420Picture, x: number, y: number): number {
  const x0 = Math.max(0, Math.min(width - 1, Math.floor(x)));
  const y0 = Math.max(0, Math.min(height - 1, Math.floor(y)));
  const x1 = Math.min(width - 1, x0 + 1);
  const y1 = Math.min(height - 1, y0 + 1);
  const fx = Math.max(0, Math.min(1, x - x0));
  const fy = Math.max(0, Math.min(1, y - y0));
  const above = data[y0 * width + x0]! * (1 - fx) + data[y0 * width + x1]! * fx;
  const below = data[y1 * width + x0]! * (1 - fx) + data[y1 * width + x1]! * fx;
  return above * (1 - fy) + below * fy;
}
