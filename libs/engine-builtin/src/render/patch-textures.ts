import type { Texture } from './texture.ts';

/** A small opaque-or-not picture over part of the frame. Alpha and luma have one stride, chroma half of it. */
export interface PatchTexture {
  x0: number;
  y0: number;
  width: number;
  height: number;
  alpha: Uint8Array;
  y: Uint8Array;
  u: Uint8Array;
  v: Uint8Array;
}

export interface PixelBox {
  x0: number;
  y0: number;
  width: number;
  height: number;
}

/** An alpha plane over a box: 255 where `coverage` is 1. */
export function alphaPlane(box: PixelBox, coverage: (x: number, y: number) => number): Uint8Array {
  const alpha = new Uint8Array(box.width * box.height);
  for (let y = 0, i = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++, i++) {
      alpha[i] = Math.round(255 * Math.min(Math.max(coverage(box.x0 + x, box.y0 + y), 0), 1));
    }
  }
  return alpha;
}

export interface YuvColour {
  y: number;
  u: number;
  v: number;
}

export interface Paint extends YuvColour {
  alpha: number;
}

/** A patch painted point by point. */
export function paintPatch(box: PixelBox, paint: (x: number, y: number) => Paint): PatchTexture {
  const patch: PatchTexture = {
    ...box,
    alpha: new Uint8Array(box.width * box.height),
    y: new Uint8Array(box.width * box.height),
    u: new Uint8Array((box.width * box.height) >> 2),
    v: new Uint8Array((box.width * box.height) >> 2),
  };
  const half = box.width >> 1;
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const colour = paint(box.x0 + x, box.y0 + y);
      const i = y * box.width + x;
      patch.alpha[i] = Math.round(255 * colour.alpha);
      patch.y[i] = Math.round(colour.y);
      if ((x & 1) === 0 && (y & 1) === 0) {
        const middle = paint(box.x0 + x + 0.5, box.y0 + y + 0.5);
        const c = (y >> 1) * half + (x >> 1);
        patch.u[c] = Math.round(middle.u);
        patch.v[c] = Math.round(middle.v);
      }
    }
  }
  return patch;
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
