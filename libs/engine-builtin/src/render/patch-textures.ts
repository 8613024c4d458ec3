import type { Texture } from './texture.ts';

export interface PixelBox {
  x0: number;
  y0: number;
  width: number;
  height: number;
}

/** The smallest box around two. */
export function boxAround(one: PixelBox, other: PixelBox): PixelBox {
  const x0 = Math.min(one.x0, other.x0), y0 = Math.min(one.y0, other.y0);
  const right = Math.max(one.x0 + one.width, other.x0 + other.width), bottom = Math.max(one.y0 + one.height, other.y0 + other.height);
  return { x0, y0, width: right - x0, height: bottom - y0 };
}

export interface YuvColour {
  y: number;
  u: number;
  v: number;
}

/** Colour of the picture at a pixel; chroma by its nearest sample. */
export function colourAt(texture: Texture, x: number, y: number): YuvColour {
  const px = Math.min(Math.max(Math.round(x), 0), texture.width - 1);
  const py = Math.min(Math.max(Math.round(y), 0), texture.height - 1);
  const c = ((py >> 1) + texture.border / 2) * texture.strideC + (px >> 1) + texture.border / 2;
  const p = (py + texture.border) * texture.strideY + px + texture.border;
  return { y: texture.y[p]! & 255, u: texture.u[c]! & 255, v: texture.v[c]! & 255 };
}

/** The smallest box with even corners around some pixels, with a margin. */
export function evenBox(left: number, top: number, right: number, bottom: number, grid = 2): PixelBox {
  const x0 = Math.floor(left / grid) * grid;
  const y0 = Math.floor(top / grid) * grid;
  return { x0, y0, width: Math.ceil((right - x0) / grid) * grid, height: Math.ceil((bottom - y0) / grid) * grid };
}
