import type { I420Picture } from '@visavis/engine';
import type { Displacement, Surface } from './displacement.ts';
import type { DrawnPose } from './drawn-pose.ts';
import type { PixelBox } from './patch-textures.ts';
import { FIXED, sample, sampleBytes, warpCell } from './sampling.ts';
import type { Texture } from './texture.ts';
import { WarpLattice } from './warp-lattice.ts';
import type { LatticeArea, LatticeOptions } from './warp-lattice.ts';

/*
 * Hot path: `draw` allocates nothing.
 *
 * A part of the frame in which two sheets of the picture slide over or away from each other. Each has a coverage in the picture; where
 * both together cover less than all, what lies behind them shows. Where only one sheet is seen, as in most cells, it is warped without
 * further ado.
 */
const STEP_SHIFT = 2;
export const PATCH_STEP = 1 << STEP_SHIFT;

/**
 * Of 255: two sheets that touch leave this much free at most, because each finds its own way through its lattice. It must not let
 * the backdrop show as a line.
 */
const SLACK = 28;
const OPENED = 255 / (255 - SLACK);

export interface Backdrop {
  update(pose: DrawnPose): void;
  /** Finds what shows at a point: lattice cell `i`, `fx` and `fy` (0…1) into it. Results in `colour`. */
  locate(i: number, fx: number, fy: number, part: 'luma' | 'chroma'): void;
  /** Y, U, V, of which the part that was asked for is right. */
  readonly colour: Float64Array;
  /** How much of what the sheets leave free it fills; the sheets themselves stretch over the rest. */
  readonly share: number;
}

export interface Sheet {
  surface: Surface;
  /** Coverage over the patch's source box, 0 to 255; a sheet behind the first one fills whatever that leaves free. */
  alpha: Uint8Array | 'behind';
}

/** A part of the frame that is drawn in a way of its own. */
export interface SheetPatch {
  readonly box: PixelBox;
  draw(pose: DrawnPose, out: I420Picture): void;
}

export class SlidingSheets implements SheetPatch {
  readonly box: PixelBox;
  private readonly texture: Texture;
  private readonly sourceBox: PixelBox;
  private readonly first: WarpLattice;
  private readonly second: WarpLattice;
  private readonly firstAlpha: Uint8Array;
  private readonly secondAlpha: Uint8Array | undefined;
  /** 1 where a sheet covers everything for some pixels around. */
  private readonly firstSolid: Uint8Array;
  private readonly secondSolid: Uint8Array;
  /** Whose sources tell where the second sheet is alone. */
  private readonly secondJudge: WarpLattice;
  private readonly backdrop: Backdrop | undefined;
  private readonly quad = new Int32Array(8);
  private readonly originU: number;
  private readonly originV: number;

  constructor(
    texture: Texture,
    box: PixelBox,
    sourceBox: PixelBox,
    displacement: Displacement,
    sheets: { first: Sheet & { alpha: Uint8Array }; second: Sheet; newtonSteps?: number; backdrop?: (area: LatticeArea, options: LatticeOptions) => Backdrop },
  ) {
    this.box = box;
    this.texture = texture;
    this.sourceBox = sourceBox;
    const { area, options } = patchLattice(box, sourceBox);
    this.first = new WarpLattice(area, texture, displacement, sheets.first.surface, { ...options, newtonSteps: sheets.newtonSteps ?? 2 });
    this.second = new WarpLattice(area, texture, displacement, sheets.second.surface, options);
    this.firstAlpha = sheets.first.alpha;
    const { alpha } = sheets.second;
    this.secondAlpha = alpha === 'behind' ? undefined : alpha;
    this.firstSolid = solidAround(sheets.first.alpha, sourceBox);
    this.secondSolid = solidAround(alpha === 'behind' ? sheets.first.alpha.map((coverage) => 255 - coverage) : alpha, sourceBox);
    this.secondJudge = alpha === 'behind' ? this.first : this.second;
    this.backdrop = sheets.backdrop?.(area, options);
    this.originU = (sourceBox.x0 + texture.border) * FIXED;
    this.originV = (sourceBox.y0 + texture.border) * FIXED;
  }

