import { smoothstep } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';

/** Widths of the upper teeth from the middle outwards, in units (8.5, 6.5, 7.5, 7 and 6.5 mm; a unit is about 78 mm). */
const UPPER_WIDTHS = [0.109, 0.083, 0.096, 0.09, 0.083, 0.11] as const;
/** How much shorter each is than the line of their edges, and how much it comes to a point. */
const UPPER_SHORTER = [0, 0.006, 0.001, 0.006, 0.009, 0.012] as const;
const UPPER_POINTED = [0, 0.1, 0.8, 0.5, 0.3, 0.2] as const;
const LOWER_WIDTHS = [0.068, 0.076, 0.085, 0.09, 0.09, 0.12] as const;
const LOWER_SHORTER = [0, 0.001, 0, 0.004, 0.008, 0.01] as const;
const LOWER_POINTED = [0, 0, 0.5, 0.4, 0.3, 0.2] as const;
const ARCH_RADIUS = 0.34;
/** How far the lips lie before the teeth. */
export const LIP_BEFORE_TEETH = 0.08;

interface Tooth {
  left: number;
  right: number;
  shorter: number;
  pointed: number;
  /** Which side of the middle it is next to: −1, 1, or 0 for the others. The line between the first two is the finest. */
  first: number;
  /** No two teeth are equally light. */
  tone: number;
}

/** A row of teeth on its arch, seen as the head is turned. */
export class TeethRow {
  /** Of the point that was asked for last: how much of a tooth is there, and how light it is for its shape. */
  alpha = 0;
  relief = 1;
  private readonly teeth: readonly Tooth[];
  private readonly light: number;

  constructor(face: FaceGeometry, row: 'upper' | 'lower', sideLight: number) {
    const upper = row === 'upper';
    this.teeth = projected(face.yaw, upper ? UPPER_WIDTHS : LOWER_WIDTHS, upper ? UPPER_SHORTER : LOWER_SHORTER, upper ? UPPER_POINTED : LOWER_POINTED);
    this.light = sideLight;
  }

  /** @param depth how far a point lies inside of the line of the teeth's edges, in units; negative is beyond it. */
  at(a: number, depth: number, soft: number): void {
    this.alpha = 0;
    for (const tooth of this.teeth) {
      if (a < tooth.left || a >= tooth.right) continue;
      const across = ((a - tooth.left) / (tooth.right - tooth.left)) * 2 - 1;
      const width = tooth.right - tooth.left;
      const side = Math.abs(across);
      const corner = tooth.shorter + width * (0.1 * side ** 5 + 0.07 * tooth.pointed * side);
      this.alpha = smoothstep(-soft, soft, depth - corner);
      const line = Math.max(width * 0.07, soft);
      const beside = (1 - side) * 0.5 * width;
      const between = 1 - (across * tooth.first < 0 ? 0.12 : 0.2) * Math.exp(-((beside / line) ** 2)) * smoothstep(0.02, 0.06, width);
      const edge = 1 - 0.07 * Math.exp(-Math.max(0, depth - corner) / 0.01);
      const round = 1 - 0.07 * (across - 0.5 * this.light) ** 2;
      this.relief = tooth.tone * between * edge * round;
      return;
    }
  }
}

function projected(yaw: number, widths: readonly number[], shorter: readonly number[], pointed: readonly number[]): Tooth[] {
  const sin = Math.sin(yaw);
  const cos = Math.cos(yaw);
  const project = (arc: number) => {
    const angle = Math.min(Math.max(arc / ARCH_RADIUS, -1.5), 1.5);
    return ARCH_RADIUS * (Math.sin(angle) * cos + (Math.cos(angle) - 1) * sin) - LIP_BEFORE_TEETH * sin;
  };
  const teeth: Tooth[] = [];
  let arc = 0;
  widths.forEach((width, i) => {
    const shape = { shorter: shorter[i]!, pointed: pointed[i]! };
    teeth.push(
      { left: project(arc), right: project(arc + width), ...shape, first: i === 0 ? 1 : 0, tone: 1 - 0.02 * ((i * 7) % 3) },
      { left: project(-arc - width), right: project(-arc), ...shape, first: i === 0 ? -1 : 0, tone: 1 - 0.02 * ((i * 5 + 1) % 3) },
    );
    arc += width;
  });
  return teeth.filter((tooth) => tooth.right - tooth.left > 0.008).sort((p, q) => p.left - q.left);
}
