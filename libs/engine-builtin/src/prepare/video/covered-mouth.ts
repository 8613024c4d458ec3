import { median } from './clip-survey.ts';
import { STRIP_LINES, STRIP_SAMPLES, placeOfSample } from './lip-strip.ts';

/*
 * A hand or a cup before the mouth: the mesh goes on as if nothing were there, but the picture has other colours where lips and the skin at
 * their edge should be. Every frame's colours there are compared with those of the clip as a whole.
 */

/** Seeds of both lips, and the skin just outside, where nothing of the inside of a mouth ever shows. */
const BANDS = [
  [-0.12, -0.02],
  [0.08, 0.22],
  [0.78, 0.92],
  [1.02, 1.12],
] as const;
const PARTS = 3;
/** Grey values that light and compression make without anybody's hand. */
const LEAST_LIGHT = 13;
const LEAST_COLOUR = 3.2;
/** Mean deviation, in usual ones. */
const MOST = 2.6;
/** A covered mouth is covered for a while; so is what is just before and after. */
const LEAST_FRAMES = 4;
const AROUND = 4;

export function coveredMouths(strips: readonly (Uint8Array | undefined)[]): boolean[] {
  const signs = strips.map((strip) => strip && signOf(strip));
  const seen = signs.filter((sign) => sign !== undefined);
  if (seen.length === 0) return strips.map(() => false);
  const usual = seen[0]!.map((_, k) => median(seen.map((sign) => sign[k]!)));
  const spread = usual.map((middle, k) => Math.max(k % 3 === 0 ? LEAST_LIGHT : LEAST_COLOUR, 1.5 * median(seen.map((sign) => Math.abs(sign[k]! - middle)))));
  const odd = signs.map((sign) => sign !== undefined && sign.reduce((sum, value, k) => sum + Math.min(8, Math.abs(value - usual[k]!) / spread[k]!), 0) / sign.length > MOST);
  const lasting = odd.map((one, f) => one && runAround(odd, f) >= LEAST_FRAMES);
  return lasting.map((_, f) => lasting.slice(Math.max(0, f - AROUND), f + AROUND + 1).some(Boolean));
}

function signOf(strip: Uint8Array): number[] {
  return BANDS.flatMap(([from, to]) =>
    Array.from({ length: PARTS }, (_, part) => part).flatMap((part) =>
      [0, 1, 2].map((channel) => {
        const values: number[] = [];
        for (let line = 0; line < STRIP_LINES; line++) {
          if (Math.floor((line * PARTS) / STRIP_LINES) !== part) continue;
          for (let i = 0; i < STRIP_SAMPLES; i++) if (placeOfSample(i) >= from && placeOfSample(i) <= to) values.push(strip[(line * STRIP_SAMPLES + i) * 3 + channel]!);
        }
        return median(values);
      }),
    ),
  );
}

function runAround(odd: readonly boolean[], f: number): number {
  let from = f;
  let to = f;
  while (odd[from - 1]) from--;
  while (odd[to + 1]) to++;
  return to - from + 1;
}
