import type { RgbImage } from '../face/face-detector.ts';
import { contour, distance, point, xOf, yOf } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';

/** How far an eye may be moved, in parts of the face's height: mostly up or down, the mesh is better sideways. */
const REACH_ACROSS = 0.02;
const REACH_UP = 0.05;
const REACH_DOWN = 0.02;
/** A place must be this much richer in contrast than where the mesh put the eye. */
const CLEARLY_BETTER = 1.2;

const eyes = [
  { upper: contour.leftEyeUpper, lower: contour.leftEyeLower, iris: [473, 474, 475, 476, 477] },
  { upper: contour.rightEyeUpper, lower: contour.rightEyeLower, iris: [468, 469, 470, 471, 472] },
] as const;

/**
 * Moves the outline of an eye onto the eye where the mesh missed it, as it does with the far eye of a turned head. White and iris
 * side by side make the strongest contrast around; skin has little.
 */
export function fitEyes(mesh: FaceMesh, image: RgbImage): FaceMesh {
  const fitted = mesh.slice();
  const faceHeight = distance(mesh, point.forehead, point.chin);
  const step = Math.max(1, faceHeight * 0.005);
  for (const eye of eyes) {
    const here = contrastInside(mesh, image, eye, 0, 0);
    let best = { score: here * CLEARLY_BETTER, dx: 0, dy: 0 };
    for (let dy = -REACH_UP * faceHeight; dy <= REACH_DOWN * faceHeight; dy += step) {
      for (let dx = -REACH_ACROSS * faceHeight; dx <= REACH_ACROSS * faceHeight; dx += step) {
        const far = Math.hypot(dx, dy) / (REACH_UP * faceHeight);
        const score = contrastInside(mesh, image, eye, dx, dy) * (1 - 0.15 * far);
        if (score > best.score) best = { score, dx, dy };
      }
    }
    for (const index of [...new Set([...eye.upper, ...eye.lower, ...eye.iris])]) {
      fitted[index * 3]! += best.dx;
      fitted[index * 3 + 1]! += best.dy;
    }
  }
  return fitted;
}

/** Standard deviation of the brightness between the lids, moved by (dx, dy). */
function contrastInside(mesh: FaceMesh, image: RgbImage, eye: { upper: readonly number[]; lower: readonly number[] }, dx: number, dy: number): number {
  let sum = 0, squares = 0, count = 0;
  for (let i = 1; i < eye.upper.length - 1; i++) {
    const top = eye.upper[i]!;
    const bottom = eye.lower[i]!;
    for (let t = 0.1; t < 1; t += 0.2) {
      const x = Math.round(xOf(mesh, top) + (xOf(mesh, bottom) - xOf(mesh, top)) * t + dx);
      const y = Math.round(yOf(mesh, top) + (yOf(mesh, bottom) - yOf(mesh, top)) * t + dy);
      if (x < 0 || y < 0 || x >= image.width || y >= image.height) return 0;
      const p = (y * image.width + x) * 3;
      const brightness = image.data[p]! * 0.3 + image.data[p + 1]! * 0.59 + image.data[p + 2]! * 0.11;
      sum += brightness;
      squares += brightness * brightness;
      count++;
    }
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}