  draw(pose: DrawnPose, out: I420Picture): void {
    this.first.update(pose);
    this.second.update(pose);
    this.backdrop?.update(pose);
    const { box, sourceBox } = this;
    const { columns } = this.first.area;
    for (let y = box.y0; y < box.y0 + box.height; y += PATCH_STEP) {
      const row = ((y - sourceBox.y0) >> STEP_SHIFT) * columns;
      for (let x = box.x0; x < box.x0 + box.width; x += PATCH_STEP) {
        const i = row + ((x - sourceBox.x0) >> STEP_SHIFT);
        if (this.isSolid(this.first, this.firstSolid, i)) this.warp(this.first, i, x, y, out);
        else if (this.isSolid(this.secondJudge, this.secondSolid, i)) this.warp(this.second, i, x, y, out);
        else this.blend(i, x, y, out);
      }
    }
  }

  /** Whether a sheet alone fills a cell, judged at its corners; the mask leaves room for what lies between them. */
  private isSolid(lattice: WarpLattice, solid: Uint8Array, i: number): boolean {
    const below = i + lattice.area.columns;
    return this.solidAt(lattice, solid, i) && this.solidAt(lattice, solid, i + 1) && this.solidAt(lattice, solid, below) && this.solidAt(lattice, solid, below + 1);
  }

  private solidAt(lattice: WarpLattice, solid: Uint8Array, i: number): boolean {
    const { width, height } = this.sourceBox;
    const x = (lattice.sourceU[i]! - this.originU) >> 16;
    const y = (lattice.sourceV[i]! - this.originV) >> 16;
    return x >= 0 && y >= 0 && x < width && y < height && solid[y * width + x] === 1;
  }

  private warp(lattice: WarpLattice, i: number, x: number, y: number, out: I420Picture): void {
    const { sourceU, sourceV, area } = lattice;
    const { quad } = this;
    const below = i + area.columns;
    quad[0] = sourceU[i]!; quad[1] = sourceV[i]!;
    quad[2] = sourceU[i + 1]!; quad[3] = sourceV[i + 1]!;
    quad[4] = sourceU[below]!; quad[5] = sourceV[below]!;
    quad[6] = sourceU[below + 1]!; quad[7] = sourceV[below + 1]!;
    warpCell(out.data, out.width, out.height, x, y, STEP_SHIFT, this.texture, quad);
  }

  private blend(i: number, x: number, y: number, out: I420Picture): void {
    for (let row = 0; row < PATCH_STEP; row++) {
      for (let column = 0; column < PATCH_STEP; column++) this.blendLuma(i, column, row, x, y, out);
    }
    for (let row = 0; row < PATCH_STEP; row += 2) {
      for (let column = 0; column < PATCH_STEP; column += 2) this.blendChroma(i, column, row, x, y, out);
    }
  }

  private blendLuma(i: number, column: number, row: number, x: number, y: number, out: I420Picture): void {
    const { texture } = this;
    const fx = column << (16 - STEP_SHIFT), fy = row << (16 - STEP_SHIFT);
    const u1 = between(this.first.sourceU, this.first.area.columns, i, fx, fy), v1 = between(this.first.sourceV, this.first.area.columns, i, fx, fy);
    const u2 = between(this.second.sourceU, this.first.area.columns, i, fx, fy), v2 = between(this.second.sourceV, this.first.area.columns, i, fx, fy);
    let part1 = this.coverage(this.firstAlpha, u1, v1);
    let part2 = this.secondAlpha ? this.coverage(this.secondAlpha, u2, v2) : 255 - part1;
    const free = 255 - part1 - part2;
    const behind = free > SLACK && this.backdrop ? Math.round((free - SLACK) * OPENED * this.backdrop.share) : 0;
    if (free !== 0) {
      part1 = firstPart(part1, part2, behind);
      part2 = 255 - behind - part1;
    }
    let value = part1 * sample(texture.y, texture.strideY, u1, v1) + part2 * sample(texture.y, texture.strideY, u2, v2);
    if (behind > 0) {
      this.backdrop!.locate(i, fx / 65536, fy / 65536, 'luma');
      value += behind * this.backdrop!.colour[0]!;
    }
    out.data[(y + row) * out.width + x + column] = (value + 127.5) / 255;
  }

