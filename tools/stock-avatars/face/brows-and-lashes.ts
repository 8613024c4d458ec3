import { bellRandom, clamp01, mix, mixColour, scaleColour, seededRandom } from '../paint/math.ts';
import type { Point } from '../paint/math.ts';
import type { Brush } from '../paint/brush.ts';
import type { Brows, Eyes } from '../person.ts';
import type { FaceLines } from './face-lines.ts';
import type { HeadPlace } from './head-layer.ts';

/** Hairs of the brows: upright at the inner end, then lying outwards, upper and lower ones meeting in the middle. */
export function drawBrows(brush: Brush, lines: FaceLines, place: HeadPlace, brows: Brows, seed: number, grey: number): void {
  const random = seededRandom(seed);
  for (const side of [-1, 1]) {
    const lightSide = side < 0 ? 1 : 0.82;
    const count = Math.round(560 * brows.density);
    for (let i = 0; i < count; i++) {
      const t = random() ** 0.92;
      const across = random();
      const ax = mix(lines.browInner, lines.browOuter, t);
      const thick = brows.thickness * (t < 0.14 ? mix(0.72, 1, t / 0.14) : t > 0.5 ? mix(1, 0.22, (t - 0.5) / 0.5) : 1);
      const y = lines.browLine(ax) - (across - 0.2) * thick + bellRandom(random) * 0.5;
      const slope = (lines.browLine(ax + 1) - lines.browLine(ax - 1)) / 2;
      // Angle from the brow's own direction, up
      const lift = mix(1.25, 0.18, Math.min(1, t / 0.42) ** 0.7) * (1 - across * 0.55) - across * 0.22 * Math.min(1, t * 2) + 0.16 * bellRandom(random);
      const direction = Math.atan(slope) - lift;
      const length = (t > 0.75 ? 4.4 : 5.4) * (0.7 + 0.5 * random()) * (0.75 + 0.05 * brows.thickness);
      const at = (along: number): Point => {
        const bend = direction + lift * 0.5 * along;
        return place.toPicture(side * (ax + Math.cos(bend) * length * along), y + Math.sin(bend) * length * along);
      };
      const edge = t < 0.08 ? t / 0.08 : 1;
      const strong = (0.45 + 0.4 * random()) * mix(0.35, 1, edge);
      const tone = random() < grey ? ([0.62, 0.6, 0.58] as const) : scaleColour(brows.colour, (0.65 + 0.7 * random()) * lightSide);
      brush.stroke({ line: [at(0), at(0.33), at(0.66), at(1)], width: (a) => 0.42 * (1 - a * 0.7), colour: () => tone, alpha: (a) => strong * clamp01(a * 6 + 0.35) * (1 - a * 0.55) });
    }
  }
}

export function drawLashes(brush: Brush, lines: FaceLines, place: HeadPlace, eyes: Eyes, seed: number): void {
  const random = seededRandom(seed);
  const { eye } = lines;
  const dark = [0.012, 0.008, 0.007] as const;
  for (const side of [-1, 1]) {
    // The line of their roots along the upper lid, thicker outwards
    const rootLine = (from: number, to: number, edge: (ax: number) => number, lift: number): Point[] =>
      Array.from({ length: 40 }, (_, i) => {
        const ax = mix(eye.innerX, eye.outerX, mix(from, to, i / 39));
        return place.toPicture(side * ax, edge(ax) + lift);
      });
    brush.stroke({ line: rootLine(0.06, 1.02, eye.upper, -0.15), width: (a) => mix(0.7, 1.6, a) * (0.75 + 0.75 * eyes.liner), colour: () => dark, alpha: (a) => (0.55 + 0.35 * eyes.liner) * clamp01(a * 5) });
    brush.stroke({ line: rootLine(0.1, 0.99, eye.upper, 0.45), width: () => 0.7, colour: () => dark, alpha: (a) => 0.3 * clamp01(a * 4) });
    brush.stroke({ line: rootLine(0.35, 1, eye.lower, 0.3), width: () => 0.5, colour: () => [0.05, 0.024, 0.018], alpha: (a) => (0.16 + 0.28 * eyes.liner) * clamp01(a * 2.4) });
    const upperCount = Math.round(64 + 46 * eyes.lashes);
    for (let i = 0; i < upperCount; i++) {
      const t = 0.08 + 0.94 * ((i + random()) / upperCount);
      const ax = mix(eye.innerX, eye.outerX, t);
      const fan = (t - 0.36) * 2 + bellRandom(random) * 0.34;
      const length = eyes.lashes * (1.3 + 3.5 * t) * (0.55 + 0.6 * random());
      lash(side, ax, eye.upper(ax) - 0.1, fan, -length, 0.5, 0.66);
    }
    const lowerCount = Math.round(34 * eyes.lashes);
    for (let i = 0; i < lowerCount; i++) {
      const t = 0.3 + 0.68 * ((i + random()) / lowerCount);
      const ax = mix(eye.innerX, eye.outerX, t);
      lash(side, ax, eye.lower(ax) + 0.35, (t - 0.4) * 1.1 + bellRandom(random) * 0.3, eyes.lashes * (1.5 + 0.9 * random()), 0.26, 0.34);
    }
  }
  function lash(side: number, ax: number, y: number, fan: number, length: number, width: number, alpha: number): void {
    const at = (a: number): Point => place.toPicture(side * (ax + Math.sin(fan) * Math.abs(length) * a), y + Math.cos(fan) * length * (a * 1.15 - 0.15 * a * a) * (length < 0 ? a * 0.75 + 0.25 : 1));
    brush.stroke({ line: [at(0), at(0.3), at(0.6), at(0.85), at(1)], width: (a) => width * (1 - 0.75 * a), colour: () => mixColour(dark, [0.03, 0.02, 0.015], 0.5), alpha: (a) => alpha * (1 - 0.5 * a) });
  }
}
