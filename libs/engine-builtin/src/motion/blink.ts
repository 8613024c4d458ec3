import { easeInOut } from './easing.ts';
import type { Random } from './random.ts';

/*
 * How people blink: lids fall within a tenth of a second and take twice as long to rise; 15 to 20 times a minute, at intervals that
 * are mostly two to five seconds, seldom long, and now and then none at all.
 */
const CLOSE_S = 0.09;
/** Longer than a frame at 25 frames a second: every blink is seen shut. */
const SHUT_S = 0.045;
const OPEN_S = 0.2;
export const BLINK_S = CLOSE_S + SHUT_S + OPEN_S;

const USUAL_INTERVAL_S = 2.9;
/** Spread of the interval's logarithm. */
const INTERVAL_SPREAD = 0.55;
const SHORTEST_INTERVAL_S = 0.9;
const LONGEST_INTERVAL_S = 9;
const DOUBLE_SHARE = 0.1;
/** From one start to the next. */
const DOUBLE_S = BLINK_S + 0.1;

/** How far lids are shut, `seconds` after they began to fall. */
export function blinkAt(seconds: number): number {
  if (seconds < CLOSE_S) return easeInOut(seconds / CLOSE_S);
  return seconds < CLOSE_S + SHUT_S ? 1 : 1 - easeInOut((seconds - CLOSE_S - SHUT_S) / OPEN_S);
}

/** From the start of one blink to the start of the next. */
export function blinkInterval(random: Random): number {
  if (random() < DOUBLE_SHARE) return DOUBLE_S;
  const interval = USUAL_INTERVAL_S * Math.exp(INTERVAL_SPREAD * normal(random));
  return Math.min(Math.max(interval, SHORTEST_INTERVAL_S), LONGEST_INTERVAL_S);
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
