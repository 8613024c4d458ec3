/** RMS of each of `frameCount` frames' sound, in the unit of `pcm`; frame i is centred at (i + 0.5) / fps seconds. */
export function loudnessPerFrame(pcm: Float32Array, sampleRateHz: number, fps: number, frameCount: number): number[] {
  const perFrame = sampleRateHz / fps;
  return Array.from({ length: frameCount }, (_, frame) => {
    let power = 0;
    const start = Math.round(frame * perFrame);
    const end = Math.min(Math.round((frame + 1) * perFrame), pcm.length);
    for (let i = start; i < end; i++) power += pcm[i]! * pcm[i]!;
    return Math.sqrt(power / perFrame);
  });
}

/** Pearson's r; 0 where one of the two doesn't vary. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const count = Math.min(a.length, b.length);
  const mean = (values: readonly number[]) => values.slice(0, count).reduce((sum, value) => sum + value, 0) / count;
  const meanA = mean(a);
  const meanB = mean(b);
  let ab = 0, aa = 0, bb = 0;
  for (let i = 0; i < count; i++) {
    const da = a[i]! - meanA;
    const db = b[i]! - meanB;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** The value below which `part` (0…1) of the values lie. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((p, q) => p - q);
  const at = Math.min(Math.max(part, 0), 1) * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}
