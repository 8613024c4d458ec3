/* Colours of the face's skin and lips. */
import { bell, bell2, clamp01, cloud, mix, noise, smoothstep, hypot } from '../paint/math.ts';
import type { Material } from '../paint/scene.ts';
import type { Brows, Skin } from '../person.ts';
import type { FaceLines } from './face-lines.ts';

export type PaintSkin = (x: number, y: number, into: Material) => void;

export function faceSkin(lines: FaceLines, skin: Skin, brows: Brows): PaintSkin {
  const { eye, noseBaseY, noseTipY, alarX, mouthY, mouthX, chinY, shape } = lines;
  const dark = 1 - clamp01((skin.base[0] + skin.base[1]) * 0.9);
  return (x, y, into) => {
    const ax = Math.abs(x);
    let [red, green, blue] = skin.base;
    const towards = (colour: readonly [number, number, number], t: number) => {
      red = mix(red, colour[0], t);
      green = mix(green, colour[1], t);
      blue = mix(blue, colour[2], t);
    };
    const times = (r: number, g: number, b: number, t: number) => {
      red *= mix(1, r, t);
      green *= mix(1, g, t);
      blue *= mix(1, b, t);
    };
    // Mottled as skin is: broad warm and cool patches, then fine ones
    const patches = cloud(x / 11, y / 11, 3, 21);
    times(1 + 0.05 * patches, 1 - 0.03 * patches, 1 - 0.05 * patches, 1);
    const fine = noise(x / 1.6, y / 1.6, 31) * 0.5 + noise(x / 0.8, y / 0.8, 33) * 0.5;
    times(1 + 0.028 * fine, 1 + 0.034 * fine, 1 + 0.036 * fine, 1);
    // The forehead is paler and yellower, cheeks and nose redder, the jaw greyer
    times(1.03, 1.035, 0.97, bell2(x, y + 50, 48, 22));
    const flush =
      0.85 * bell2(ax - 43, y - 32, 15, 11) + 0.75 * bell2(x, y - noseTipY, 8, 7) + 0.45 * bell2(ax - alarX + 2, y - noseBaseY + 5, 6, 6) +
      0.35 * bell2(x, y - chinY + 16, 13, 8) + 0.3 * bell2(x, y - mouthY, 30, 11) + 0.25 * bell2(ax - 66, y - 10, 8, 20);
    towards(skin.flush, clamp01(skin.flushAmount * flush * (1 + 0.35 * patches)));
    // Thin skin around the eyes
    const socket = bell2(ax - eye.centreX + 2, y + 3, 17, 8.5) * 0.75 + 0.75 * bell2(ax - eye.centreX + 6, y - 10, 12, 4.5) * (0.6 + 0.7 * shape.age) + 0.5 * bell2(ax - eye.innerX + 1, y - 1, 4, 6);
    times(0.83, 0.73, 0.75, clamp01(socket) * (0.75 + 0.35 * dark));
    times(0.82, 0.66, 0.62, 0.5 * bell(y - eye.crease(ax), 1) * smoothstep(eye.innerX - 3, eye.innerX + 4, ax) * smoothstep(eye.outerX + 5, eye.outerX - 2, ax));
    times(0.86, 0.7, 0.68, bell2(ax - alarX - 0.6, y - noseBaseY + 4, 1.6, 4) * 0.8);
    // Skin under the brows, darker for the small hairs that are not drawn
    if (ax > lines.browInner - 4 && ax < lines.browOuter + 2 && y < 0) {
      const t = (ax - lines.browInner) / (lines.browOuter - lines.browInner);
      const middle = lines.browLine(ax) - brows.thickness * mix(0.34, 0.12, t);
      const under = bell(y - middle, brows.thickness * mix(0.42, 0.2, smoothstep(0.4, 1, t))) * smoothstep(-0.06, 0.16, t) * smoothstep(1.02, 0.8, t);
      towards([brows.colour[0] * 1.3, brows.colour[1] * 1.2, brows.colour[2] * 1.2], clamp01(under * 0.55 * brows.density));
    }
    // Nostrils
    const nostril = bell2(ax - alarX * 0.52 + 0.12 * (y - noseBaseY), y - noseBaseY + 0.2 - 0.1 * (ax - alarX * 0.52), 3.4, 1.55);
    times(0.1, 0.045, 0.04, smoothstep(0.25, 0.95, nostril) * 0.93);
    times(0.7, 0.55, 0.52, smoothstep(0.05, 0.6, nostril) * 0.8);
    if (skin.stubble > 0) {
      const area = beardArea(lines, x, y);
      const grain = 0.75 + 0.5 * noise(x * 2.6, y * 2.6, 41);
      times(0.6, 0.63, 0.69, clamp01(area * skin.stubble * grain));
    }
    if (skin.freckles > 0) {
      const area = bell2(ax - 26, y - 24, 24, 12) + bell2(x, y - 14, 9, 14) + 0.3 * bell2(x, y + 50, 40, 16);
      const dots = smoothstep(0.38, 0.66, noise((0.83 * x + 0.56 * y) / 1.15, (0.83 * y - 0.56 * x) / 1.15, 51)) + 0.8 * smoothstep(0.5, 0.72, noise((0.6 * x - 0.8 * y) / 0.75, (0.6 * y + 0.8 * x) / 0.75, 53));
      times(0.72, 0.55, 0.44, clamp01(dots * area * skin.freckles));
    }
    if (shape.age > 0.55) {
      const spots = smoothstep(0.45, 0.8, cloud((0.8 * x + 0.6 * y) / 4.2, (0.8 * y - 0.6 * x) / 4.2, 2, 61)) * smoothstep(20, 60, hypot(x, y - 10));
      times(0.88, 0.78, 0.7, spots * (shape.age - 0.5));
    }
    into.gloss = 0.62 * skin.gloss * (0.42 + 0.9 * bell2(x, y - noseTipY, 8, 8) + 0.5 * bell2(x, y + 45, 40, 20) + 0.45 * bell2(ax - 42, y - 20, 12, 8) + 0.35 * bell2(x, y - 10, 6, 22) + 0.25 * bell2(x, y - chinY + 17, 9, 8)) * (1 + 0.3 * noise(x * 0.9, y * 0.9, 71));
    into.sharpness = 13;
    into.flesh = 1;

    // Lips
    const lipX = ax / mouthX;
    if (lipX < 1.12 && y > mouthY - 18 && y < mouthY + 22) {
      const wobble = 0.25 * noise(x / 2.1, y / 2.1, 81);
      const top = lines.lipTop(ax), bottom = lines.lipBottom(ax), meet = lines.lipMeet(ax);
      const soft = 0.75;
      const inside = smoothstep(top - soft, top + soft, y + wobble) * smoothstep(bottom + soft * 1.3, bottom - soft * 1.1, y + wobble) * smoothstep(1.02, 0.93, lipX);
      if (inside > 0) {
        const upper = smoothstep(meet + 0.6, meet - 0.6, y);
        const grain = 1 + 0.09 * noise(x * 1.15 + 0.3 * noise(x / 3, y / 3, 9), y * 0.14, 83);
        const tone = mix(1.04, 0.7, upper) * grain * mix(1, 0.84, smoothstep(0.6, 1, lipX));
        const keep = 1 - skin.lipAmount;
        const border = mix(0.75, 1, smoothstep(0, 2.2, Math.min(y - top, bottom - y)));
        const t = inside * border;
        red = mix(red, (red * keep + skin.lips[0] * skin.lipAmount) * tone, t);
        green = mix(green, (green * keep + skin.lips[1] * skin.lipAmount) * tone, t);
        blue = mix(blue, (blue * keep + skin.lips[2] * skin.lipAmount) * tone, t);
        into.gloss = mix(into.gloss, skin.gloss * mix(1.5, 0.65, upper), inside);
        into.sharpness = mix(13, 22, inside);
      }
      // The line where the lips meet, darkest in the middle and at the corners
      const line = bell(y - meet, mix(0.72, 0.55, lipX)) * smoothstep(1.0, 0.9, lipX);
      times(0.24, 0.13, 0.13, line * 0.86);
      times(0.62, 0.5, 0.5, bell(y - meet - 0.3, 1.7) * smoothstep(1.0, 0.86, lipX) * 0.5);
      times(0.6, 0.48, 0.46, bell2(ax - mouthX + 0.9, y - lines.lipMeet(mouthX), 1.2, 1) * 0.7);
      // Shade under the lower lip, light along the upper lip's edge
      times(0.84, 0.75, 0.72, bell(y - bottom - 2.6, 1.8) * smoothstep(0.8, 0.2, lipX) * 0.6);
      times(1.07, 1.07, 1.07, bell(y - top + 1.1, 0.7) * smoothstep(0.85, 0.2, lipX));
    }
    into.red = red;
    into.green = green;
    into.blue = blue;
    into.cover = 1;
  };
}

