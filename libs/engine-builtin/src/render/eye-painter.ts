import type { Arena } from '../kernel/arena.ts';
import { BLEND_SCRATCH_BYTES, LAYER_WORDS, layerWord } from '../kernel/kernels.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { channel } from '../motion/pose.ts';
import type { FacePose } from '../motion/pose.ts';
import { CELL, PATCH_PAD } from '../stage/staged-avatar.ts';
import type { StagedAvatar, StagedEyes } from '../stage/staged-avatar.ts';
import type { HeadLattice } from './head-lattice.ts';
import type { PaintedCanvas } from './painted-canvas.ts';

/*
 * Hot path: no allocation after construction.
 *
 * The eyes of a frame, out of a store of lids and gazes: the stored ones around what is wanted, blended.
 */
const FULL = 256;
/** Two lids, two gazes across and two down. */
const MOST_LAYERS = 8;
const NOTHING = 1 / 512;

export class EyePainter {
  private readonly staged: StagedAvatar;
  private readonly eyes: NonNullable<StagedAvatar['eyes']>;
  private readonly kernels: Kernels;
  private readonly lattice: HeadLattice;
  private readonly scratch: number;
  private readonly layers: number;
  private readonly words: Int32Array;
  private readonly across: Int32Array;
  private readonly down: Int32Array;
  private readonly sources: readonly [Int32Array, Int32Array];
  private readonly blink = new Span();
  private readonly gazeX = new Span();
  private readonly gazeY = new Span();
  private readonly blocks: number[];
  private readonly arena: Arena;

  constructor(staged: StagedAvatar, arena: Arena, kernels: Kernels, lattice: HeadLattice) {
    this.staged = staged;
    this.eyes = staged.eyes!;
    this.kernels = kernels;
    this.lattice = lattice;
    this.arena = arena;
    const nodes = lattice.columns * lattice.rows;
    this.layers = arena.allocate(MOST_LAYERS * LAYER_WORDS * 4);
    const across = arena.allocate(nodes * 4);
    const down = arena.allocate(nodes * 4);
    this.scratch = arena.allocate(BLEND_SCRATCH_BYTES);
    this.blocks = [this.layers, this.scratch, across, down];
    this.words = arena.ints(this.layers, MOST_LAYERS * LAYER_WORDS);
    this.across = arena.ints(across, nodes);
    this.down = arena.ints(down, nodes);
    this.sources = [arena.ints(lattice.sourceU, nodes), arena.ints(lattice.sourceV, nodes)];
    for (let layer = 0; layer < MOST_LAYERS; layer++) {
      this.words[layer * LAYER_WORDS + layerWord.sourceU] = across;
      this.words[layer * LAYER_WORDS + layerWord.sourceV] = down;
    }
  }

  paint(pose: FacePose, canvas: PaintedCanvas): void {
    this.gazeX.find(this.eyes.gazesX, pose[channel.gazeX]!);
    this.gazeY.find(this.eyes.gazesY, pose[channel.gazeY]!);
    this.paintEye(this.eyes.left, pose[channel.blinkLeft]!, pose, canvas);
    this.paintEye(this.eyes.right, pose[channel.blinkRight]!, pose, canvas);
  }

  close(): void {
    for (const block of this.blocks) this.arena.free(block);
  }

