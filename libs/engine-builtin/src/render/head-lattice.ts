import { featureChannels } from '../bundle/mouth-features.ts';
import type { Arena } from '../kernel/arena.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { CELL } from '../stage/staged-avatar.ts';
import type { StagedAvatar } from '../stage/staged-avatar.ts';
import type { DrawnPose } from './drawn-pose.ts';

/*
 * Hot path: no allocation after construction.
 *
 * Where every corner of a frame's cells takes its colour from in the base picture. Fields are those of the first base picture's face; a head
 * that is held otherwise in another one takes them along.
 */
export class HeadLattice {
  readonly columns: number;
  readonly rows: number;
  /** Addresses of the sources, 16.16 pixels of the base picture: with everything that moves … */
  readonly sourceU: number;
  readonly sourceV: number;
  /** … and without what the mouth does to the face; the same ones where the patches bring that along. */
  readonly headU: number;
  readonly headV: number;
  private readonly kernels: Kernels;
  private readonly staged: StagedAvatar;
  private readonly padded: number;
  private readonly forwardX: number;
  private readonly forwardY: number;
  private readonly turnedX: number;
  private readonly turnedY: number;
  private readonly forward: readonly [Float32Array, Float32Array];
  private readonly turned: readonly [Float32Array, Float32Array];
  private readonly headFields: StagedAvatar['lattice']['fields'];
  private readonly mouthFields: StagedAvatar['lattice']['fields'];
  private readonly blocks: number[] = [];
  private readonly arena: Arena;

  constructor(staged: StagedAvatar, arena: Arena, kernels: Kernels) {
    this.staged = staged;
    this.kernels = kernels;
    this.arena = arena;
    this.columns = staged.lattice.columns;
    this.rows = staged.lattice.rows;
    this.padded = (this.columns * this.rows + 3) & ~3;
    const block = () => {
      const address = arena.allocate(this.padded * 4);
      this.blocks.push(address);
      return address;
    };
    this.forwardX = block();
    this.forwardY = block();
    this.turnedX = block();
    this.turnedY = block();
    this.forward = [arena.floats(this.forwardX, this.padded), arena.floats(this.forwardY, this.padded)];
    this.turned = [arena.floats(this.turnedX, this.padded), arena.floats(this.turnedY, this.padded)];
    this.sourceU = block();
    this.sourceV = block();
    const ofMouth = (channel: number) => featureChannels.includes(channel);
    this.headFields = staged.lattice.fields.filter(({ channel }) => !ofMouth(channel));
    this.mouthFields = staged.lattice.fields.filter(({ channel }) => ofMouth(channel));
    this.headU = this.mouthFields.length > 0 ? block() : this.sourceU;
    this.headV = this.mouthFields.length > 0 ? block() : this.sourceV;
  }

  update(pose: DrawnPose, frame: number): void {
    this.forward[0].fill(0);
    this.forward[1].fill(0);
    this.add(this.headFields, pose);
    this.turnAround(frame, this.headU, this.headV);
    if (this.mouthFields.length === 0) return;
    this.add(this.mouthFields, pose);
    this.turnAround(frame, this.sourceU, this.sourceV);
  }

  /** How far a point of the first picture's lattice goes, in pixels. */
  moveX(node: number): number {
    return this.forward[0][node]!;
  }

  moveY(node: number): number {
    return this.forward[1][node]!;
  }

  close(): void {
    for (const block of this.blocks) this.arena.free(block);
  }

  private add(fields: StagedAvatar['lattice']['fields'], pose: DrawnPose): void {
    for (let i = 0; i < fields.length; i++) {
      const { channel, dx, dy } = fields[i]!;
      const amount = pose[channel]!;
      if (amount === 0) continue;
      if (dx !== 0) this.kernels.addScaled(this.forwardX, dx, amount, this.padded);
      if (dy !== 0) this.kernels.addScaled(this.forwardY, dy, amount, this.padded);
    }
  }

  private turnAround(frame: number, sourceU: number, sourceV: number): void {
    const { width, height } = this.staged;
    const still = frame === 0;
    if (!still) this.carryTo(frame);
    this.kernels.invert(still ? this.forwardX : this.turnedX, still ? this.forwardY : this.turnedY, this.columns, this.rows, CELL, sourceU, sourceV, width - 1.01, height - 1.01);
  }

  /** The fields as they are where the head is in another base picture. */
  private carryTo(frame: number): void {
    const map = this.staged.toFirst;
    const at = frame * 6;
    const xx = map[at]!, xy = map[at + 1]!, x0 = map[at + 2]!, yx = map[at + 3]!, yy = map[at + 4]!, y0 = map[at + 5]!;
    const det = xx * yy - xy * yx;
    const [fromX, fromY] = this.forward;
    const [toX, toY] = this.turned;
    const { columns, rows } = this;
    const lastX = columns - 1.001, lastY = rows - 1.001;
    for (let row = 0, node = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, node++) {
        const px = column * CELL, py = row * CELL;
        let gx = (xx * px + xy * py + x0) / CELL;
        let gy = (yx * px + yy * py + y0) / CELL;
        gx = gx < 0 ? 0 : gx > lastX ? lastX : gx;
        gy = gy < 0 ? 0 : gy > lastY ? lastY : gy;
        const ix = gx | 0, iy = gy | 0;
        const fx = gx - ix, fy = gy - iy;
        const p = iy * columns + ix, q = p + columns;
        const dx = (fromX[p]! * (1 - fx) + fromX[p + 1]! * fx) * (1 - fy) + (fromX[q]! * (1 - fx) + fromX[q + 1]! * fx) * fy;
        const dy = (fromY[p]! * (1 - fx) + fromY[p + 1]! * fx) * (1 - fy) + (fromY[q]! * (1 - fx) + fromY[q + 1]! * fx) * fy;
        toX[node] = (yy * dx - xy * dy) / det;
        toY[node] = (xx * dy - yx * dx) / det;
      }
    }
  }
}
