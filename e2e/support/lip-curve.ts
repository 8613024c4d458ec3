import sharp from 'sharp';
import { measureLipGap } from '@visavis/engine-builtin/measure';
import type { Curve } from './curve.ts';
import type { CapturedFrame } from './recording.ts';

/**
 * How far the mouth is open over time, seen with a face mesh: the gap between the inner lips over the distance between the
 * eyes. About a tenth of a second of CPU per picture. @throws Error when a picture shows no face
 */
export async function lipCurve(frames: readonly Pick<CapturedFrame, 'shownAtMs' | 'jpeg'>[]): Promise<Curve> {
  const curve: Curve = { atMs: [], values: [] };
  for (const { shownAtMs, jpeg } of frames) {
    const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const lips = await measureLipGap({ data, width: info.width, height: info.height });
    if (!lips) throw new Error(`no face is seen in the picture at ${Math.round(shownAtMs)} ms`);
    curve.atMs.push(shownAtMs);
    curve.values.push(lips.gap);
  }
  return curve;
}

/** How much two pictures differ: mean absolute difference of brightness, 0 to 255, at 128 pixels' width. */
export async function pictureDifference(a: CapturedFrame, b: CapturedFrame): Promise<number> {
  const [first, second] = await Promise.all([a, b].map(({ jpeg }) => sharp(jpeg).greyscale().resize(128).raw().toBuffer()));
  let sum = 0;
  for (let i = 0; i < first!.length; i++) sum += Math.abs(first![i]! - second![i]!);
  return sum / first!.length;
}
