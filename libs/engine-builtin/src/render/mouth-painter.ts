import { CONTROL_POINT_COUNT } from '../bundle/control-points.ts';
import { featureWays, MOUTH_FEATURES, mouthFeaturesOf } from '../bundle/mouth-features.ts';
import type { Arena } from '../kernel/arena.ts';
import { BLEND_SCRATCH_BYTES, LAYER_WORDS, layerWord } from '../kernel/kernels.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { fitAffine } from '../stage/affine.ts';
import { CELL } from '../stage/staged-avatar.ts';
import type { StagedAvatar, StagedMouths } from '../stage/staged-avatar.ts';
import { ColourFit } from './colour-fit.ts';
import type { DrawnPose } from './drawn-pose.ts';
import type { HeadLattice } from './head-lattice.ts';
import type { PaintedCanvas } from './painted-canvas.ts';
import { CHOSEN, MouthChoice } from './mouth-choice.ts';

/*
 * Hot path: no allocation after construction.
 *
 * The mouth of a frame: the nearest stored mouths, each laid so that its control points come to lie where those of the wanted shape are, and
 * blended (the idea: Bregler et al. 1997, Video Rewrite; Ezzat et al. 2002, trainable videorealistic speech animation).
 */
const POINTS = CONTROL_POINT_COUNT;
/** A mouth that differs from the base picture's by this much, in units, is all there; one that differs less fades in, so that nothing switches. */
const PRESENT = 0.02;
const FULL = 256;

export class MouthPainter {
  private readonly staged: StagedAvatar;
  private readonly mouths: StagedMouths;
  private readonly kernels: Kernels;
  private readonly lattice: HeadLattice;
  private readonly choice: MouthChoice;
  private readonly colourFit: ColourFit | undefined;
  private readonly wanted = new Float32Array(MOUTH_FEATURES);
  private readonly targets = new Float32Array(POINTS * 2);
  private readonly map = new Float64Array(6);
  private readonly moveX: number;
  private readonly moveY: number;
  private readonly moves: readonly [Float32Array, Float32Array];
  private readonly gridX: number;
  private readonly gridY: number;
  private readonly grids: readonly [Float32Array, Float32Array];
  private readonly scratch: number;
  private readonly layers: number;
  private readonly layerWords: Int32Array;
  /** Of each layer, sources across and down. */
  private readonly nodes: readonly (readonly [Int32Array, Int32Array])[];
  private readonly headSources: readonly [Int32Array, Int32Array];
  private readonly blocks: number[] = [];
  private readonly arena: Arena;

  constructor(staged: StagedAvatar, arena: Arena, kernels: Kernels, lattice: HeadLattice) {
    this.staged = staged;
    this.mouths = staged.mouths;
    this.kernels = kernels;
    this.lattice = lattice;
    this.arena = arena;
    this.choice = new MouthChoice(staged.mouths.features, staged.mouths.poses);
    this.colourFit = staged.jawIn === 'base' ? new ColourFit(staged.mouths) : undefined;
    const block = (words: number) => {
      const address = arena.allocate(words * 4);
      this.blocks.push(address);
      return address;
    };
    const { columns, rows, pointStride } = staged.mouths.basis;
    this.moveX = block(pointStride);
    this.moveY = block(pointStride);
    this.moves = [arena.floats(this.moveX, pointStride), arena.floats(this.moveY, pointStride)];
    this.gridX = block(columns * rows);
    this.gridY = block(columns * rows);
    this.grids = [arena.floats(this.gridX, columns * rows), arena.floats(this.gridY, columns * rows)];
    this.scratch = block(BLEND_SCRATCH_BYTES / 4);
    this.layers = block(CHOSEN * LAYER_WORDS);
    this.layerWords = arena.ints(this.layers, CHOSEN * LAYER_WORDS);
    const nodeCount = lattice.columns * lattice.rows;
    this.headSources = [arena.ints(lattice.headU, nodeCount), arena.ints(lattice.headV, nodeCount)];
    this.nodes = Array.from({ length: CHOSEN }, (_, layer) => {
      const across = block(nodeCount);
      const down = block(nodeCount);
      this.layerWords[layer * LAYER_WORDS + layerWord.sourceU] = across;
      this.layerWords[layer * LAYER_WORDS + layerWord.sourceV] = down;
      return [arena.ints(across, nodeCount), arena.ints(down, nodeCount)] as const;
    });
  }

