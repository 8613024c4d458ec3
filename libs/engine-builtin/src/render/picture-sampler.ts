import type { Texture } from './texture.ts';

/**
 * Samples a picture finely: by cubic curves through its pixels, which keep it as sharp as it is. Not for the hot path: the mouth and
 * eye stores are drawn with it, once. Positions are in luma pixels of the picture, whatever the plane.
 */
export class PictureSampler {
  private readonly texture: Texture;

  constructor(texture: Texture) {
    this.texture = texture;
  }

  luma(x: number, y: number): number {
    const { texture } = this;
    return cubic(texture.y, texture.strideY, texture.border, texture.y.length / texture.strideY, x, y);
  }

  blue(x: number, y: number): number {
    const { texture } = this;
    return cubic(texture.u, texture.strideC, texture.border / 2, texture.u.length / texture.strideC, (x - 0.5) / 2, (y - 0.5) / 2);
  }

  red(x: number, y: number): number {
    const { texture } = this;
    return cubic(texture.v, texture.strideC, texture.border / 2, texture.v.length / texture.strideC, (x - 0.5) / 2, (y - 0.5) / 2);
  }
}

/** Catmull-Rom in both directions, kept within what its four nearest pixels say and a little: no halos around hard edges. */
function cubic(plane: Int32Array, stride: number, border: number, rows: number, x: number, y: number): number {
  const px = Math.min(Math.max(x + border, 1), stride - 3);
  const py = Math.min(Math.max(y + border, 1), rows - 3);
  const ix = Math.floor(px), iy = Math.floor(py);
  const fx = px - ix, fy = py - iy;
  const start = iy * stride + ix;
  if (fx === 0 && fy === 0) return plane[start]! & 255;
  const row = (at: number) => curve(plane[at - 1]! & 255, plane[at]! & 255, plane[at + 1]! & 255, plane[at + 2]! & 255, fx);
  const value = curve(row(start - stride), row(start), row(start + stride), row(start + 2 * stride), fy);
  const a = plane[start]! & 255, b = plane[start + 1]! & 255, c = plane[start + stride]! & 255, d = plane[start + stride + 1]! & 255;
  const low = Math.min(a, b, c, d), high = Math.max(a, b, c, d);
  const beyond = 0.06 * (high - low);
  return Math.min(Math.max(value, low - beyond), high + beyond);
}

function curve(before: number, from: number, to: number, after: number, t: number): number {
  return from + 0.5 * t * (to - before + t * (2 * before - 5 * from + 4 * to - after + t * (3 * (from - to) + after - before)));
}
