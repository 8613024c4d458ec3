/* What shows between the lids, and the light in it. */
import { bell, bell2, clamp01, cloud, mix, noise, smoothstep, hypot } from '../paint/math.ts';
import type { Material } from '../paint/scene.ts';
import type { Eyes } from '../person.ts';
import type { FaceLines } from './face-lines.ts';

const PUPIL_RADIUS = 2.15;

export function paintEyeball({ eye }: FaceLines, eyes: Eyes): (x: number, y: number, into: Material) => void {
  return (x, y, into) => {
    const ax = Math.abs(x);
    const dx = ax - eye.centreX, dy = y - eye.irisY;
    const radius = hypot(dx, dy), angle = Math.atan2(dy, dx);
    const upper = eye.upper(ax), lower = eye.lower(ax);
    // The white: greyer to the sides, warm at the corners, fine veins
    const side = smoothstep(5, 14, Math.abs(dx));
    let red = mix(0.58, 0.42, side), green = mix(0.545, 0.365, side), blue = mix(0.52, 0.34, side);
    const vein = smoothstep(0.72, 0.95, 1 - Math.abs(cloud(x * 0.45, y * 0.9, 2, 7)) * 2.2) * side;
    green *= 1 - 0.16 * vein;
    blue *= 1 - 0.14 * vein;
    // Iris: a dark ring, fibres, a lighter ring around the pupil; light that enters from above leaves below
    const inIris = smoothstep(eye.irisRadius + 0.28, eye.irisRadius - 0.38, radius);
    if (inIris > 0) {
      const r = radius / eye.irisRadius;
      const fibres = 0.6 * noise(angle * 9 + x * 0.02, r * 1.6, 11) + 0.4 * noise(angle * 21, r * 3, 12);
      const ring = smoothstep(0.74, 1, r);
      const inner = smoothstep(0.72, 0.4, r + 0.12 * noise(angle * 5, 1, 13));
      const lit = mix(0.55, 1.5, smoothstep(-0.9, 0.9, dy / eye.irisRadius + 0.25 * (dx * Math.sign(x)) / eye.irisRadius)) * (1 + 0.42 * fibres);
      const tone = (i: 0 | 1 | 2) => mix(eyes.iris[i], eyes.irisInner[i], inner) * lit * mix(1, 0.22, ring);
      red = mix(red, tone(0), inIris);
      green = mix(green, tone(1), inIris);
      blue = mix(blue, tone(2), inIris);
      const pupil = smoothstep(PUPIL_RADIUS + 0.28, PUPIL_RADIUS - 0.28, radius);
      red *= 1 - 0.97 * pupil;
      green *= 1 - 0.97 * pupil;
      blue *= 1 - 0.97 * pupil;
    }
    // The tear gland in the inner corner, the wet rim of the lower lid
    const gland = smoothstep(eye.innerX + 4.6, eye.innerX + 1.4, ax + 0.6 * Math.abs(y - 1.2));
    red = mix(red, 0.52, gland);
    green = mix(green, 0.2, gland);
    blue = mix(blue, 0.17, gland);
    const rim = smoothstep(1.25, 0.2, lower - y);
    red = mix(red, 0.62, rim * 0.75);
    green = mix(green, 0.33, rim * 0.75);
    blue = mix(blue, 0.29, rim * 0.75);
    // The upper lid's shade
    const shade = mix(0.3, 1, smoothstep(-0.2, 4.4, y - upper)) * mix(0.72, 1, smoothstep(eye.innerX, eye.innerX + 6, ax) * smoothstep(eye.outerX, eye.outerX - 5, ax));
    into.red = red * shade;
    into.green = green * shade * mix(0.92, 1, shade);
    into.blue = blue * shade * mix(0.9, 1, shade);
    into.flesh = 0.35;
    into.gloss = 0.12;
    into.sharpness = 90;
    into.cover = 1;
  };
}

/** Light of windows in the eye, laid over the lit picture: 0 to 1. Same side in both eyes. */
export function catchLight({ eye }: FaceLines, x: number, y: number): number {
  const dx = x - Math.sign(x) * eye.centreX, dy = y - eye.irisY;
  const tall = (dx + 2.05) * 0.94 + (dy + 2.1) * 0.2, wide = (dy + 2.1) * 0.94 - (dx + 2.05) * 0.2;
  const window = smoothstep(1.12, 0.72, Math.abs(tall)) * smoothstep(1.3, 0.85, Math.abs(wide));
  const second = 0.045 * bell2(dx - 2.3, dy - 2.2, 1.0, 0.8);
  return clamp01(window * 0.92 + second + 0.012 * bell(hypot(dx + 2, dy + 2), 1.8));
}
