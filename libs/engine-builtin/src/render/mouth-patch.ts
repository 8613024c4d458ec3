import type { I420Picture } from '@visavis/engine';
import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';
import { channel } from '../motion/pose.ts';
import type { FacePose } from '../motion/pose.ts';
import type { Displacement } from './displacement.ts';
import { paintInnerMouth } from './inner-mouth.ts';
import type { InnerMouth } from './inner-mouth.ts';
import { alphaPlane } from './patch-textures.ts';
import type { PatchTexture, PixelBox } from './patch-textures.ts';
import { FIXED, sample } from './sampling.ts';
import { sourceLimits } from './texture.ts';
import type { Texture } from './texture.ts';
import { WarpLattice } from './warp-lattice.ts';

/*
 * Hot path: no allocation per frame.
 *
 * The part of the frame in which the lips may part. Both lips are drawn as sheets of their own over the inside of the mouth; beyond
 * the corners, and everywhere when the mouth is shut, their coverages add up to one and give back the picture itself.
 */
export const PATCH_STEP = 4;

export class MouthPatch {
  readonly box: PixelBox;
  private readonly texture: Texture;
  private readonly sourceBox: PixelBox;
  private readonly upperAlpha: Uint8Array;
  private readonly lowerAlpha: Uint8Array;
  private readonly inside: InnerMouth;
  private readonly lattices: { upper: WarpLattice; lower: WarpLattice; skull: WarpLattice; jaw: WarpLattice };
  /** Light inside the mouth, 0 to 256. */
  private light = 256;

  /** `box` is aligned to the frame's cells; `sourceBox` is the part of the picture that may be drawn in it. */
  constructor(face: FaceGeometry, texture: Texture, box: PixelBox, sourceBox: PixelBox, displacement: Displacement) {
    this.box = box;
    this.texture = texture;
    this.sourceBox = sourceBox;
    const seam = seamCoverage(face);
    this.upperAlpha = alphaPlane(sourceBox, seam.upper);
    this.lowerAlpha = alphaPlane(sourceBox, seam.lower);
    this.inside = paintInnerMouth(face, texture, sourceBox);
    const limits = sourceLimits(texture, sourceBox);
    const area = {
      x0: sourceBox.x0,
      y0: sourceBox.y0,
      step: PATCH_STEP,
      columns: sourceBox.width / PATCH_STEP + 1,
      rows: sourceBox.height / PATCH_STEP + 1,
    };
    this.lattices = {
      upper: new WarpLattice(area, limits, displacement, 'upperLip'),
      lower: new WarpLattice(area, limits, displacement, 'lowerLip'),
      skull: new WarpLattice(area, limits, displacement, 'skull'),
      jaw: new WarpLattice(area, limits, displacement, 'jawInside'),
    };
  }

  draw(pose: FacePose, out: I420Picture): void {
    const { upper, lower, skull, jaw } = this.lattices;
    upper.update(pose);
    lower.update(pose);
    skull.update(pose);
    jaw.update(pose);
    const gap = 0.26 * pose[channel.jaw]! + 0.05 * (pose[channel.upperLip]! + pose[channel.lowerLip]!);
    this.light = this.inside.openAtRest ? 256 : Math.round(256 * (0.35 + 0.65 * smoothstep(0.01, 0.1, gap)));
    const { box, sourceBox } = this;
    const columns = upper.area.columns;
    for (let y = box.y0; y < box.y0 + box.height; y += PATCH_STEP) {
      const row = ((y - sourceBox.y0) / PATCH_STEP) * columns;
      for (let x = box.x0; x < box.x0 + box.width; x += PATCH_STEP) {
        this.drawCell(row + (x - sourceBox.x0) / PATCH_STEP, x, y, out);
      }
    }
  }