  private blendChroma(i: number, column: number, row: number, x: number, y: number, out: I420Picture): void {
    const { texture } = this;
    const fx = (column << (16 - STEP_SHIFT)) + (1 << (15 - STEP_SHIFT)), fy = (row << (16 - STEP_SHIFT)) + (1 << (15 - STEP_SHIFT));
    const u1 = between(this.first.sourceU, this.first.area.columns, i, fx, fy), v1 = between(this.first.sourceV, this.first.area.columns, i, fx, fy);
    const u2 = between(this.second.sourceU, this.first.area.columns, i, fx, fy), v2 = between(this.second.sourceV, this.first.area.columns, i, fx, fy);
    let part1 = this.coverage(this.firstAlpha, u1, v1);
    let part2 = this.secondAlpha ? this.coverage(this.secondAlpha, u2, v2) : 255 - part1;
    const free = 255 - part1 - part2;
    const behind = free > SLACK && this.backdrop ? Math.round((free - SLACK) * OPENED * this.backdrop.share) : 0;
    if (free !== 0) {
      part1 = firstPart(part1, part2, behind);
      part2 = 255 - behind - part1;
    }
    const cu1 = (u1 - 32768) >> 1, cv1 = (v1 - 32768) >> 1, cu2 = (u2 - 32768) >> 1, cv2 = (v2 - 32768) >> 1;
    let blue = part1 * sample(texture.u, texture.strideC, cu1, cv1) + part2 * sample(texture.u, texture.strideC, cu2, cv2);
    let red = part1 * sample(texture.v, texture.strideC, cu1, cv1) + part2 * sample(texture.v, texture.strideC, cu2, cv2);
    if (behind > 0) {
      this.backdrop!.locate(i, fx / 65536, fy / 65536, 'chroma');
      blue += behind * this.backdrop!.colour[1]!;
      red += behind * this.backdrop!.colour[2]!;
    }
    const lumaSize = out.width * out.height;
    const c = lumaSize + ((y + row) >> 1) * (out.width >> 1) + ((x + column) >> 1);
    out.data[c] = (blue + 127.5) / 255;
    out.data[c + (lumaSize >> 2)] = (red + 127.5) / 255;
  }

  private coverage(alpha: Uint8Array, u: number, v: number): number {
    const { width, height } = this.sourceBox;
    let x = u - this.originU;
    let y = v - this.originV;
    x = x < 0 ? 0 : x > (width - 2) * FIXED ? (width - 2) * FIXED : x;
    y = y < 0 ? 0 : y > (height - 2) * FIXED ? (height - 2) * FIXED : y;
    return sampleBytes(alpha, width, x, y);
  }
}

/** The first sheet's part of what the backdrop leaves: by coverage, and half where neither has any. */
function firstPart(part1: number, part2: number, behind: number): number {
  const sum = part1 + part2;
  return sum > 0 ? Math.round((part1 * (255 - behind)) / sum) : (255 - behind) >> 1;
}

/** A lattice's value inside a cell; fx, fy in 0…65536. */
function between(values: Int32Array, columns: number, i: number, fx: number, fy: number): number {
  const a = values[i]!, b = values[i + 1]!, c = values[i + columns]!, d = values[i + columns + 1]!;
  const top = a + ((b - a) * fx) / 65536;
  const low = c + ((d - c) * fx) / 65536;
  return (top + ((low - top) * fy) / 65536) | 0;
}

function patchLattice(box: PixelBox, sourceBox: PixelBox): { area: LatticeArea; options: LatticeOptions } {
  const firstColumn = (box.x0 - sourceBox.x0) >> STEP_SHIFT;
  const firstRow = (box.y0 - sourceBox.y0) >> STEP_SHIFT;
  return {
    area: {
      x0: sourceBox.x0,
      y0: sourceBox.y0,
      step: PATCH_STEP,
      columns: (sourceBox.width >> STEP_SHIFT) + 1,
      rows: (sourceBox.height >> STEP_SHIFT) + 1,
    },
    options: {
      wanted: { firstColumn, firstRow, lastColumn: firstColumn + (box.width >> STEP_SHIFT), lastRow: firstRow + (box.height >> STEP_SHIFT) },
    },
  };
}

const SOLID_RADIUS = 4;

function solidAround(alpha: Uint8Array, { width, height }: PixelBox): Uint8Array {
  const rows = new Uint8Array(width * height);
  const solid = new Uint8Array(width * height);
  const whole = (plane: Uint8Array, start: number, stride: number, at: number, length: number, full: number) => {
    for (let k = Math.max(0, at - SOLID_RADIUS); k <= Math.min(length - 1, at + SOLID_RADIUS); k++) {
      if (plane[start + k * stride] !== full) return 0;
    }
    return 1;
  };
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[y * width + x] = whole(alpha, y * width, 1, x, width, 255);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) solid[y * width + x] = whole(rows, x, width, y, height, 1);
  return solid;
}
