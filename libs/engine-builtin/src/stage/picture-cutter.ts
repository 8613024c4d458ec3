import type { PictureSize } from '@visavis/engine';
import type { CropRect } from '../face/framing.ts';
import type { Arena } from '../kernel/arena.ts';
import { kernelsOn } from '../kernel/kernels.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { cropAndScale } from '../render/plane-scaling.ts';
import type { Plane } from '../render/plane-scaling.ts';
import type { Staging } from './staging.ts';

export interface Planes {
  y: Plane;
  u: Plane;
  v: Plane;
}

/** Reduced by more than this, bilinear samples leave pixels out. */
const MOST_BILINEAR = 1.4;

/** Cuts and scales pictures of one size. */
export class PictureCutter {
  private readonly crop: CropRect;
  private readonly size: PictureSize;
  private readonly arena: Arena;
  private readonly kernels: Kernels;
  private source: { address: number; length: number } | undefined;

  constructor(crop: CropRect, size: PictureSize, { arena }: Staging) {
    this.crop = crop;
    this.size = size;
    this.arena = arena;
    this.kernels = kernelsOn(arena);
  }

  /** Writes the three planes to `address`. */
  cut({ y, u, v }: Planes, address: number): void {
    const luma = this.size.width * this.size.height;
    this.cutPlane(y, 1, address);
    this.cutPlane(u, 2, address + luma);
    this.cutPlane(v, 2, address + luma + luma / 4);
  }

  close(): void {
    if (this.source) this.arena.free(this.source.address);
  }

  /** One plane alone; `part` is 2 for chroma. */
  cutPlane(plane: Plane, part: 1 | 2, address: number): void {
    const width = this.size.width / part;
    const height = this.size.height / part;
    const left = this.crop.left / part;
    const top = this.crop.top / part;
    const step = this.crop.width / this.size.width;
    if (step > MOST_BILINEAR) {
      const { data } = cropAndScale(plane, { left, top, width: this.crop.width / part, height: this.crop.height / part }, width, height);
      this.arena.bytes(address, data.byteLength).set(data);
      return;
    }
    this.source ??= { address: this.arena.allocate(plane.data.byteLength), length: plane.data.byteLength };
    this.arena.bytes(this.source.address, plane.data.byteLength).set(plane.data);
    // The middle of a pixel is half a pixel from its edge, on both sides.
    const first = (from: number) => Math.round((from + step / 2 - 0.5) * 65536);
    this.kernels.resample(address, width, height, this.source.address, plane.width, plane.height, first(left), first(top), Math.round(step * 65536));
  }
}
