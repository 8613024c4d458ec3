/* What is seen at each pixel, before light falls on it: depth, normal, colour and how the material takes light. */
import type { Colour } from './math.ts';
import type { Plane } from './plane.ts';

/** A material at one place. `paint` functions write into one that is reused. */
export interface Material {
  red: number;
  green: number;
  blue: number;
  /** 0 hard like cloth … 1 soft like skin: light goes in and comes out red. */
  flesh: number;
  /** Strength of the highlight, and how narrow it is (exponent). */
  gloss: number;
  sharpness: number;
  /** 0 to 1; a half-covered pixel keeps half of what was there. */
  cover: number;
}

export interface Layer {
  /** Millimetres on the picture around which something may be drawn. */
  bounds: { left: number; top: number; right: number; bottom: number };
  /** Height above the picture's plane at a place of the picture, or NaN. */
  height(x: number, y: number): number;
  paint(x: number, y: number, into: Material): void;
}

export const EMPTY_DEPTH = -140;

export class Scene {
  readonly size: number;
  readonly pixelsPerMm: number;
  /** The picture's place of millimetre (0, 0), in pixels. */
  readonly originX: number;
  readonly originY: number;
  readonly depth: Plane;
  readonly normalX: Plane;
  readonly normalY: Plane;
  readonly normalZ: Plane;
  readonly red: Plane;
  readonly green: Plane;
  readonly blue: Plane;
  readonly flesh: Plane;
  readonly gloss: Plane;
  readonly sharpness: Plane;
  /** 1 where any layer lies. */
  readonly cover: Plane;

  constructor(size: number) {
    this.size = size;
    this.pixelsPerMm = (size / 1024) * 2.42;
    this.originX = size / 2;
    this.originY = size * 0.408;
    const plane = (): Plane => new Float32Array(size * size);
    this.depth = plane().fill(EMPTY_DEPTH);
    [this.normalX, this.normalY, this.normalZ] = [plane(), plane(), plane().fill(1)];
    [this.red, this.green, this.blue] = [plane(), plane(), plane()];
    [this.flesh, this.gloss, this.sharpness, this.cover] = [plane(), plane(), plane().fill(10), plane()];
  }

  xOf(column: number): number {
    return (column + 0.5 - this.originX) / this.pixelsPerMm;
  }

  yOf(row: number): number {
    return (row + 0.5 - this.originY) / this.pixelsPerMm;
  }

  add(layer: Layer): void {
    const { size, pixelsPerMm: scale } = this;
    const left = Math.max(0, Math.floor(layer.bounds.left * scale + this.originX));
    const right = Math.min(size - 1, Math.ceil(layer.bounds.right * scale + this.originX));
    const top = Math.max(0, Math.floor(layer.bounds.top * scale + this.originY));
    const bottom = Math.min(size - 1, Math.ceil(layer.bounds.bottom * scale + this.originY));
    if (right < left || bottom < top) return;
    const width = right - left + 3;
    const heights = new Float32Array(width * (bottom - top + 3));
    for (let row = top - 1; row <= bottom + 1; row++) {
      for (let column = left - 1; column <= right + 1; column++) {
        heights[(row - top + 1) * width + column - left + 1] = layer.height(this.xOf(column), this.yOf(row));
      }
    }
    const material: Material = { red: 0, green: 0, blue: 0, flesh: 0, gloss: 0, sharpness: 10, cover: 1 };
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const at = (row - top + 1) * width + column - left + 1;
        const height = heights[at]!;
        if (Number.isNaN(height)) continue;
        const pixel = row * size + column;
        material.cover = 1;
        layer.paint(this.xOf(column), this.yOf(row), material);
        if (material.cover <= 0) continue;
        const slope = (a: number, b: number) => (Number.isNaN(a) ? (Number.isNaN(b) ? 0 : b - height) : Number.isNaN(b) ? height - a : (b - a) / 2) * scale;
        const sx = slope(heights[at - 1]!, heights[at + 1]!), sy = slope(heights[at - width]!, heights[at + width]!);
        const norm = 1 / Math.hypot(sx, sy, 1);
        this.blend(pixel, height, -sx * norm, -sy * norm, norm, material);
      }
    }
  }

  private blend(pixel: number, depth: number, nx: number, ny: number, nz: number, m: Material): void {
    const t = Math.min(1, m.cover);
    if (t > 0.5) this.depth[pixel] = depth;
    const put = (plane: Plane, value: number) => (plane[pixel] = plane[pixel]! + (value - plane[pixel]!) * t);
    put(this.normalX, nx);
    put(this.normalY, ny);
    put(this.normalZ, nz);
    put(this.red, m.red);
    put(this.green, m.green);
    put(this.blue, m.blue);
    put(this.flesh, m.flesh);
    put(this.gloss, m.gloss);
    put(this.sharpness, m.sharpness);
    put(this.cover, 1);
  }
}

export function setColour(material: Material, [red, green, blue]: Colour): void {
  material.red = red;
  material.green = green;
  material.blue = blue;
}