  paint(pose: DrawnPose, base: number, canvas: PaintedCanvas): void {
    const { wanted, mouths, choice } = this;
    mouthFeaturesOf(pose, wanted);
    let squares = 0;
    for (let f = 0; f < MOUTH_FEATURES; f++) squares += (wanted[f]! * featureWays[f]!) ** 2;
    const presence = Math.round(FULL * Math.min(1, Math.sqrt(squares) / PRESENT));
    if (presence === 0) return;
    this.aim(base);
    choice.choose(wanted, mouths.basePoses[3 * base]!, mouths.basePoses[3 * base + 1]!);
    this.findBox(base);
    let layer = 0;
    for (let i = 0; i < CHOSEN; i++) {
      if (choice.weights[i]! > 0) this.lay(layer++, choice.patches[i]!, choice.weights[i]!, base);
    }
    this.kernels.blendLayers(canvas.address, this.staged.width, this.staged.height, this.cellX, this.cellY, this.cellColumns, this.cellRows, this.layers, layer, presence, this.scratch);
    canvas.painted(this.cellX, this.cellY, this.cellColumns, this.cellRows);
  }

  close(): void {
    for (const block of this.blocks) this.arena.free(block);
  }

  /** Where the control points of the wanted mouth lie in the base picture. */
  private aim(base: number): void {
    const { targets, wanted, mouths } = this;
    const { restPoints, axes, shape } = mouths;
    const ax = axes[4 * base]!, ay = axes[4 * base + 1]!, bx = axes[4 * base + 2]!, by = axes[4 * base + 3]!;
    const rest = base * POINTS * 2;
    for (let i = 0; i < POINTS; i++) {
      let a = 0, b = 0;
      for (let f = 0; f < MOUTH_FEATURES; f++) {
        const amount = wanted[f]!;
        if (amount === 0) continue;
        const at = (f * POINTS + i) * 2;
        a += amount * shape[at]!;
        b += amount * shape[at + 1]!;
      }
      targets[2 * i] = restPoints[rest + 2 * i]! + a * ax + b * bx;
      targets[2 * i + 1] = restPoints[rest + 2 * i + 1]! + a * ay + b * by;
    }
  }

  private cellX = 0;
  private cellY = 0;
  private cellColumns = 0;
  private cellRows = 0;
  private originX = 0;
  private originY = 0;

  /** The cells in which the mouth may be seen: where its reach on the face lies in this frame. */
  private findBox(base: number): void {
    const { reach, axes, restPoints } = this.mouths;
    const { lattice } = this;
    const ax = axes[4 * base]!, ay = axes[4 * base + 1]!, bx = axes[4 * base + 2]!, by = axes[4 * base + 3]!;
    const rest = base * POINTS * 2;
    // The middle between the ends of the inner lips, the first and the eleventh point.
    this.originX = (restPoints[rest]! + restPoints[rest + 20]!) / 2;
    this.originY = (restPoints[rest + 1]! + restPoints[rest + 21]!) / 2;
    let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
    for (let corner = 0; corner < 4; corner++) {
      const a = (corner & 1) === 0 ? reach.left : reach.right;
      const b = (corner & 2) === 0 ? reach.top : reach.bottom;
      const x = this.originX + a * ax + b * bx;
      const y = this.originY + a * ay + b * by;
      const column = Math.min(Math.max(Math.round(x / CELL), 0), lattice.columns - 1);
      const row = Math.min(Math.max(Math.round(y / CELL), 0), lattice.rows - 1);
      const node = row * lattice.columns + column;
      left = Math.min(left, x + lattice.moveX(node));
      right = Math.max(right, x + lattice.moveX(node));
      top = Math.min(top, y + lattice.moveY(node));
      bottom = Math.max(bottom, y + lattice.moveY(node));
    }
    const lastColumn = lattice.columns - 1;
    const lastRow = lattice.rows - 1;
    this.cellX = Math.min(Math.max(Math.floor(left / CELL), 0), lastColumn);
    this.cellY = Math.min(Math.max(Math.floor(top / CELL), 0), lastRow);
    this.cellColumns = Math.min(Math.max(Math.ceil(right / CELL), 0), lastColumn) - this.cellX;
    this.cellRows = Math.min(Math.max(Math.ceil(bottom / CELL), 0), lastRow) - this.cellY;
    if (this.cellColumns < 0) this.cellColumns = 0;
    if (this.cellRows < 0) this.cellRows = 0;
  }

