import type { RgbImage } from '../face/face-detector.ts';
import { boxMean } from './float-plane.ts';

/** Colours are told apart in this many steps per channel. */
const STEPS = 16;
/** What counts as certain of the network's answer. */
const CERTAIN = 0.97;
/** Colours may multiply the odds that a pixel belongs to the person by this, or divide them. */
const STRONGEST = 40;
/** Pixels by which a colour's counts are levelled, per thousand: a colour that is rare on both sides says little. */
const LEVEL = 2;

/**
 * Where the network hesitates, the colours of what it is sure about help: a shadow on a red wall has the wall's colours. Changes `person`
 * (0 to 1) in place. Evidence is gathered over `radius` pixels around each one.
 */
export function weighColours({ data: rgb, width, height }: RgbImage, person: Float32Array, radius: number): void {
  const onPerson = histogram(rgb, (i) => person[i]! > CERTAIN);
  const behind = histogram(rgb, (i) => person[i]! < 1 - CERTAIN);
  if (!onPerson || !behind) return;
  const limit = Math.log(STRONGEST);
  const logOdds = Float32Array.from(onPerson, (count, bin) => Math.min(Math.max(Math.log((count + LEVEL) / (behind[bin]! + LEVEL)), -limit), limit));
  const evidence = new Float32Array(person.length);
  boxMean(person.map((_, i) => logOdds[binOf(rgb, i)]!), evidence, width, height, radius);
  for (let i = 0; i < person.length; i++) {
    const before = person[i]!;
    if (before > CERTAIN || before < 1 - CERTAIN) continue;
    person[i] = 1 / (1 + Math.exp(-Math.log(before / (1 - before)) - evidence[i]!));
  }
}

/** How often each colour occurs among the chosen pixels, in parts of 100,000, smoothed over neighbouring colours. */
function histogram(rgb: Uint8Array, chosen: (pixel: number) => boolean): Float32Array | undefined {
  const counts = new Float32Array(STEPS ** 3);
  let total = 0;
  for (let i = 0; i * 3 < rgb.length; i++) {
    if (!chosen(i)) continue;
    counts[binOf(rgb, i)]!++;
    total++;
  }
  if (total < 200) return undefined;
  let smooth = counts;
  for (const step of [1, STEPS, STEPS * STEPS]) {
    const before = smooth;
    smooth = before.map((count, bin) => {
      const position = Math.floor(bin / step) % STEPS;
      return 0.5 * count + 0.25 * (position > 0 ? before[bin - step]! : count) + 0.25 * (position + 1 < STEPS ? before[bin + step]! : count);
    });
  }
  return smooth.map((count) => (count * 100_000) / total);
}

function binOf(rgb: Uint8Array, pixel: number): number {
  return ((rgb[pixel * 3]! >> 4) * STEPS + (rgb[pixel * 3 + 1]! >> 4)) * STEPS + (rgb[pixel * 3 + 2]! >> 4);
}
