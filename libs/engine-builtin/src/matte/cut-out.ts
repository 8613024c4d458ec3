import { allocateI420 } from '@visavis/engine';
import type { I420Picture } from '@visavis/engine';
import { alphaLevels, foregroundOf } from './foreground.ts';

/** The picture with the person's own colours at their outline, for drawing over another background; `alpha` is of its size. */
export function cutOut(picture: I420Picture, alpha: Uint8Array): I420Picture {
  const { width, height, data } = picture;
  const luma = width * height;
  const levels = alphaLevels(alpha, width, height);
  const person = allocateI420(picture);
  person.data.set(foregroundOf(data.subarray(0, luma), levels));
  // The second level is alpha as colour has it: the mean of each four pixels.
  for (const at of [luma, luma * 1.25]) person.data.set(foregroundOf(data.subarray(at, at + luma / 4), levels.slice(1)), at);
  return person;
}