  /** Lays one stored mouth over the frame's lattice. */
  private lay(layer: number, patch: number, weight: number, base: number): void {
    const { mouths, targets, map, kernels, layerWords } = this;
    const { width, height, pictures, masks, points, basis } = mouths;
    const from = patch * POINTS * 2;
    fitAffine(targets, 0, points, from, POINTS, map);
    const xx = map[0]!, xy = map[1]!, x0 = map[2]!, yx = map[3]!, yy = map[4]!, y0 = map[5]!;
    const [moveX, moveY] = this.moves;
    for (let i = 0; i < POINTS; i++) {
      const x = targets[2 * i]!, y = targets[2 * i + 1]!;
      moveX[i] = points[from + 2 * i]! - (xx * x + xy * y + x0);
      moveY[i] = points[from + 2 * i + 1]! - (yx * x + yy * y + y0);
    }
    kernels.spread(basis.address, basis.columns * basis.rows, basis.pointStride, this.moveX, this.moveY, this.gridX, this.gridY);
    this.placeNodes(layer, base);
    const word = layer * LAYER_WORDS;
    const luma = width * height;
    const picture = pictures[patch]!;
    const mask = masks.length === 1 ? masks[0]! : masks[patch]!;
    // Patches that share one mask need it only once; it then has the lie of the nearest one.
    const shared = masks.length === 1;
    layerWords[word + layerWord.y] = picture;
    layerWords[word + layerWord.u] = picture + luma;
    layerWords[word + layerWord.v] = picture + luma + luma / 4;
    layerWords[word + layerWord.stride] = width;
    layerWords[word + layerWord.weight] = weight;
    layerWords[word + layerWord.maskWeight] = shared ? (layer === 0 ? FULL : 0) : weight;
    layerWords[word + layerWord.mask] = mask;
    layerWords[word + layerWord.halfMask] = mask + luma;
    layerWords[word + layerWord.tiles] = mask + luma + luma / 4;
    this.colourFit?.fit(patch, base, targets, layerWords, word);
  }

  private placeNodes(layer: number, base: number): void {
    const { map, lattice, mouths } = this;
    const { basis, axes } = mouths;
    const xx = map[0]!, xy = map[1]!, x0 = map[2]!, yx = map[3]!, yy = map[4]!, y0 = map[5]!;
    const ax = axes[4 * base]!, ay = axes[4 * base + 1]!, bx = axes[4 * base + 2]!, by = axes[4 * base + 3]!;
    const det = (ax * by - ay * bx) * basis.step;
    const [gridX, gridY] = this.grids;
    const [headU, headV] = this.headSources;
    const [across, down] = this.nodes[layer]!;
    const lastColumn = basis.columns - 1.001, lastRow = basis.rows - 1.001;
    const firstA = basis.firstA / basis.step, firstB = basis.firstB / basis.step;
    const mostX = mouths.width - 1.01, mostY = mouths.height - 1.01;
    let to = 0;
    for (let row = 0; row <= this.cellRows; row++) {
      let node = (this.cellY + row) * lattice.columns + this.cellX;
      for (let column = 0; column <= this.cellColumns; column++, node++, to++) {
        const x = headU[node]! / 65536, y = headV[node]! / 65536;
        const ox = x - this.originX, oy = y - this.originY;
        let a = (ox * by - oy * bx) / det - firstA;
        let b = (oy * ax - ox * ay) / det - firstB;
        a = a < 0 ? 0 : a > lastColumn ? lastColumn : a;
        b = b < 0 ? 0 : b > lastRow ? lastRow : b;
        const ia = a | 0, ib = b | 0;
        const fa = a - ia, fb = b - ib;
        const p = ib * basis.columns + ia, q = p + basis.columns;
        const moveX = (gridX[p]! * (1 - fa) + gridX[p + 1]! * fa) * (1 - fb) + (gridX[q]! * (1 - fa) + gridX[q + 1]! * fa) * fb;
        const moveY = (gridY[p]! * (1 - fa) + gridY[p + 1]! * fa) * (1 - fb) + (gridY[q]! * (1 - fa) + gridY[q + 1]! * fa) * fb;
        const u = xx * x + xy * y + x0 + moveX;
        const v = yx * x + yy * y + y0 + moveY;
        across[to] = (u < 0 ? 0 : u > mostX ? mostX : u) * 65536;
        down[to] = (v < 0 ? 0 : v > mostY ? mostY : v) * 65536;
      }
    }
  }
}