  private paintEye(eye: StagedEyes, lid: number, pose: FacePose, canvas: PaintedCanvas): void {
    if (Math.abs(lid) < NOTHING && Math.abs(pose[channel.gazeX]!) < NOTHING && Math.abs(pose[channel.gazeY]!) < NOTHING) return;
    const { blinks, gazesX, gazesY } = this.eyes;
    this.blink.find(blinks, lid);
    const luma = eye.width * eye.height;
    let count = 0;
    let left = FULL;
    for (let i = 0; i < MOST_LAYERS; i++) {
      const lidAt = this.blink.first + (i & 1), xAt = this.gazeX.first + ((i >> 1) & 1), yAt = this.gazeY.first + (i >> 2);
      const share = this.blink.share(i & 1) * this.gazeX.share((i >> 1) & 1) * this.gazeY.share(i >> 2);
      const weight = Math.min(left, Math.round(FULL * share));
      if (weight === 0) continue;
      left -= weight;
      const picture = eye.pictures[(lidAt * gazesY.length + yAt) * gazesX.length + xAt]!;
      const word = count * LAYER_WORDS;
      this.words[word + layerWord.y] = picture;
      this.words[word + layerWord.u] = picture + luma;
      this.words[word + layerWord.v] = picture + luma + luma / 4;
      this.words[word + layerWord.stride] = eye.width;
      this.words[word + layerWord.weight] = weight;
      this.words[word + layerWord.maskWeight] = count === 0 ? FULL : 0;
      this.words[word + layerWord.mask] = eye.masks[0]!;
      this.words[word + layerWord.halfMask] = eye.masks[0]! + luma;
      this.words[word + layerWord.tiles] = eye.masks[0]! + luma + luma / 4;
      count++;
    }
    // What rounding left over goes to the first.
    this.words[layerWord.weight]! += left;
    this.place(eye, canvas, count);
  }

  /** The cells where the eye is now, and where each of their corners lies in its patches. */
  private place(eye: StagedEyes, canvas: PaintedCanvas, count: number): void {
    const { lattice } = this;
    const innerWidth = (eye.width - 2 * PATCH_PAD) / eye.scaleX;
    const innerHeight = (eye.height - 2 * PATCH_PAD) / eye.scaleY;
    const middle = Math.min(Math.max(Math.round((eye.y + innerHeight / 2) / CELL), 0), lattice.rows - 1) * lattice.columns + Math.min(Math.max(Math.round((eye.x + innerWidth / 2) / CELL), 0), lattice.columns - 1);
    const x = eye.x + lattice.moveX(middle), y = eye.y + lattice.moveY(middle);
    const cellX = Math.min(Math.max(Math.floor((x - 2) / CELL), 0), lattice.columns - 1);
    const cellY = Math.min(Math.max(Math.floor((y - 2) / CELL), 0), lattice.rows - 1);
    const cellColumns = Math.min(Math.max(Math.ceil((x + innerWidth + 2) / CELL), cellX), lattice.columns - 1) - cellX;
    const cellRows = Math.min(Math.max(Math.ceil((y + innerHeight + 2) / CELL), cellY), lattice.rows - 1) - cellY;
    const [sourceU, sourceV] = this.sources;
    const mostX = eye.width - 1.01, mostY = eye.height - 1.01;
    let to = 0;
    for (let row = 0; row <= cellRows; row++) {
      let node = (cellY + row) * lattice.columns + cellX;
      for (let column = 0; column <= cellColumns; column++, node++, to++) {
        const u = PATCH_PAD + (sourceU[node]! / 65536 - eye.x) * eye.scaleX;
        const v = PATCH_PAD + (sourceV[node]! / 65536 - eye.y) * eye.scaleY;
        this.across[to] = (u < 0 ? 0 : u > mostX ? mostX : u) * 65536;
        this.down[to] = (v < 0 ? 0 : v > mostY ? mostY : v) * 65536;
      }
    }
    this.kernels.blendLayers(canvas.address, this.staged.width, this.staged.height, cellX, cellY, cellColumns, cellRows, this.layers, count, FULL, this.scratch);
    canvas.painted(cellX, cellY, cellColumns, cellRows);
  }
}

/** A value between two of a rising row. */
class Span {
  first = 0;
  private part = 0;

  find(values: readonly number[], value: number): void {
    let first = 0;
    while (first + 2 < values.length && values[first + 1]! <= value) first++;
    this.first = first;
    const from = values[first]!;
    const to = values[first + 1] ?? from;
    this.part = to > from ? Math.min(Math.max((value - from) / (to - from), 0), 1) : 0;
  }

  share(side: number): number {
    return side === 0 ? 1 - this.part : this.part;
  }
}
