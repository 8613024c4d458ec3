import type { I420Picture, PictureSize } from '@visavis/engine';
import type { Arena } from '../kernel/arena.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { laySideBySide } from './composite.ts';

const CELL = 16;
/** No pose moves a pixel further than this part of the frame's shorter side. */
const REACH = 0.06;

/** Alpha of one base picture, and which of its cells are the same all around. Addresses of the arena. */
export interface StagedAlpha {
  alpha: number;
  even: number;
}

/** Puts alpha of a frame's size (whole cells) into the arena: two blocks, `alpha` and `even`, that the caller frees. */
export function stageAlpha(alpha: Uint8Array, { width, height }: PictureSize, arena: Arena): StagedAlpha {
  const cells = evenCells(alpha, width, height);
  const staged = { alpha: arena.allocate(alpha.length), even: arena.allocate(cells.length) };
  arena.bytes(staged.alpha, alpha.length).set(alpha);
  arena.bytes(staged.even, cells.length).set(cells);
  return staged;
}

/** 1 for cells around which, as far as anything moves, alpha is 0 throughout, or 255 throughout. */
export function evenCells(alpha: Uint8Array, width: number, height: number): Uint8Array {
  const columns = width / CELL;
  const rows = height / CELL;
  const reach = Math.ceil((REACH * Math.min(width, height)) / CELL);
  /** Bit 0: something is not 0. Bit 1: something is not 255. */
  const found = new Uint8Array(columns * rows);
  for (let i = 0; i < alpha.length; i++) {
    const cell = Math.floor(i / width / CELL) * columns + Math.floor((i % width) / CELL);
    if (alpha[i] !== 0) found[cell]! |= 1;
    if (alpha[i] !== 255) found[cell]! |= 2;
  }
  return found.map((_, cell) => {
    let around = 0;
    const column = cell % columns;
    const row = Math.floor(cell / columns);
    for (let y = Math.max(0, row - reach); y <= Math.min(rows - 1, row + reach); y++) {
      for (let x = Math.max(0, column - reach); x <= Math.min(columns - 1, column + reach); x++) around |= found[y * columns + x]!;
    }
    return around === 3 ? 0 : 1;
  });
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
    this.kernels.warpAlpha(this.moved, matte.alpha, width, height, sourceU, sourceV, matte.even);
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
