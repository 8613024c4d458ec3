/* Glasses: frames with a shadow on the face, and a breath of reflection. */
import { bell2, smoothstep, hypot } from '../paint/math.ts';
import type { Colour, Point } from '../paint/math.ts';
import { distanceTo, throughPoints } from '../paint/curve.ts';
import type { Scene } from '../paint/scene.ts';
import type { FaceLines } from './face-lines.ts';
import type { HeadPlace } from './head-layer.ts';

export function addGlasses(scene: Scene, lines: FaceLines, place: HeadPlace, colour: Colour): void {
  const cx = lines.eye.centreX + 1.5, cy = 4;
  const lens = throughPoints([[cx - 25, cy - 6], [cx - 21, cy - 15], [cx, cy - 18], [cx + 21, cy - 16], [cx + 26.5, cy - 7], [cx + 23, cy + 9], [cx + 9, cy + 18.5], [cx - 9, cy + 18], [cx - 22, cy + 8]], 7, true);
  const closed: Point[] = [...lens, lens[0]!];
  const bridge: Point[] = throughPoints([[0, cy - 9.5], [4, cy - 9], [cx - 24, cy - 5.5]], 6);
  const arm: Point[] = [[cx + 26, cy - 9], [72, cy - 8.5]];
  const depth = (ax: number) => 6 - 0.0042 * ax * ax - (ax > cx + 24 ? (ax - cx - 24) * 3.5 : 0);
  const near = (fx: number, fy: number) => {
    const ax = Math.abs(fx);
    const rim = distanceTo(closed, ax, fy).distance;
    const b = distanceTo(bridge, ax, fy).distance, a = distanceTo(arm, ax, fy).distance;
    return Math.min(rim - 1.15, b - 1.25, a - 1.3);
  };
  scene.add({
    bounds: { left: -86, right: 86, top: -26, bottom: 52 },
    height: (x, y) => {
      const f = place.toFace(x, y);
      const d = near(f.x, f.y);
      return d < 0.6 ? depth(Math.abs(f.x)) + Math.sqrt(Math.max(0, 1.2 - (d + 1.1) ** 2)) : NaN;
    },
    paint: (x, y, into) => {
      const f = place.toFace(x, y);
      [into.red, into.green, into.blue] = colour;
      into.flesh = 0;
      into.gloss = 0.9;
      into.sharpness = 26;
      into.cover = smoothstep(0.16, -0.16, near(f.x, f.y));
    },
  });
}

/** Reflection on the lenses, to be added to the lit picture. */
export function lensGleam(lines: FaceLines, x: number, y: number): number {
  const dx = x - Math.sign(x) * (lines.eye.centreX + 1.5), dy = y - 4;
  const inside = smoothstep(1, 0.9, hypot(dx / 25, dy / 17.5));
  const band = dx * 0.8 + dy * 0.6;
  return inside * (0.035 * smoothstep(-19, -15, band) * smoothstep(-7, -11, band) + 0.02 * bell2(dx - 8, dy - 8, 6, 6));
}
