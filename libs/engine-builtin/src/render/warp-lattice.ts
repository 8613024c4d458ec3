import { DRAWN_COUNT } from './drawn-pose.ts';
import type { DrawnPose } from './drawn-pose.ts';
import { DISPLACEMENT_VALUES } from './displacement.ts';
import type { Displacement, Surface } from './displacement.ts';
import { FIXED } from './sampling.ts';
import { sourceLimits } from './texture.ts';
import type { SourceLimits, Texture } from './texture.ts';

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

export interface LatticeOptions {
  /** The points whose source is wanted; all, if left out. The others only say what moves there. */
  wanted?: { firstColumn: number; firstRow: number; lastColumn: number; lastRow: number };
  /** Refinements of the turning-around: 0 where neighbours move alike, 2 where they don't quite, more where they hardly do. */
  newtonSteps?: number;
}

interface ChannelField {
  channel: number;
  /** Undefined where the channel moves nothing in this direction. */
  dx: Float32Array | undefined;
  dy: Float32Array | undefined;
}

/** Pixels. */
const CLOSE_ENOUGH = 0.02;

export class WarpLattice {
  readonly area: LatticeArea;
  /** Where each lattice point takes its colour from: 16.16 from the texture's first byte. */
  readonly sourceU: Int32Array;
  readonly sourceV: Int32Array;
  private readonly border: number;
  private readonly limits: SourceLimits;
  private readonly wanted: NonNullable<LatticeOptions['wanted']>;
  private readonly newtonSteps: number;
  private readonly fields: ChannelField[];
  private readonly forwardX: Float32Array;
  private readonly forwardY: Float32Array;

  constructor(area: LatticeArea, texture: Texture, displacement: Displacement, surface: Surface, options: LatticeOptions = {}) {
    this.area = area;
    this.border = texture.border;
    this.limits = sourceLimits(texture);
    this.wanted = options.wanted ?? { firstColumn: 0, firstRow: 0, lastColumn: area.columns - 1, lastRow: area.rows - 1 };
    this.newtonSteps = options.newtonSteps ?? 2;
    const count = area.columns * area.rows;
    this.sourceU = new Int32Array(count);
    this.sourceV = new Int32Array(count);
    this.forwardX = new Float32Array(count);
    this.forwardY = new Float32Array(count);
    this.fields = displacementFields(area, displacement, surface);
  }

  update(pose: DrawnPose): void {
    this.forwardX.fill(0);
    this.forwardY.fill(0);
    for (let f = 0; f < this.fields.length; f++) {
      const field = this.fields[f]!;
      const amount = pose[field.channel]!;
      if (amount === 0) continue;
      if (field.dx) addScaled(this.forwardX, field.dx, amount);
      if (field.dy) addScaled(this.forwardY, field.dy, amount);
    }
    this.invert();
  }

  /** Solves source + forward(source) = point by Newton's method, from the guess that neighbours move alike. */
  private invert(): void {
    const { forwardX, forwardY, sourceU, sourceV, border, newtonSteps } = this;
    const { columns, rows, step, x0, y0 } = this.area;
    const { minX, minY, maxX, maxY } = this.limits;
    const { firstColumn, firstRow, lastColumn, lastRow } = this.wanted;
    const perStep = 1 / step;
    const longest = 2 * step;
    for (let row = firstRow; row <= lastRow; row++) {
      const py = y0 + row * step;
      for (let column = firstColumn; column <= lastColumn; column++) {
        const i = row * columns + column;
        const px = x0 + column * step;
        let dx = forwardX[i]!;
        let dy = forwardY[i]!;
        let sx = px - dx;
        let sy = py - dy;
        const steps = dx * dx + dy * dy < 0.01 ? 0 : newtonSteps;
        for (let n = 0; n < steps; n++) {
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
          if (ex < CLOSE_ENOUGH && ex > -CLOSE_ENOUGH && ey < CLOSE_ENOUGH && ey > -CLOSE_ENOUGH) break;
          const wayX = (j22 * ex - j12 * ey) / det;
          const wayY = (j11 * ey - j21 * ex) / det;
          // Over a bend of the field a full step overshoots and may never settle.
          sx -= wayX > longest ? longest : wayX < -longest ? -longest : wayX;
          sy -= wayY > longest ? longest : wayY < -longest ? -longest : wayY;
        }
        sx = sx < minX ? minX : sx > maxX ? maxX : sx;
        sy = sy < minY ? minY : sy > maxY ? maxY : sy;
        sourceU[i] = (sx + border) * FIXED;
        sourceV[i] = (sy + border) * FIXED;
      }
    }
  }
}

function displacementFields(area: LatticeArea, displacement: Displacement, surface: Surface): ChannelField[] {
  const count = area.columns * area.rows;
  const all = Array.from({ length: DRAWN_COUNT }, (_, channel) => ({
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
  const moved = (values: Float32Array) => (values.some((value) => value !== 0) ? values : undefined);
  return all.map(({ channel, dx, dy }) => ({ channel, dx: moved(dx), dy: moved(dy) })).filter(({ dx, dy }) => dx ?? dy);
}

function addScaled(sum: Float32Array, values: Float32Array, amount: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + values[i]! * amount;
}
