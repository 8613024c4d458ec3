import { median, quantile } from './clip-survey.ts';
import { placeOfSample, STRIP_LINES, STRIP_SAMPLES } from './lip-strip.ts';
import type { MouthFrame } from './mouth-track.ts';

/*
 * Lips of little colour hide their edges: what seems closed may show teeth. Closed mouths of one person look alike, though, and most that
 * seem closed are: those that look unlike the others are taken for open.
 */
const FEWEST = 8;
/** Grey values from the usual closed mouth that light makes, and times what is usual among closed ones. */
const LEAST = 4;
const TIMES = 2;
const INSIDE = [0.25, 0.75] as const;

export function confirmClosed(frames: readonly (MouthFrame | undefined)[], strips: readonly (Uint8Array | undefined)[]): (MouthFrame | undefined)[] {
  const signs = frames.map((frame, f) => (frame && frame.closed > 0.5 && strips[f] ? signOf(strips[f]) : undefined));
  const seen = signs.filter((sign) => sign !== undefined);
  if (seen.length < FEWEST) return [...frames];
  const usual = seen[0]!.map((_, k) => median(seen.map((sign) => sign[k]!)));
  const away = signs.map((sign) => sign && sign.reduce((sum, value, k) => sum + Math.abs(value - usual[k]!), 0) / sign.length);
  const limit = Math.max(LEAST, TIMES * quantile(away.filter((value) => value !== undefined), 0.4));
  return frames.map((frame, f) => {
    const distance = away[f];
    if (!frame || distance === undefined) return frame;
    // In between it counts in part, so that nothing switches.
    return { ...frame, closed: frame.closed * Math.min(1, Math.max(0, 2 - distance / limit)) };
  });
}

/** Luma inside the lips against that of the lips themselves. */
function signOf(strip: Uint8Array): number[] {
  const lips: number[] = [];
  const inside: number[] = [];
  for (let line = 1; line < STRIP_LINES - 1; line++) {
    for (let i = 0; i < STRIP_SAMPLES; i++) {
      const place = placeOfSample(i);
      const value = strip[(line * STRIP_SAMPLES + i) * 3]!;
      if (place >= INSIDE[0] && place <= INSIDE[1]) inside.push(value);
      else if (place > 0.05 && place < 0.95) lips.push(value);
    }
  }
  const light = median(lips);
  return inside.map((value) => value - light);
}
