/* Light on a scene: a large lamp from the upper left, a weak cool one from the right, light from the room, a rim from behind. */
import { clamp01, mix, smoothstep, hypot } from './math.ts';
import type { Colour } from './math.ts';
import { blur, halved, sample } from './plane.ts';
import type { Plane } from './plane.ts';
import { EMPTY_DEPTH } from './scene.ts';
import type { Scene } from './scene.ts';

const normalise = (x: number, y: number, z: number): Colour => {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
};

const KEY = normalise(-0.52, -0.5, 0.69);
const FILL = normalise(0.75, -0.1, 0.6);
const RIM_LEFT = normalise(-0.93, -0.3, -0.1);
const RIM_RIGHT = normalise(0.95, -0.25, -0.12);
const HALF_KEY = normalise(KEY[0], KEY[1], KEY[2] + 1);
const HALF_FILL = normalise(FILL[0], FILL[1], FILL[2] + 1);

const KEY_COLOUR: Colour = [1.1, 1.03, 0.95];
const FILL_COLOUR: Colour = [0.13, 0.155, 0.19];
const SKY: Colour = [0.19, 0.2, 0.22];
const GROUND: Colour = [0.13, 0.105, 0.095];
const RIM_COLOUR: Colour = [0.62, 0.65, 0.72];

export interface LitScene {
  red: Plane;
  green: Plane;
  blue: Plane;
}

/** `veil` is how much of the lamp something in front (hair) lets through, 1 where nothing is. */
export function light(scene: Scene, veil?: Plane): LitScene {
  const { size } = scene;
  const shadow = castShadows(scene);
  const open = openness(scene);
  const [red, green, blue] = [new Float32Array(size * size), new Float32Array(size * size), new Float32Array(size * size)];
  const half = size >> 1;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const p = row * size + column;
      if (scene.cover[p]! <= 0) continue;
      const nx = scene.normalX[p]!, ny = scene.normalY[p]!, nz = scene.normalZ[p]!;
      const flesh = scene.flesh[p]!, gloss = scene.gloss[p]!;
      // At an outline half-sized pixels mix near and far: look a little further in
      const inX = (column - 2.2 * nx * Math.abs(nx)) / 2 - 0.25, inY = (row - 2.2 * ny * Math.abs(ny)) / 2 - 0.25;
      const lit = sample(shadow, half, inX, inY) * (veil ? veil[p]! : 1);
      const ao = sample(open, half, inX, inY);
      const key = nx * KEY[0] + ny * KEY[1] + nz * KEY[2];
      const fill = clamp01((nx * FILL[0] + ny * FILL[1] + nz * FILL[2] + 0.3) / 1.3);
      const up = 0.5 - 0.5 * ny;
      const edge = (1 - clamp01(nz)) ** 2.6;
      const rim = edge * (0.5 * clamp01(nx * RIM_RIGHT[0] + ny * RIM_RIGHT[1]) + 0.25 * clamp01(nx * RIM_LEFT[0] + ny * RIM_LEFT[1])) * ao;
      const shine =
        gloss * (clamp01(nx * HALF_KEY[0] + ny * HALF_KEY[1] + nz * HALF_KEY[2]) ** scene.sharpness[p]! * lit * 0.9 * smoothstep(-0.05, 0.25, key) +
          0.16 * clamp01(nx * HALF_FILL[0] + ny * HALF_FILL[1] + nz * HALF_FILL[2]) ** scene.sharpness[p]! * ao);
      const channel = (i: 0 | 1 | 2, albedo: number): number => {
        // Flesh lets light around corners, red furthest.
        const wrap = mix(0.08, i === 0 ? 0.38 : i === 1 ? 0.2 : 0.15, flesh);
        const diffuse = clamp01((key + wrap) / (1 + wrap)) ** (1 + wrap * 0.6);
        const softened = flesh > 0 ? mix(lit, lit ** (i === 0 ? 0.62 : i === 1 ? 0.95 : 1.05), flesh) : lit;
        // Light that bounced within a hollow has the colour of its walls.
        const hollow = ao / (ao + (1 - ao) * (1 - albedo * 0.75));
        const room = mix(GROUND[i], SKY[i], up) * hollow + FILL_COLOUR[i] * fill * hollow;
        return albedo * (KEY_COLOUR[i] * diffuse * softened * mix(1, ao, 0.35) + room) + RIM_COLOUR[i] * rim * (0.22 + 0.5 * albedo) + shine * KEY_COLOUR[i] * 0.5;
      };
      red[p] = channel(0, scene.red[p]!);
      green[p] = channel(1, scene.green[p]!);
      blue[p] = channel(2, scene.blue[p]!);
    }
  }
  return { red, green, blue };
}

/** 0 in full shadow of the lamp, 1 in its light, at half size. The lamp is large: the further off what stands in the way, the softer. */
function castShadows(scene: Scene): Plane {
  const size = scene.size >> 1;
  const scale = scene.pixelsPerMm / 2;
  const depth = halved(scene.depth, scene.size);
  const flat = hypot(KEY[0], KEY[1]);
  const dx = KEY[0] / flat, dy = KEY[1] / flat, rise = KEY[2] / flat;
  const result = new Float32Array(size * size).fill(1);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const from = depth[row * size + column]!;
      if (from <= EMPTY_DEPTH + 1) continue;
      let open = 1;
      // The first steps vary from pixel to pixel, which the blur below turns into a soft border.
      let reach = 0.7 + 0.12 * (((column * 7 + row * 13) % 16) / 16);
      while (reach < 95 && open > 0) {
        const x = column + dx * reach * scale, y = row + dy * reach * scale;
        if (x < 1 || y < 1 || x > size - 2) break;
        const there = sample(depth, size, x, y);
        const above = there - (from + rise * reach + 0.05);
        const softness = 0.34 * reach + 0.25;
        if (above > -softness * 0.5 && above < 70) open = Math.min(open, 1 - smoothstep(-softness * 0.5, softness * 0.5, above));
        reach *= 1.09;
        reach += 0.12;
      }
      result[row * size + column] = open;
    }
  }
  return blur(result, size, 0.8 * scale);
}

/** How much of the room's light reaches a place: what lies below its surroundings gets less. At half size. */
function openness(scene: Scene): Plane {
  const size = scene.size >> 1;
  const scale = scene.pixelsPerMm / 2;
  const depth = halved(scene.depth, scene.size);
  const result = new Float32Array(size * size).fill(1);
  for (const [sigmaMm, strength] of [[1.1, 0.5], [3, 0.19], [8, 0.075], [20, 0.03]] as const) {
    const around = blur(depth.slice(), size, sigmaMm * scale);
    for (let i = 0; i < result.length; i++) {
      const below = around[i]! - depth[i]!;
      if (below > 0) result[i] = result[i]! / (1 + strength * Math.min(below, 40));
    }
  }
  return result;
}