/** Where a beard grows, 0 to 1. */
export function beardArea(lines: FaceLines, x: number, y: number): number {
  const { mouthY, mouthX, noseBaseY, shape, chinY } = lines;
  const ax = Math.abs(x);
  const edge = 1.6 * noise(x / 3, y / 3, 91);
  // The cheek's border runs from the sideburn down towards the corner of the mouth
  const cheekTop = mix(mix(mouthY - 10, 14, smoothstep(mouthX + 4, 61, ax) ** 1.6), -20, smoothstep(57, 65, ax));
  let area = smoothstep(cheekTop - 3, cheekTop + 7, y + edge);
  const moustache = smoothstep(noseBaseY + 1.5, noseBaseY + 5, y + edge * 0.5) * smoothstep(mouthX + 7, mouthX + 1, ax);
  const above = y < mouthY - 2 && ax < mouthX + 7;
  if (above) area = Math.max(area * smoothstep(mouthX - 1, mouthX + 7, ax), moustache * (1 - 0.45 * bell(x, 2.4)));
  // Not on the lips, little beside the patch under the lower lip
  const lips = ax < mouthX + 0.5 ? smoothstep(lines.lipTop(ax) + 0.2, lines.lipTop(ax) - 1.6, y) + smoothstep(lines.lipBottom(ax) + 0.6, lines.lipBottom(ax) + 2.6, y) : 1;
  area *= clamp01(lips);
  area *= 1 - 0.75 * bell2(ax - 12.5, y - mouthY - shape.lowerLip - 4, 5.4, 3.6);
  return clamp01(area) * smoothstep(chinY + 30, chinY + 4, y);
}
