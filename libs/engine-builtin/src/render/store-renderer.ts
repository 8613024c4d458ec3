import type { I420Picture, PictureSize } from '@visavis/engine';
import { i420ByteLength } from '@visavis/engine';
import type { Arena } from '../kernel/arena.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { BackgroundPainter } from '../matte/background-painter.ts';
import type { FacePose } from '../motion/pose.ts';
import type { StagedAvatar } from '../stage/staged-avatar.ts';
import { DRAWN_COUNT, toDrawnPose } from './drawn-pose.ts';
import { EyePainter } from './eye-painter.ts';
import { HeadLattice } from './head-lattice.ts';
import { MouthPainter } from './mouth-painter.ts';
import { PaintedCanvas } from './painted-canvas.ts';

/*
 * Hot path: `render` allocates nothing.
 *
 * Draws a staged avatar, photo or clip: the base picture, its cells that move, the mouth and the eyes out of their stores, and all that over
 * a background, if it is another than the picture's own. One for each
 * session: it keeps the last picture, and of a photo draws only what changed since.
 */
export class StoreRenderer {
  readonly size: PictureSize;
  private readonly staged: StagedAvatar;
  private readonly kernels: Kernels;
  private readonly lattice: HeadLattice;
  private readonly mouth: MouthPainter;
  private readonly eyes: EyePainter | undefined;
  private readonly background: BackgroundPainter | undefined;
  /** What is shown: the canvas, or where it is laid over a background. */
  private readonly shown: number;
  private readonly arena: Arena;
  private readonly drawnPose = new Float32Array(DRAWN_COUNT);
  private readonly canvas: PaintedCanvas;
  private readonly canvasBytes: Uint8Array;
  private readonly drawn: Uint8Array;
  private readonly bases: Uint8Array[];
  private readonly byteLength: number;
  /** Frames whose sides are not whole cells are drawn larger and cut. */
  private readonly cut: CutOut | undefined;

  /** @param frame the size of what is shown of each picture, of a transparent one its colours. */
  constructor(staged: StagedAvatar, frame: PictureSize, arena: Arena, kernels: Kernels) {
    this.staged = staged;
    this.kernels = kernels;
    this.size = { width: staged.width, height: staged.height };
    this.byteLength = i420ByteLength(this.size);
    this.canvas = new PaintedCanvas(this.size, arena);
    this.canvasBytes = arena.bytes(this.canvas.address, this.byteLength);
    const { behind } = staged;
    this.background = behind && new BackgroundPainter(this.size, behind.mattes, behind.picture, arena, kernels);
    this.arena = arena;
    this.shown = behind ? arena.allocate(this.byteLength) : this.canvas.address;
    this.drawn = arena.bytes(this.shown, this.byteLength);
    if (frame.width !== staged.width || frame.height !== staged.height) this.cut = new CutOut(this.drawn, this.size, frame);
    this.bases = Array.from({ length: staged.base.frames }, (_, i) => arena.bytes(staged.base.address + i * this.byteLength, this.byteLength));
    this.lattice = new HeadLattice(staged, arena, kernels);
    this.mouth = new MouthPainter(staged, arena, kernels, this.lattice);
    this.eyes = staged.eyes && new EyePainter(staged, arena, kernels, this.lattice);
  }

  /** Draws a pose over one of the base pictures. */
  render(pose: FacePose, base: number, out: I420Picture): void {
    const { width, height } = this.staged;
    const { canvas, lattice, kernels } = this;
    toDrawnPose(pose, this.drawnPose);
    lattice.update(this.drawnPose, base);
    if (this.bases.length === 1) {
      kernels.warpChanged(canvas.address, this.staged.base.address, width, height, lattice.sourceU, lattice.sourceV, canvas.shown, canvas.dirty);
    } else {
      this.canvasBytes.set(this.bases[base]!);
      kernels.warpCells(canvas.address, this.staged.base.address + base * this.byteLength, width, height, lattice.sourceU, lattice.sourceV);
    }
    this.mouth.paint(this.drawnPose, base, canvas);
    this.eyes?.paint(pose, canvas);
    this.background?.paint(this.shown, canvas.address, base, lattice.sourceU, lattice.sourceV);
    if (this.staged.behind?.transparent) this.background!.copyTransparent(this.drawn, out);
    else if (this.cut) this.cut.copyTo(out.data);
    else out.data.set(this.drawn);
  }

  close(): void {
    this.lattice.close();
    this.mouth.close();
    this.eyes?.close();
    this.background?.close();
    if (this.background) this.arena.free(this.shown);
    this.canvas.close();
  }
}

/** What is shown of a larger picture, piece by piece: of its three planes, or of their rows where they are longer. */
class CutOut {
  private readonly pieces: { bytes: Uint8Array; at: number }[] = [];

  constructor(from: Uint8Array, size: PictureSize, to: PictureSize) {
    const luma = size.width * size.height;
    const toLuma = to.width * to.height;
    this.addPlane(from.subarray(0, luma), size.width, 0, to.width, to.height);
    for (let plane = 0; plane < 2; plane++) {
      const start = luma + (plane * luma) / 4;
      this.addPlane(from.subarray(start, start + luma / 4), size.width / 2, toLuma + (plane * toLuma) / 4, to.width / 2, to.height / 2);
    }
  }

  copyTo(out: Uint8Array): void {
    for (let i = 0; i < this.pieces.length; i++) out.set(this.pieces[i]!.bytes, this.pieces[i]!.at);
  }

  private addPlane(plane: Uint8Array, stride: number, at: number, width: number, height: number): void {
    if (stride === width) this.pieces.push({ bytes: plane.subarray(0, width * height), at });
    else for (let row = 0; row < height; row++) this.pieces.push({ bytes: plane.subarray(row * stride, row * stride + width), at: at + row * width });
  }
}
