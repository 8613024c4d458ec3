import type { I420Picture, PictureSize } from '@visavis/engine';
import type { Arena } from '../kernel/arena.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { CELL } from '../stage/staged-avatar.ts';
import { laySideBySide } from './composite.ts';

/** Cells; no pose moves anything further. */
const MAX_CLEARANCE = 16;

/** Alpha of one base picture, and the clearance of its cells. Addresses of the arena. */
export interface StagedAlpha {
  alpha: number;
  clearance: number;
}

/** Puts alpha of a frame's size (whole cells) into the arena: two blocks, `alpha` and `clearance`, that the caller frees. */
export function stageAlpha(alpha: Uint8Array, { width, height }: PictureSize, arena: Arena): StagedAlpha {
  const cells = clearanceOf(alpha, width, height);
  const staged = { alpha: arena.allocate(alpha.length), clearance: arena.allocate(cells.length) };
  arena.bytes(staged.alpha, alpha.length).set(alpha);
  arena.bytes(staged.clearance, cells.length).set(cells);
  return staged;
}

/**
 * Of each cell, how many cells in every direction alpha goes on as it is in this one: 0 throughout, or 255 throughout. 0 for cells in which
 * it is neither, and for those beside others. Beyond the frame it goes on.
 */
export function clearanceOf(alpha: Uint8Array, width: number, height: number): Uint8Array {
  const columns = width / CELL;
  const rows = height / CELL;
  /** Bit 0: something is not 0. Bit 1: something is not 255. */
  const kinds = new Uint8Array(columns * rows);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const cell = (y >> 4) * columns + (x >> 4);
      if (alpha[i] !== 0) kinds[cell]! |= 1;
      if (alpha[i] !== 255) kinds[cell]! |= 2;
    }
  }
  // Each round, a cell all of whose neighbours are as it is, and have come as far, comes one further.
  const clearance = new Uint8Array(columns * rows);
  for (let round = 1; round <= MAX_CLEARANCE; round++) {
    const before = clearance.slice();
    for (let cell = 0; cell < clearance.length; cell++) {
      if (kinds[cell] === 3 || before[cell] !== round - 1) continue;
      const column = cell % columns;
      let goesOn = true;
      for (let down = -columns; down <= columns; down += columns) {
        for (let across = -1; across <= 1; across++) {
          const near = cell + down + across;
          if (near < 0 || near >= before.length || column + across < 0 || column + across >= columns) continue;
          if (kinds[near] !== kinds[cell] || before[near]! < round - 1) goesOn = false;
        }
      }
      if (goesOn) clearance[cell] = round;
    }
  }
  return clearance;
}

/*
 * Hot path: `paint` and `copyTransparent` allocate nothing but views.
 *
 * Fills what is behind the person in a drawn frame. Alpha moves with the head, so a frame is drawn first, over base pictures with the
 * person's own colours at the outline (`cutOut`), and then mixed with the background.
 */
export class BackgroundPainter {
  private readonly size: PictureSize;
  private readonly mattes: readonly StagedAlpha[];
  private readonly behind: number;
  private readonly arena: Arena;
  private readonly kernels: Kernels;
  private readonly moved: number;
  private readonly movedBytes: Uint8Array;
  private readonly matteBytes: readonly Uint8Array[];

  /** `mattes`: one per base picture; `behind`: an I420 picture in the arena. Both stay the caller's. Frames are whole cells. */
  constructor(size: PictureSize, mattes: readonly StagedAlpha[], behind: number, arena: Arena, kernels: Kernels) {
    if (size.width % CELL !== 0 || size.height % CELL !== 0) throw new RangeError('frames are whole cells');
    this.size = size;
    this.mattes = mattes;
    this.behind = behind;
    this.arena = arena;
    this.kernels = kernels;
    const pixels = size.width * size.height;
    this.moved = arena.allocate(pixels);
    this.movedBytes = arena.bytes(this.moved, pixels);
    this.matteBytes = mattes.map(({ alpha }) => arena.bytes(alpha, pixels));
  }

  /** `canvas` holds the person, drawn over base picture `base` with this lattice; `out` (which may be the canvas) gets the frame. */
  paint(out: number, canvas: number, base: number, sourceU: number, sourceV: number): void {
    const { width, height } = this.size;
    const matte = this.mattes[base]!;
    this.movedBytes.set(this.matteBytes[base]!);
    this.kernels.warpAlpha(this.moved, matte.alpha, width, height, sourceU, sourceV, matte.clearance);
    this.kernels.composite(out, canvas, this.moved, this.behind, width, height);
  }

  /** After `paint` over black: colour and alpha side by side. Until the next `paint`, once. */
  copyTransparent(drawn: Uint8Array, out: I420Picture): void {
    this.kernels.alphaToLuma(this.moved, this.size.width * this.size.height);
    laySideBySide(drawn, this.movedBytes, this.size, out);
  }

  close(): void {
    this.arena.free(this.moved);
  }
}
