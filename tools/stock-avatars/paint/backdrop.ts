import { cloud, mix, smoothstep, hypot } from './math.ts';
import type { Colour } from './math.ts';
import type { LitScene } from './light.ts';
import type { Scene } from './scene.ts';

/** A studio wall out of focus: a pool of light behind the shoulder, darker corners. The whole picture lies on it. */
export function paintBackdrop(scene: Scene, { light, dark }: { light: Colour; dark: Colour }): LitScene {
  const { size } = scene;
  const plane = () => new Float32Array(size * size);
  const picture: LitScene = { red: plane(), green: plane(), blue: plane() };
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const u = column / size, v = row / size;
      const pool = smoothstep(0.86, 0.05, hypot((u - 0.66) * 0.95, (v - 0.36) * 0.9));
      const wash = 0.06 * cloud(u * 3.1, v * 2.6, 3, 40) + 0.012 * cloud(u * 60, v * 60, 2, 41);
      const t = Math.min(1, Math.max(0, pool + wash));
      const at = row * size + column;
      picture.red[at] = mix(dark[0], light[0], t);
      picture.green[at] = mix(dark[1], light[1], t);
      picture.blue[at] = mix(dark[2], light[2], t);
    }
  }
  return picture;
}
