import sharp from 'sharp';
import type { I420Picture } from '@visavis/engine';
import type { PatchStore } from '../bundle/avatar-bundle.ts';
import { i420ToRgb } from '../render/i420-to-rgb.ts';
import type { PixelBox } from '../render/patch-textures.ts';

/** Quality of the mosaics: patches lie beside the base picture they come from, and must not look softer. */
const QUALITY = 95;
/** A pixel belongs to what changes when any patch differs there from the first by this much (luma levels) … */
const DIFFERS = 4;
/** … and so do its neighbours this far around; the mask's edge is soft over as many again. In parts of the patch's shorter side. */
const MARGIN = 0.025;

/** Collects one part of many pictures. */
export class PatchMosaic {
  private readonly box: PixelBox;
  private readonly patches: Uint8Array[] = [];
  private first: Uint8Array | undefined;
  private readonly differences: Uint8Array;

  /** @param box even in everything. */
  constructor(box: PixelBox) {
    this.box = box;
    this.differences = new Uint8Array(box.width * box.height);
  }

  /** What the mask leaves out looks like this; without it, like the first that was added. */
  compareWith(picture: I420Picture): void {
    this.first = cutOut(picture, this.box).data;
  }

  add(picture: I420Picture): void {
    const part = cutOut(picture, this.box);
    const luma = this.box.width * this.box.height;
    this.first ??= part.data.slice();
    for (let i = 0; i < luma; i++) this.differences[i] = Math.max(this.differences[i]!, Math.abs(part.data[i]! - this.first[i]!));
    this.patches.push(i420ToRgb(part));
  }

  /** With one mask for all: what changes in any of them. */
  async store(): Promise<PatchStore> {
    const { width, height } = this.box;
    const count = this.patches.length;
    const columns = Math.ceil(Math.sqrt((count * height) / width));
    const rows = Math.ceil(count / columns);
    const rgb = new Uint8Array(columns * width * rows * height * 3);
    this.patches.forEach((patch, i) => {
      const left = (i % columns) * width;
      const top = Math.floor(i / columns) * height;
      for (let row = 0; row < height; row++) rgb.set(patch.subarray(row * width * 3, (row + 1) * width * 3), ((top + row) * columns * width + left) * 3);
    });
    const mosaic = await sharp(rgb, { raw: { width: columns * width, height: rows * height, channels: 3 } }).webp({ quality: QUALITY, effort: 1, smartSubsample: true }).toBuffer();
    return { count, width, height, columns, mosaic, mask: await this.mask() };
  }

  private async mask(): Promise<Uint8Array> {
    const { width, height } = this.box;
    const margin = Math.max(2, Math.round(MARGIN * Math.min(width, height)));
    const changes = this.differences.map((difference) => (difference >= DIFFERS ? 255 : 0));
    // Single pixels are noise of the interpolation: what has no company goes, the rest grows.
    const solid = alongBoth(changes, width, height, 1, (values) => (sumOf(values) >= 2 * 255 ? 255 : 0));
    const wide = alongBoth(solid, width, height, 2 * margin, (values) => values.reduce((most, value) => Math.max(most, value), 0));
    const soft = alongBoth(wide, width, height, Math.max(1, margin >> 1), (values) => sumOf(values) / values.length);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const toBorder = Math.min(x, y, width - 1 - x, height - 1 - y);
        soft[i] = Math.round(soft[i]! * Math.min(1, toBorder / margin));
      }
    }
    return sharp(soft, { raw: { width, height, channels: 1 } }).toColourspace('b-w').png().toBuffer();
  }
}

/** Replaces each value by what `of` makes of those up to `radius` beside it, first along the rows, then down the columns. */
function alongBoth(values: Uint8Array, width: number, height: number, radius: number, of: (values: Uint8Array) => number): Uint8Array {
  const rows = new Uint8Array(values.length);
  const both = new Uint8Array(values.length);
  for (let y = 0; y < height; y++) {
    const row = values.subarray(y * width, (y + 1) * width);
    for (let x = 0; x < width; x++) rows[y * width + x] = of(row.subarray(Math.max(0, x - radius), x + radius + 1));
  }
  const column = new Uint8Array(height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) column[y] = rows[y * width + x]!;
    for (let y = 0; y < height; y++) both[y * width + x] = of(column.subarray(Math.max(0, y - radius), y + radius + 1));
  }
  return both;
}

function sumOf(values: Uint8Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function cutOut({ width, height, data }: I420Picture, box: PixelBox): I420Picture {
  const part = new Uint8Array((box.width * box.height * 3) / 2);
  const luma = box.width * box.height;
  for (let row = 0; row < box.height; row++) {
    const from = (box.y0 + row) * width + box.x0;
    part.set(data.subarray(from, from + box.width), row * box.width);
  }
  for (let plane = 0; plane < 2; plane++) {
    const start = width * height + (plane * width * height) / 4;
    for (let row = 0; row < box.height / 2; row++) {
      const from = start + (box.y0 / 2 + row) * (width / 2) + box.x0 / 2;
      part.set(data.subarray(from, from + box.width / 2), luma + (plane * luma) / 4 + (row * box.width) / 2);
    }
  }
  return { width: box.width, height: box.height, data: part };
}
