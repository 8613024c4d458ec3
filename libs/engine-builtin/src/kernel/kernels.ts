import { readFileSync } from 'node:fs';
import type { Arena } from './arena.ts';
import { compile, instantiate } from './web-assembly.ts';

/** The pixel loops of `assembly/`, on an arena's memory. What they take and do is said there. */
export interface Kernels {
  warpCells(out: number, base: number, width: number, height: number, sourceU: number, sourceV: number): number;
  warpChanged(out: number, base: number, width: number, height: number, sourceU: number, sourceV: number, shown: number, dirty: number): number;
  blendLayers(out: number, width: number, height: number, cellX: number, cellY: number, cellColumns: number, cellRows: number, layers: number, count: number, presence: number, scratch: number): void;
  addScaled(sum: number, values: number, amount: number, count: number): void;
  invert(forwardX: number, forwardY: number, columns: number, rows: number, step: number, sourceU: number, sourceV: number, maxX: number, maxY: number): void;
  resample(out: number, width: number, height: number, source: number, sourceWidth: number, sourceHeight: number, left: number, top: number, step: number): void;
  spread(basis: number, nodes: number, points: number, moveX: number, moveY: number, outX: number, outY: number): void;
  warpAlpha(out: number, alpha: number, width: number, height: number, sourceU: number, sourceV: number, clearance: number): void;
  composite(out: number, frame: number, alpha: number, background: number, width: number, height: number): void;
  alphaToLuma(alpha: number, count: number): void;
}

/** Words of a layer, see assembly/blend.ts. */
export const layerWord = { y: 0, u: 1, v: 2, stride: 3, sourceU: 4, sourceV: 5, weight: 6, maskWeight: 7, mask: 8, halfMask: 9, offset: 10, offsetX: 11, offsetY: 12, offsetU: 13, offsetV: 14, tiles: 15 } as const;
export const LAYER_WORDS = 16;
/** What `blendLayers` works in. */
export const BLEND_SCRATCH_BYTES = 1408;

/** The `tiles` of a mask (assembly/blend.ts): smallest and largest value of each 16 × 16 pixels; one more row, since cells at the lower edge ask for it. */
export function maskTiles(mask: Uint8Array, width: number, height: number): Uint8Array {
  const columns = (width + 15) >> 4;
  const rows = ((height + 15) >> 4) + 1;
  const tiles = new Uint8Array(columns * rows * 2);
  for (let tile = 0; tile < columns * rows; tile++) {
    let least = 255, most = 0;
    const left = (tile % columns) * 16, top = Math.floor(tile / columns) * 16;
    for (let y = top; y < top + 16; y++) {
      for (let x = left; x < left + 16; x++) {
        // What lies outside has no mask.
        const value = x < width && y < height ? mask[y * width + x]! : 0;
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    tiles[2 * tile] = least;
    tiles[2 * tile + 1] = most;
  }
  return tiles;
}

let compiled: ReturnType<typeof compile> | undefined;

export function kernelsOn(arena: Arena): Kernels {
  compiled ??= compile(readFileSync(kernelFile()));
  return instantiate<Kernels>(compiled, arena.memory);
}

/** Beside the built program, or among this library's assets. */
function kernelFile(): URL {
  const here = new URL('./kernels.wasm', import.meta.url);
  const source = new URL('../../assets/kernels.wasm', import.meta.url);
  return import.meta.url.endsWith('.ts') ? source : here;
}
