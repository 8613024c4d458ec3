import type { I420Picture, PictureSize } from '@visavis/engine';
import { i420ByteLength } from '@visavis/engine';
import type { Arena } from '../kernel/arena.ts';
import type { Kernels } from '../kernel/kernels.ts';
import type { FacePose } from '../motion/pose.ts';
import type { StagedAvatar } from '../stage/staged-avatar.ts';
import { DRAWN_COUNT, toDrawnPose } from './drawn-pose.ts';
import { EyePainter } from './eye-painter.ts';
import { HeadLattice } from './head-lattice.ts';
import { MouthPainter } from './mouth-painter.ts';

/*
 * Hot path: `render` allocates nothing.
 *
 * Draws a staged avatar, photo or clip: the base picture, its cells that move, the mouth and the eyes out of their stores. It keeps no state
 * from frame to frame, so all sessions of a thread share one.
 */
export class StoreRenderer {
  readonly size: PictureSize;
  private readonly staged: StagedAvatar;
  private readonly arena: Arena;
  private readonly kernels: Kernels;
  private readonly lattice: HeadLattice;
  private readonly mouth: MouthPainter;
  private readonly eyes: EyePainter | undefined;
  private readonly drawnPose = new Float32Array(DRAWN_COUNT);
  private readonly canvas: number;
  private readonly drawn: Uint8Array;
  private readonly bases: Uint8Array[];
  private readonly byteLength: number;

  constructor(staged: StagedAvatar, arena: Arena, kernels: Kernels) {
    this.staged = staged;
    this.arena = arena;
    this.kernels = kernels;
    this.size = { width: staged.width, height: staged.height };
    this.byteLength = i420ByteLength(this.size);
    this.canvas = arena.allocate(this.byteLength);
    this.drawn = arena.bytes(this.canvas, this.byteLength);
    this.bases = Array.from({ length: staged.base.frames }, (_, i) => arena.bytes(staged.base.address + i * this.byteLength, this.byteLength));
    this.lattice = new HeadLattice(staged, arena, kernels);
    this.mouth = new MouthPainter(staged, arena, kernels, this.lattice);
    this.eyes = staged.eyes && new EyePainter(staged, arena, kernels, this.lattice);
  }

  /** Draws a pose over one of the base pictures. */
  render(pose: FacePose, base: number, out: I420Picture): void {
    const { width, height } = this.staged;
    this.drawn.set(this.bases[base]!);
    toDrawnPose(pose, this.drawnPose);
    this.lattice.update(this.drawnPose, base);
    this.kernels.warpCells(this.canvas, this.staged.base.address + base * this.byteLength, width, height, this.lattice.sourceU, this.lattice.sourceV, 0);
    this.mouth.paint(this.drawnPose, base, this.canvas);
    this.eyes?.paint(pose, this.canvas);
    if (out.width === width && out.height === height) out.data.set(this.drawn);
    else cutTo(this.drawn, this.size, out);
  }

  close(): void {
    this.lattice.close();
    this.mouth.close();
    this.eyes?.close();
    this.arena.free(this.canvas);
  }
}

/** Frames whose sides are not whole cells are drawn larger and cut. */
function cutTo(from: Uint8Array, { width, height }: PictureSize, to: I420Picture): void {
  cutPlane(from, 0, width, to.data, 0, to.width, to.height);
  const luma = width * height;
  const toLuma = to.width * to.height;
  for (let plane = 0; plane < 2; plane++) {
    cutPlane(from, luma + (plane * luma) / 4, width / 2, to.data, toLuma + (plane * toLuma) / 4, to.width / 2, to.height / 2);
  }
}

function cutPlane(from: Uint8Array, fromStart: number, fromStride: number, to: Uint8Array, toStart: number, width: number, height: number): void {
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) to[toStart + row * width + x] = from[fromStart + row * fromStride + x]!;
  }
}
