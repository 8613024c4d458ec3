import type { Random } from './random.ts';
import { easeInOut } from './easing.ts';

/*
 * Where idle eyes look: at the viewer, with a short look aside now and then, and never anywhere in between for long. Between the jumps
 * they rest. Looks go where a photo's store has eyes for: gazeX in halves, gazeY in wholes.
 */
export interface Look {
  startS: number;
  endS: number;
  x: number;
  y: number;
}

const SACCADE_S = 0.05;
/** Eyes come back this long before the end, and leave the viewer this long after the start. */
const BORDER_S = 0.7;
/** At least this long at the viewer between two looks aside. */
const CONTACT_S = 1.3;

const TARGETS: readonly { x: number; y: number; weight: number }[] = [
  { x: 0.5, y: 0, weight: 5 },
  { x: -0.5, y: 0, weight: 5 },
  { x: 0.5, y: 1, weight: 2 },
  { x: -0.5, y: 1, weight: 2 },
  { x: 0, y: 1, weight: 2 },
  { x: 1, y: 0, weight: 1.5 },
  { x: -1, y: 0, weight: 1.5 },
  { x: 0.5, y: -1, weight: 1 },
  { x: -0.5, y: -1, weight: 1 },
];
const ALL_WEIGHT = TARGETS.reduce((sum, { weight }) => sum + weight, 0);

/** Looks aside within a clip that begins and ends with eye contact. */
export function planLooks(seconds: number, random: Random): Look[] {
  const looks: Look[] = [];
  let at = BORDER_S + random() * 2.2;
  for (;;) {
    const lasts = 0.35 + 0.75 * random() ** 1.5;
    if (at + lasts > seconds - BORDER_S) return looks;
    looks.push({ startS: at, endS: at + lasts, ...pickTarget(random) });
    at += lasts + CONTACT_S + 3.2 * random();
  }
}

export function gazeAt(looks: readonly Look[], seconds: number): { x: number; y: number } {
  for (const { startS, endS, x, y } of looks) {
    const there = easeInOut((seconds - startS) / SACCADE_S) - easeInOut((seconds - endS) / SACCADE_S);
    if (there > 0) return { x: x * there, y: y * there };
  }
  return { x: 0, y: 0 };
}

function pickTarget(random: Random): { x: number; y: number } {
  let left = random() * ALL_WEIGHT;
  for (const { x, y, weight } of TARGETS) {
    left -= weight;
    if (left < 0) return { x, y };
  }
  return { x: 0.5, y: 0 };
}