  private drawCell(i: number, x: number, y: number, out: I420Picture): void {
    const { y: lumaPlane, u: bluePlane, v: redPlane, strideY, strideC, border } = this.texture;
    const lumaSize = out.width * out.height;
    const halfWidth = out.width >> 1;
    for (let row = 0; row < PATCH_STEP; row++) {
      for (let column = 0; column < PATCH_STEP; column++) {
        const coverage = this.locate(i, column / PATCH_STEP, row / PATCH_STEP);
        let value = 0;
        if (coverage.upper > 0) value += coverage.upper * sample(lumaPlane, strideY, toFixed(located.upperX + border), toFixed(located.upperY + border));
        if (coverage.lower > 0) value += coverage.lower * sample(lumaPlane, strideY, toFixed(located.lowerX + border), toFixed(located.lowerY + border));
        if (coverage.inside > 0) value += coverage.inside * this.insideLuma();
        out.data[(y + row) * out.width + x + column] = (value + 127.5) / 255;
      }
    }
    const half = border / 2;
    for (let row = 0; row < PATCH_STEP; row += 2) {
      for (let column = 0; column < PATCH_STEP; column += 2) {
        const coverage = this.locate(i, (column + 0.5) / PATCH_STEP, (row + 0.5) / PATCH_STEP);
        let blue = 0;
        let red = 0;
        if (coverage.upper > 0) {
          const u = toFixed((located.upperX - 0.5) / 2 + half);
          const v = toFixed((located.upperY - 0.5) / 2 + half);
          blue += coverage.upper * sample(bluePlane, strideC, u, v);
          red += coverage.upper * sample(redPlane, strideC, u, v);
        }
        if (coverage.lower > 0) {
          const u = toFixed((located.lowerX - 0.5) / 2 + half);
          const v = toFixed((located.lowerY - 0.5) / 2 + half);
          blue += coverage.lower * sample(bluePlane, strideC, u, v);
          red += coverage.lower * sample(redPlane, strideC, u, v);
        }
        if (coverage.inside > 0) {
          blue += coverage.inside * this.insideChroma('u');
          red += coverage.inside * this.insideChroma('v');
        }
        const c = ((y + row) >> 1) * halfWidth + ((x + column) >> 1);
        out.data[lumaSize + c] = (blue + 127.5) / 255;
        out.data[lumaSize + (lumaSize >> 2) + c] = (red + 127.5) / 255;
      }
    }
  }

  /** Finds what each sheet shows at a point of a cell and how much of it is seen: three parts that add up to 255. */
  private locate(i: number, fx: number, fy: number): typeof located {
    const { upper, lower, skull, jaw } = this.lattices;
    const below = i + upper.area.columns;
    const w00 = (1 - fx) * (1 - fy), w10 = fx * (1 - fy), w01 = (1 - fx) * fy, w11 = fx * fy;
    located.upperX = upper.sourceX[i]! * w00 + upper.sourceX[i + 1]! * w10 + upper.sourceX[below]! * w01 + upper.sourceX[below + 1]! * w11;
    located.upperY = upper.sourceY[i]! * w00 + upper.sourceY[i + 1]! * w10 + upper.sourceY[below]! * w01 + upper.sourceY[below + 1]! * w11;
    located.lowerX = lower.sourceX[i]! * w00 + lower.sourceX[i + 1]! * w10 + lower.sourceX[below]! * w01 + lower.sourceX[below + 1]! * w11;
    located.lowerY = lower.sourceY[i]! * w00 + lower.sourceY[i + 1]! * w10 + lower.sourceY[below]! * w01 + lower.sourceY[below + 1]! * w11;
    const { x0, y0, width } = this.sourceBox;
    const upperPart = sample(this.upperAlpha, width, toFixed(located.upperX - x0), toFixed(located.upperY - y0));
    const lowerPart = sample(this.lowerAlpha, width, toFixed(located.lowerX - x0), toFixed(located.lowerY - y0));
    const sum = upperPart + lowerPart;
    if (sum >= 254) {
      located.upper = (upperPart * 255) / sum;
      located.lower = 255 - located.upper;
      located.inside = 0;
      return located;
    }
    located.upper = upperPart;
    located.lower = lowerPart;
    located.inside = 255 - sum;
    located.skullX = skull.sourceX[i]! * w00 + skull.sourceX[i + 1]! * w10 + skull.sourceX[below]! * w01 + skull.sourceX[below + 1]! * w11;
    located.skullY = skull.sourceY[i]! * w00 + skull.sourceY[i + 1]! * w10 + skull.sourceY[below]! * w01 + skull.sourceY[below + 1]! * w11;
    located.jawX = jaw.sourceX[i]! * w00 + jaw.sourceX[i + 1]! * w10 + jaw.sourceX[below]! * w01 + jaw.sourceX[below + 1]! * w11;
    located.jawY = jaw.sourceY[i]! * w00 + jaw.sourceY[i + 1]! * w10 + jaw.sourceY[below]! * w01 + jaw.sourceY[below + 1]! * w11;
    return located;
  }

