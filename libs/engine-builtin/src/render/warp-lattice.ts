import type { FacePose } from '../motion/pose.ts';
import { CHANNEL_COUNT } from '../motion/pose.ts';
import { DISPLACEMENT_VALUES } from './displacement.ts';
import type { Displacement, Surface } from './displacement.ts';
import type { SourceLimits } from './texture.ts';

/*
 * Hot path: no allocation after construction.
 *
 * A lattice of points over a part of the picture. `update` adds up the channels' displacements at its points (forward: where does
 * this point of the picture go?) and turns that around (which point of the picture comes here?), because frames are filled
 * pixel by pixel.
 */
export interface LatticeArea {
  /** First point, in pixels; may lie outside the picture. */
  x0: number;
  y0: number;
  step: number;
  columns: number;
  rows: number;
}

const NEWTON_STEPS = 2;

interface ChannelField {
  channel: number;
  dx: Float32Array;
  dy: Float32Array;
}

export class WarpLattice {
  readonly area: LatticeArea;
  private readonly limits: SourceLimits;
  /** Where each lattice point takes its colour from, in pixels of the picture. */
  readonly sourceX: Float32Array;
  readonly sourceY: Float32Array;
  private readonly fields: ChannelField[] = [];
  private readonly forwardX: Float32Array;
  private readonly forwardY: Float32Array;

  constructor(area: LatticeArea, limits: SourceLimits, displacement: Displacement, surface: Surface) {
    this.area = area;
    this.limits = limits;
    const count = area.columns * area.rows;
    this.sourceX = new Float32Array(count);
    this.sourceY = new Float32Array(count);
    this.forwardX = new Float32Array(count);
    this.forwardY = new Float32Array(count);
    const all = Array.from({ length: CHANNEL_COUNT }, (_, channel) => ({
      channel,
      dx: new Float32Array(count),
      dy: new Float32Array(count),
    }));
    const values = new Float32Array(DISPLACEMENT_VALUES);
    for (let row = 0, i = 0; row < area.rows; row++) {
      for (let column = 0; column < area.columns; column++, i++) {
        displacement(surface, area.x0 + column * area.step, area.y0 + row * area.step, values);
        for (const field of all) {
          field.dx[i] = values[2 * field.channel]!;
          field.dy[i] = values[2 * field.channel + 1]!;
        }
      }
    }
    this.fields = all.filter((field) => field.dx.some((d) => d !== 0) || field.dy.some((d) => d !== 0));
  }

  update(pose: FacePose): void {
    const { forwardX, forwardY } = this;
    forwardX.fill(0);
    forwardY.fill(0);
    for (let f = 0; f < this.fields.length; f++) {
      const { channel, dx, dy } = this.fields[f]!;
      const amount = pose[channel]!;
      if (amount === 0) continue;
      for (let i = 0; i < forwardX.length; i++) {
        forwardX[i]! += dx[i]! * amount;
        forwardY[i]! += dy[i]! * amount;
      }
    }
    this.invert();
  }

  /** Solves source + forward(source) = point by Newton's method, from the guess that neighbours move alike. */
  private invert(): void {
    const { area, forwardX, forwardY, sourceX, sourceY } = this;
    const { columns, rows, step, x0, y0 } = area;
    const { minX, minY, maxX, maxY } = this.limits;
    const perStep = 1 / step;
    for (let row = 0, i = 0; row < rows; row++) {
      const py = y0 + row * step;
      for (let column = 0; column < columns; column++, i++) {
        const px = x0 + column * step;
        let dx = forwardX[i]!;
        let dy = forwardY[i]!;
        if (dx * dx + dy * dy < 1e-4) {
          sourceX[i] = px - dx;
          sourceY[i] = py - dy;
          continue;
        }
        let sx = px - dx;
        let sy = py - dy;
        for (let n = 0; n < NEWTON_STEPS; n++) {
          let gx = (sx - x0) * perStep;
          let gy = (sy - y0) * perStep;
          gx = gx < 0 ? 0 : gx > columns - 1.001 ? columns - 1.001 : gx;
          gy = gy < 0 ? 0 : gy > rows - 1.001 ? rows - 1.001 : gy;
          const ix = gx | 0;
          const iy = gy | 0;
          const fx = gx - ix;
          const fy = gy - iy;
          const p = iy * columns + ix;
          const q = p + columns;
          const x00 = forwardX[p]!, x10 = forwardX[p + 1]!, x01 = forwardX[q]!, x11 = forwardX[q + 1]!;
          const y00 = forwardY[p]!, y10 = forwardY[p + 1]!, y01 = forwardY[q]!, y11 = forwardY[q + 1]!;
          const xTop = x00 + (x10 - x00) * fx;
          const xLow = x01 + (x11 - x01) * fx;
          const yTop = y00 + (y10 - y00) * fx;
          const yLow = y01 + (y11 - y01) * fx;
          dx = xTop + (xLow - xTop) * fy;
          dy = yTop + (yLow - yTop) * fy;
          // Jacobian of source + forward(source).
          const j11 = 1 + (x10 - x00 + (x11 - x01 - x10 + x00) * fy) * perStep;
          const j12 = (xLow - xTop) * perStep;
          const j21 = (y10 - y00 + (y11 - y01 - y10 + y00) * fy) * perStep;
          const j22 = 1 + (yLow - yTop) * perStep;
          let det = j11 * j22 - j12 * j21;
          if (det < 0.2) det = 0.2;
          const ex = sx + dx - px;
          const ey = sy + dy - py;
          sx -= (j22 * ex - j12 * ey) / det;
          sy -= (j11 * ey - j21 * ex) / det;
        }
        sourceX[i] = sx < minX ? minX : sx > maxX ? maxX : sx;
        sourceY[i] = sy < minY ? minY : sy > maxY ? maxY : sy;
      }
    }
  }
}
