import type { PictureSize } from '@visavis/engine';
import { i420ByteLength } from '@visavis/engine';
import type { Arena } from '../kernel/arena.ts';
import { CELL } from '../stage/staged-avatar.ts';

/*
 * Hot path: no allocation after construction.
 *
 * A session's picture, and what is on it: which place of the base picture each cell shows, and which cells were painted over.
 */
const CORNER_BYTES = 32;

export class PaintedCanvas {
  /** I420. */
  readonly address: number;
  /** See `warpChanged` of the kernels. */
  readonly shown: number;
  readonly dirty: number;
  private readonly dirtyCells: Uint8Array;
  private readonly columns: number;
  private readonly arena: Arena;

  constructor(size: PictureSize, arena: Arena) {
    this.arena = arena;
    this.columns = size.width / CELL;
    const cells = this.columns * (size.height / CELL);
    this.address = arena.allocate(i420ByteLength(size));
    this.shown = arena.allocate(cells * CORNER_BYTES);
    this.dirty = arena.allocate(cells);
    this.dirtyCells = arena.bytes(this.dirty, cells);
    this.dirtyCells.fill(1);
  }

  /** These cells no longer show the base picture alone. */
  painted(cellX: number, cellY: number, cellColumns: number, cellRows: number): void {
    for (let row = cellY; row < cellY + cellRows; row++) {
      const from = row * this.columns + cellX;
      this.dirtyCells.fill(1, from, from + cellColumns);
    }
  }

  close(): void {
    for (const block of [this.address, this.shown, this.dirty]) this.arena.free(block);
  }
}
