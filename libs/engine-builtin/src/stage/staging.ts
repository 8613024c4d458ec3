import type { Arena } from '../kernel/arena.ts';

/** Puts an avatar's pictures into the arena, and remembers what was taken. */
export class Staging {
  readonly blocks: number[] = [];
  bytes = 0;
  readonly arena: Arena;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  block(length: number): number {
    const address = this.arena.allocate(length);
    this.blocks.push(address);
    this.bytes += length;
    return address;
  }

  /** Takes over blocks that something else has put there. */
  keep<Blocks extends object>(blocks: Blocks, length: number): Blocks {
    this.blocks.push(...(Object.values(blocks) as number[]));
    this.bytes += length;
    return blocks;
  }

  put(...pieces: readonly Uint8Array[]): number {
    const address = this.block(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
    let at = address;
    for (const piece of pieces) {
      this.arena.bytes(at, piece.byteLength).set(piece);
      at += piece.byteLength;
    }
    return address;
  }
}