  private insideLuma(): number {
    const { cavity, jawBound, skullBound } = this.inside;
    const { x0, y0, width } = this.sourceBox;
    const jawU = toFixed(located.jawX - x0), jawV = toFixed(located.jawY - y0);
    const skullU = toFixed(located.skullX - x0), skullV = toFixed(located.skullY - y0);
    let value = cavity.y;
    value += ((sample(jawBound.y, width, jawU, jawV) - value) * sample(jawBound.alpha, width, jawU, jawV)) / 255;
    value += ((sample(skullBound.y, width, skullU, skullV) - value) * sample(skullBound.alpha, width, skullU, skullV)) / 255;
    return cavity.y + ((value - cavity.y) * this.light) / 256;
  }

  private insideChroma(plane: 'u' | 'v'): number {
    const { cavity, jawBound, skullBound } = this.inside;
    const base = cavity[plane];
    let value = base;
    value += ((this.patchChroma(jawBound, plane, located.jawX, located.jawY) - value) * this.patchAlpha(jawBound, located.jawX, located.jawY)) / 255;
    value += ((this.patchChroma(skullBound, plane, located.skullX, located.skullY) - value) * this.patchAlpha(skullBound, located.skullX, located.skullY)) / 255;
    return base + ((value - base) * this.light) / 256;
  }

  private patchAlpha(patch: PatchTexture, x: number, y: number): number {
    return sample(patch.alpha, patch.width, toFixed(x - patch.x0), toFixed(y - patch.y0));
  }

  private patchChroma(patch: PatchTexture, plane: 'u' | 'v', x: number, y: number): number {
    const u = (x - patch.x0 - 0.5) / 2;
    const v = (y - patch.y0 - 0.5) / 2;
    return sample(patch[plane], patch.width >> 1, toFixed(u < 0 ? 0 : u), toFixed(v < 0 ? 0 : v));
  }
}

/** One frame's working values, shared because frames are drawn one at a time. */
const located = {
  upperX: 0, upperY: 0, lowerX: 0, lowerY: 0, skullX: 0, skullY: 0, jawX: 0, jawY: 0,
  upper: 0, lower: 0, inside: 0,
};

function toFixed(value: number): number {
  return (value * FIXED) | 0;
}

/** Half a pixel to either side of a lip's edge it is partly seen. */
const EDGE_PX = 1.4;

function seamCoverage(face: FaceGeometry): { upper: (x: number, y: number) => number; lower: (x: number, y: number) => number } {
  const edge = EDGE_PX / face.unitPx;
  const toA = (x: number, y: number) => ((x - face.originX) * face.rightX + (y - face.originY) * face.rightY) / face.unitPx;
  const toB = (x: number, y: number) => ((y - face.originY) * face.rightX - (x - face.originX) * face.rightY) / face.unitPx;
  return {
    upper: (x, y) => 0.5 + (curveAt(face.upperSeam, toA(x, y)) - toB(x, y)) / edge,
    lower: (x, y) => 0.5 + (toB(x, y) - curveAt(face.lowerSeam, toA(x, y))) / edge,
  };
}
