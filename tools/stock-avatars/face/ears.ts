import { bell, bell2, cloud, mix, smoothstep } from '../paint/math.ts';
import type { Layer } from '../paint/scene.ts';
import type { Skin } from '../person.ts';
import type { FaceLines } from './face-lines.ts';
import type { HeadPlace } from './head-layer.ts';

const TOP = -15, BOTTOM = 42;

/** Both ears, which stand behind the face's outline: to be added before the face. */
export function earLayer(lines: FaceLines, place: HeadPlace, skin: Skin): Layer {
  const rootX = 67 * (0.5 + 0.5 * lines.shape.cheeks);
  const local = (px: number, py: number) => {
    const { x, y } = place.toFace(px, py);
    const v = (y - (TOP + BOTTOM) / 2) / ((BOTTOM - TOP) / 2);
    const width = 12.5 * Math.max(0, 1 - Math.abs(v) ** 2.6) ** 0.55 * (v < 0 ? 1 : mix(1, 0.62, v));
    return { u: (Math.abs(x) - rootX + 1.8 * v) / Math.max(0.1, width), v, width, ax: Math.abs(x), y };
  };
  return {
    bounds: { left: -100, right: 100, top: -34, bottom: 80 },
    height: (px, py) => {
      const { u, v, width } = local(px, py);
      if (Math.abs(v) >= 1 || u < -0.6 || u > 1) return NaN;
      const rim = bell((u - 0.82) * width, 2) * smoothstep(0.98, 0.7, Math.abs(v));
      return -76 + 5 * Math.sqrt(Math.max(0, 1 - u * u)) + 2.6 * rim - 3.2 * bell2((u - 0.3) * width, v * 30 - 3, 3.6, 10) + 2 * bell2((u - 0.5) * width, v * 30 + 6, 1.8, 12) + 1.8 * bell2((u - 0.4) * width, v * 30 - 24, 4, 5);
    },
    paint: (px, py, into) => {
      const { u, v, width } = local(px, py);
      const flush = 0.42 * skin.flushAmount * (1 + 0.4 * cloud(px / 7, py / 7, 2, 3));
      const dip = bell2((u - 0.3) * width, v * 30 - 3, 3.6, 11);
      const tone = (i: 0 | 1 | 2) => mix(skin.base[i], skin.flush[i], Math.min(1, flush + 0.2)) * (1 - 0.4 * dip) * 0.92;
      into.red = tone(0);
      into.green = tone(1);
      into.blue = tone(2);
      into.flesh = 1;
      into.gloss = skin.gloss * 0.4;
      into.sharpness = 12;
      into.cover = 1;
    },
  };
}
