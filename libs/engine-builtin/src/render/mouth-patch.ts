import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';
import { channel } from '../motion/pose.ts';
import type { FacePose } from '../motion/pose.ts';
import type { Displacement } from './displacement.ts';
import { paintInnerMouth } from './inner-mouth.ts';
import type { InnerMouth } from './inner-mouth.ts';
import { alphaPlane } from './patch-textures.ts';
import type { PatchTexture, PixelBox } from './patch-textures.ts';
import { FIXED, sampleBytes } from './sampling.ts';
import { SheetPatch } from './sheet-patch.ts';
import type { Backdrop } from './sheet-patch.ts';
import type { Texture } from './texture.ts';
import { WarpLattice } from './warp-lattice.ts';
import type { LatticeArea, LatticeOptions } from './warp-lattice.ts';

/**
 * The part of the frame in which the lips may part. Beyond the corners of the mouth, and everywhere when it is shut, the lips'
 * coverages add up to one and give back the picture itself.
 */
export function makeMouthPatch(face: FaceGeometry, texture: Texture, box: PixelBox, sourceBox: PixelBox, displacement: Displacement): SheetPatch {
  const seam = seamCoverage(face);
  return new SheetPatch(texture, box, sourceBox, displacement, {
    first: { surface: 'upperLip', alpha: alphaPlane(sourceBox, seam.upper) },
    second: { surface: 'lowerLip', alpha: alphaPlane(sourceBox, seam.lower) },
    backdrop: (area, options) => new MouthInside(paintInnerMouth(face, texture, sourceBox), texture, area, options, displacement),
  });
}

/** Lips' edges are this soft, in pixels. */
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

/*
 * Hot path: no allocation after construction. Few pixels are drawn here.
 */
class MouthInside implements Backdrop {
  readonly colour = new Float64Array(3);
  private readonly inside: InnerMouth;
  private readonly skull: WarpLattice;
  private readonly jaw: WarpLattice;
  private readonly border: number;
  /** Part of the light that falls into the mouth: little through a slit. */
  private light = 1;

  constructor(inside: InnerMouth, texture: Texture, area: LatticeArea, options: LatticeOptions, displacement: Displacement) {
    this.inside = inside;
    this.border = texture.border;
    this.skull = new WarpLattice(area, texture, displacement, 'skull', { ...options, newtonSteps: 0 });
    this.jaw = new WarpLattice(area, texture, displacement, 'jawInside', { ...options, newtonSteps: 0 });
  }

  update(pose: FacePose): void {
    const gap = 0.26 * pose[channel.jaw]! + 0.05 * (pose[channel.upperLip]! + pose[channel.lowerLip]!);
    // Nothing shows between shut lips, wherever it is.
    if (gap === 0 && !this.inside.openAtRest) return;
    this.skull.update(pose);
    this.jaw.update(pose);
    this.light = this.inside.openAtRest ? 1 : 0.35 + 0.65 * smoothstep(0.01, 0.1, gap);
  }

  locate(i: number, fx: number, fy: number): void {
    const { cavity, jawBound, skullBound } = this.inside;
    this.colour[0] = cavity.y;
    this.colour[1] = cavity.u;
    this.colour[2] = cavity.v;
    this.lay(jawBound, this.jaw, i, fx, fy);
    this.lay(skullBound, this.skull, i, fx, fy);
    this.colour[0] = cavity.y + (this.colour[0]! - cavity.y) * this.light;
    this.colour[1] = cavity.u + (this.colour[1]! - cavity.u) * this.light;
    this.colour[2] = cavity.v + (this.colour[2]! - cavity.v) * this.light;
  }

  /** Lays one layer over the colour so far. */
  private lay(patch: PatchTexture, lattice: WarpLattice, i: number, fx: number, fy: number): void {
    const { colour } = this;
    const x = this.position(lattice.sourceU, lattice.area.columns, i, fx, fy) - patch.x0;
    const y = this.position(lattice.sourceV, lattice.area.columns, i, fx, fy) - patch.y0;
    const u = (Math.min(Math.max(x, 0), patch.width - 2) * FIXED) | 0;
    const v = (Math.min(Math.max(y, 0), patch.height - 2) * FIXED) | 0;
    const alpha = sampleBytes(patch.alpha, patch.width, u, v) / 255;
    if (alpha === 0) return;
    const cu = (Math.min(Math.max((x - 0.5) / 2, 0), patch.width / 2 - 2) * FIXED) | 0;
    const cv = (Math.min(Math.max((y - 0.5) / 2, 0), patch.height / 2 - 2) * FIXED) | 0;
    colour[0]! += (sampleBytes(patch.y, patch.width, u, v) - colour[0]!) * alpha;
    colour[1]! += (sampleBytes(patch.u, patch.width >> 1, cu, cv) - colour[1]!) * alpha;
    colour[2]! += (sampleBytes(patch.v, patch.width >> 1, cu, cv) - colour[2]!) * alpha;
  }

  private position(values: Int32Array, columns: number, i: number, fx: number, fy: number): number {
    const top = values[i]! + (values[i + 1]! - values[i]!) * fx;
    const low = values[i + columns]! + (values[i + columns + 1]! - values[i + columns]!) * fx;
    return (top + (low - top) * fy) / FIXED - this.border;
  }
}
