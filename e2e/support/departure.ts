import type { Curve } from './curve.ts';
import type { Thumbnails } from './motion.ts';

/** How far a recording is from what it showed before `restUntilMs`, in a direction: for the moment at which something begins. */
export function departure({ atMs, pictures }: Thumbnails, direction: Float32Array, restUntilMs: number): Curve {
  const resting = pictures.filter((_, i) => atMs[i]! <= restUntilMs).slice(-12);
  if (resting.length === 0) throw new RangeError('no picture was taken at rest');
  const rest = direction.map((_, i) => resting.reduce((sum, picture) => sum + picture[i]!, 0) / resting.length);
  return {
    atMs,
    values: pictures.map((picture) => Math.abs(picture.reduce((sum, value, i) => sum + (value - rest[i]!) * direction[i]!, 0))),
  };
}
