/* Pieces of cloth laid over a body: cut along an outline, as thick as they are, with folds and weave. */
import { bell, cloud, clamp01, noise, smoothstep } from '../paint/math.ts';
import type { Colour, Point } from '../paint/math.ts';
import { distanceTo } from '../paint/curve.ts';
import { blur, sample } from '../paint/plane.ts';
import type { Layer, Scene } from '../paint/scene.ts';

export interface Fold {
  line: readonly Point[];
  /** Millimetres; below 0 a crease, above a ridge. */
  height: number;
  sigma: number;
}

export interface ClothPiece {
  outline: readonly Point[];
  /** What it lies on. */
  under(x: number, y: number): number;
  lift: number;
  /** How broadly its edges are rounded. */
  edge: number;
  colour: Colour;
  folds?: readonly Fold[];
  /** Height of broad waves. */
  waves?: number;
  weave?: 'fine' | 'knit' | 'rib' | 'twill' | 'smooth' | 'denim';
  gloss?: number;
  /** Stitches along the edge, this far inside. */
  stitch?: number;
  pattern?(x: number, y: number, colour: Colour): Colour;
  seed?: number;
}

/** Where a fold can be felt. */
function reachOf({ line, sigma }: Fold): { left: number; right: number; top: number; bottom: number } {
  const xs = line.map(([x]) => x), ys = line.map(([, y]) => y), reach = sigma * 4;
  return { left: Math.min(...xs) - reach, right: Math.max(...xs) + reach, top: Math.min(...ys) - reach, bottom: Math.max(...ys) + reach };
}

/** How much of each pixel lies in a polygon. */
function rasterise(scene: Scene, outline: readonly Point[]): Float32Array {
  const { size, pixelsPerMm: scale, originX, originY } = scene;
  const plane = new Float32Array(size * size);
  const SUB = 4;
  const pixels = outline.map(([x, y]) => [x * scale + originX, y * scale + originY] as const);
  for (let row = 0; row < size; row++) {
    for (let sub = 0; sub < SUB; sub++) {
      const y = row + (sub + 0.5) / SUB;
      const crossings: number[] = [];
      for (let i = 0, j = pixels.length - 1; i < pixels.length; j = i++) {
        const [xi, yi] = pixels[i]!, [xj, yj] = pixels[j]!;
        if (yi > y !== yj > y) crossings.push(((xj - xi) * (y - yi)) / (yj - yi) + xi);
      }
      crossings.sort((a, b) => a - b);
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        const from = Math.max(0, crossings[k]!), to = Math.min(size, crossings[k + 1]!);
        for (let x = Math.floor(from); x < to; x++) plane[row * size + x]! += Math.max(0, Math.min(to, x + 1) - Math.max(from, x)) / SUB;
      }
    }
  }
  return plane;
}

export function clothLayer(scene: Scene, piece: ClothPiece): Layer {
  const { size, pixelsPerMm: scale } = scene;
  const mask = rasterise(scene, piece.outline);
  const soft = blur(mask.slice(), size, piece.edge * scale);
  const seed = piece.seed ?? 1;
  const xs = piece.outline.map(([x]) => x), ys = piece.outline.map(([, y]) => y);
  const folds = (piece.folds ?? []).map((fold) => ({ ...fold, box: reachOf(fold) }));
  const at = (plane: Float32Array, x: number, y: number) => sample(plane, size, x * scale + scene.originX - 0.5, y * scale + scene.originY - 0.5);
  const rise = (x: number, y: number) => {
    const t = clamp01(at(soft, x, y) * 2 - 1);
    return Math.sqrt(1 - (1 - t) ** 2);
  };
  return {
    bounds: { left: Math.min(...xs) - 1, right: Math.max(...xs) + 1, top: Math.min(...ys) - 1, bottom: Math.max(...ys) + 1 },
    height: (x, y) => {
      if (at(mask, x, y) <= 0.001) return NaN;
      let z = piece.under(x, y) + piece.lift * (0.3 + 0.7 * rise(x, y));
      for (const { line, height, sigma, box } of folds) {
        if (x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
        const { distance, along } = distanceTo(line, x, y);
        if (distance < sigma * 4) z += height * bell(distance, sigma * (0.6 + 0.8 * along)) * smoothstep(0, 0.2, along) * smoothstep(1.001, 0.5, along);
      }
      const waves = piece.waves ?? 1;
      z += waves * (1.5 * cloud(x / 38 + 0.4 * noise(x / 40, y / 40, seed), y / 52, 2, seed + 2) + 0.45 * cloud(x / 9, y / 17, 2, seed + 3));
      return z + weaveHeight(piece.weave ?? 'fine', x, y);
    },
    paint: (x, y, into) => {
      let tone = 1 + 0.05 * cloud(x / 22, y / 22, 2, seed + 5);
      const weave = piece.weave ?? 'fine';
      if (weave === 'fine' || weave === 'twill') tone *= 1 + 0.05 * noise(x * 2.2, y * 2.2, 8);
      if (weave === 'denim') tone *= 1 + 0.16 * noise(x * 2.4, y * 0.8, 8) + 0.1 * noise((x + y) * 1.6, (x - y) * 0.5, 9);
      if (weave === 'knit' || weave === 'rib') tone *= 1 + 0.08 * noise(x * 1.4, y * 1.4, 8);
      if (piece.stitch) {
        const seam = at(soft, x, y);
        if (Math.abs(seam - piece.stitch) < 0.03) tone *= 0.8;
      }
      const [red, green, blue] = piece.pattern ? piece.pattern(x, y, piece.colour) : piece.colour;
      into.red = red * tone;
      into.green = green * tone;
      into.blue = blue * tone;
      into.flesh = 0.08;
      into.gloss = piece.gloss ?? 0.05;
      into.sharpness = weave === 'smooth' ? 16 : 6;
      into.cover = at(mask, x, y);
    },
  };
}

function weaveHeight(weave: NonNullable<ClothPiece['weave']>, x: number, y: number): number {
  switch (weave) {
    case 'knit': {
      // Rows of stitches like small Vs
      const column = x / 3.1, u = column - Math.floor(column) - 0.5;
      const row = (y + 2.2 * Math.abs(u)) / 2.5 + 0.15 * noise(x / 6, y / 6, 4);
      return 0.3 * Math.cos(row * 2 * Math.PI) * (1 - 1.4 * Math.abs(u)) + 0.34 * (0.5 - Math.abs(u) * 2) ** 2;
    }
    case 'rib':
      return 0.75 * Math.cos((x / 4.2) * 2 * Math.PI) + 0.06 * noise(x * 1.5, y * 1.5, 4);
    case 'twill':
      return 0.035 * Math.sin((x + y) * 3.6) + 0.05 * noise(x * 1.6, y * 1.6, 4);
    case 'denim':
      return 0.05 * Math.sin((x + y) * 3.1) + 0.09 * noise(x * 1.4, y * 1.4, 4);
    case 'fine':
      return 0.05 * noise(x * 1.8, y * 1.8, 4);
    case 'smooth':
      return 0;
  }
}
