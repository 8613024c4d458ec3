import { CONTROL_POINT_COUNT, LIP_POINT_COUNT } from '../bundle/control-points.ts';
import { layerWord } from '../kernel/kernels.ts';
import type { StagedMouths } from '../stage/staged-avatar.ts';

/*
 * Hot path: no allocation.
 *
 * A mouth filmed in another light or with the head held otherwise than in the base picture has another brightness: it is brought to that of
 * the skin around it by a plane through the differences at the control points beside the lips.
 */
/** More than this is no difference of light. */
const MOST = 40;

export class ColourFit {
  private readonly colours: Float32Array;
  private readonly baseColours: Float32Array;

  constructor({ colours, baseColours }: StagedMouths) {
    this.colours = colours;
    this.baseColours = baseColours;
  }

  /** Writes the offsets of a layer. `targets`: where the control points lie in the frame, pixels. */
  fit(patch: number, base: number, targets: Float32Array, words: Int32Array, at: number): void {
    const { colours, baseColours } = this;
    let count = 0, mx = 0, my = 0, md = 0, blue = 0, red = 0;
    for (let i = LIP_POINT_COUNT; i < CONTROL_POINT_COUNT; i++) {
      const own = 3 * (patch * CONTROL_POINT_COUNT + i), its = 3 * (base * CONTROL_POINT_COUNT + i);
      if (colours[own]! < 0 || baseColours[its]! < 0) continue;
      count++;
      mx += targets[2 * i]!;
      my += targets[2 * i + 1]!;
      md += bounded(baseColours[its]! - colours[own]!);
      blue += bounded(baseColours[its + 1]! - colours[own + 1]!);
      red += bounded(baseColours[its + 2]! - colours[own + 2]!);
    }
    let offset = 0, slopeX = 0, slopeY = 0;
    if (count > 0) {
      mx /= count; my /= count; md /= count;
      // Held back by as much as a point 40 pixels away says nothing, so that few points don't tilt the plane.
      let sxx = 1600, sxy = 0, syy = 1600, sx = 0, sy = 0;
      for (let i = LIP_POINT_COUNT; i < CONTROL_POINT_COUNT; i++) {
        const own = 3 * (patch * CONTROL_POINT_COUNT + i), its = 3 * (base * CONTROL_POINT_COUNT + i);
        if (colours[own]! < 0 || baseColours[its]! < 0) continue;
        const x = targets[2 * i]! - mx, y = targets[2 * i + 1]! - my;
        const d = bounded(baseColours[its]! - colours[own]!) - md;
        sxx += x * x; sxy += x * y; syy += y * y; sx += x * d; sy += y * d;
      }
      const det = sxx * syy - sxy * sxy;
      slopeX = (sx * syy - sy * sxy) / det;
      slopeY = (sy * sxx - sx * sxy) / det;
      offset = md - slopeX * mx - slopeY * my;
    }
    words[at + layerWord.offset] = Math.round(offset * 65536);
    words[at + layerWord.offsetX] = Math.round(slopeX * 65536);
    words[at + layerWord.offsetY] = Math.round(slopeY * 65536);
    words[at + layerWord.offsetU] = count > 0 ? Math.round(blue / count) : 0;
    words[at + layerWord.offsetV] = count > 0 ? Math.round(red / count) : 0;
  }
}

function bounded(difference: number): number {
  return difference > MOST ? MOST : difference < -MOST ? -MOST : difference;
}
