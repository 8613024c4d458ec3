/* Neck, shoulders and chest without clothes, from the front, in the picture's millimetres (the eyes are at 0). */
import { bell, bell2, cloud, noise, smoothMax, smoothstep } from '../paint/math.ts';
import { distanceTo, graph, throughPoints } from '../paint/curve.ts';
import type { Person } from '../person.ts';

export interface Body {
  neckHalf: number;
  /** Upper edge of neck and shoulders at |x|. */
  shoulderTop(ax: number): number;
  height(x: number, y: number): number;
}

export function bodyRelief({ neckWidth, shoulders, shape }: Person): Body {
  const neckHalf = 52 * neckWidth, s = shoulders;
  const shoulderTop = graph([[neckHalf - 6, 104], [neckHalf - 1, 122], [neckHalf + 6, 135], [neckHalf + 22, 147], [95 * s, 158], [128 * s, 168], [152 * s, 178], [169 * s, 192], [180 * s, 213], [186 * s, 250], [188 * s, 330]]);
  const muscle = throughPoints([[neckHalf * 0.95, 84], [neckHalf * 0.68, 118], [neckHalf * 0.36, 146], [8, 167]], 6);
  const collarBone = throughPoints([[10, 169], [34, 169], [66, 161], [110, 156]], 6);
  const chest = graph([[100, -64], [140, -52], [168, -43], [205, -31], [250, -20], [320, -14]]);
  const masculine = smoothstep(0.96, 1.12, neckWidth);

  const height = (x: number, y: number): number => {
    const ax = Math.abs(x);
    const across = Math.min(1, ax / (neckHalf + 1.5));
    const neckFront = -44 + 10 * smoothstep(95, 165, y) - 26 * smoothstep(158, 200, y);
    let neck = neckFront - 46 * (1 - Math.sqrt(Math.max(0, 1 - across ** 2.3)));
    const throat = smoothstep(186, 160, y) * smoothstep(neckHalf + 2, neckHalf - 8, ax);
    if (throat > 0) {
      const m = distanceTo(muscle, ax, y);
      neck += throat * 2.4 * bell(m.distance, 5.5) * smoothstep(0, 0.3, m.along);
      neck -= throat * 1.6 * bell2(x, y - 158, 7, 9);
      neck += throat * (0.8 + 2.4 * masculine) * bell2(x, y - 127, 7, 9);
      neck -= throat * (0.25 + shape.age) * 0.6 * (bell(y - 122 + 0.005 * x * x, 1.2) + bell(y - 141 + 0.006 * x * x, 1.3)) * smoothstep(neckHalf, neckHalf * 0.4, ax);
    }
    const below = y - shoulderTop(ax);
    const round = Math.max(0, Math.min(1, 1 - below / 46));
    let torso = chest(y) - 34 * (1 - Math.sqrt(Math.max(0, 1 - Math.min(1, ax / (200 * s)) ** 2.6))) - 44 * (1 - Math.sqrt(Math.max(0, 1 - round * round)));
    if (y > 110) {
      const bone = distanceTo(collarBone, ax, y);
      torso += 3.6 * bell(bone.distance, 3.6) * smoothstep(1, 0.6, bone.along);
      torso -= 2.6 * bell2(ax - 52, y - 153, 24, 6);
      torso -= 3.4 * bell2(x, y - 171, 6, 7);
    }
    return smoothMax(neck, torso, 9) + 0.3 * cloud(x / 16, y / 16, 2, 5) + 0.028 * noise(x * 1.15, y * 1.15, 5);
  };
  return { neckHalf, shoulderTop, height };
}
