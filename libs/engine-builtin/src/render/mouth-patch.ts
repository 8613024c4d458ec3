import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';
import type { Displacement } from './displacement.ts';
import { drawn } from './drawn-pose.ts';
import type { DrawnPose } from './drawn-pose.ts';
import { paintInnerMouth } from './inner-mouth.ts';
import type { InnerMouth } from './inner-mouth.ts';
import { mouthReach } from './mouth-reach.ts';
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
/** Up to this gap, in units, what the picture has between the lips gives way to what is painted. */
const SLIT = 0.03;

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
  /** The picture's own slit gives way to what is painted as it opens. */
  share = 0;
  private readonly inside: InnerMouth;
  private readonly skull: WarpLattice;
  private readonly jaw: WarpLattice;
  private readonly tip: WarpLattice;
  private readonly border: number;
  /** Part of the light that falls into the mouth: little through a slit. */
  private light = 1;
  private tipShows = 0;

  constructor(inside: InnerMouth, texture: Texture, area: LatticeArea, options: LatticeOptions, displacement: Displacement) {
    this.inside = inside;
    this.border = texture.border;
    this.skull = new WarpLattice(area, texture, displacement, 'skull', { ...options, newtonSteps: 0 });
    this.jaw = new WarpLattice(area, texture, displacement, 'jawInside', { ...options, newtonSteps: 0 });
    this.tip = new WarpLattice(area, texture, displacement, 'tongueTip', { ...options, newtonSteps: 0 });
  }

  update(pose: DrawnPose): void {
    const { openAtRest, restGap } = this.inside;
    const gap =
      mouthReach.jaw * (pose[drawn.jaw]! + pose[drawn.jawRound]!) + mouthReach.upperLip * pose[drawn.upperLip]! + mouthReach.lowerLip * pose[drawn.lowerLip]! +
      mouthReach.teethUpper * pose[drawn.teeth]! + mouthReach.tongueLip * pose[drawn.tongueOut]!;
    this.share = openAtRest ? smoothstep(0, SLIT, gap + restGap * pose[drawn.meet]!) : smoothstep(0, SLIT + restGap, gap);
    if (this.share === 0) return;
    this.skull.update(pose);
    this.jaw.update(pose);
    this.tipShows = smoothstep(0.15, 0.5, pose[drawn.tongue]!);
    if (this.tipShows > 0) this.tip.update(pose);
    this.light = (openAtRest ? 1 : 0.75 + 0.25 * smoothstep(0.01, 0.08, gap)) * (1 - 0.3 * pose[drawn.teethHidden]!);
  }

  locate(i: number, fx: number, fy: number, part: 'luma' | 'chroma'): void {
    const { cavity, jawBound, skullBound, tongueTip } = this.inside;
    const { colour, light } = this;
    colour[0] = cavity.y;
    colour[1] = cavity.u;
    colour[2] = cavity.v;
    this.lay(jawBound, this.jaw, 1, i, fx, fy, part);
    if (this.tipShows > 0) this.lay(tongueTip, this.tip, this.tipShows, i, fx, fy, part);
    this.lay(skullBound, this.skull, 1, i, fx, fy, part);
    colour[0] = cavity.y + (colour[0] - cavity.y) * light;
    colour[1] = cavity.u + (colour[1] - cavity.u) * light;
    colour[2] = cavity.v + (colour[2] - cavity.v) * light;
  }

  /** Lays one layer over the colour so far. */
  private lay(patch: PatchTexture, lattice: WarpLattice, share: number, i: number, fx: number, fy: number, part: 'luma' | 'chroma'): void {
    const { colour } = this;
    const x = this.position(lattice.sourceU, lattice.area.columns, i, fx, fy) - patch.x0;
    const y = this.position(lattice.sourceV, lattice.area.columns, i, fx, fy) - patch.y0;
    const u = (Math.min(Math.max(x, 0), patch.width - 2) * FIXED) | 0;
    const v = (Math.min(Math.max(y, 0), patch.height - 2) * FIXED) | 0;
    const alpha = (sampleBytes(patch.alpha, patch.width, u, v) / 255) * share;
    if (alpha === 0) return;
    if (part === 'luma') {
      colour[0]! += (sampleBytes(patch.y, patch.width, u, v) - colour[0]!) * alpha;
      return;
    }
    const cu = (Math.min(Math.max((x - 0.5) / 2, 0), patch.width / 2 - 2) * FIXED) | 0;
    const cv = (Math.min(Math.max((y - 0.5) / 2, 0), patch.height / 2 - 2) * FIXED) | 0;
    colour[1]! += (sampleBytes(patch.u, patch.width >> 1, cu, cv) - colour[1]!) * alpha;
    colour[2]! += (sampleBytes(patch.v, patch.width >> 1, cu, cv) - colour[2]!) * alpha;
  }

  private position(values: Int32Array, columns: number, i: number, fx: number, fy: number): number {
    const top = values[i]! + (values[i + 1]! - values[i]!) * fx;
    const low = values[i + columns]! + (values[i + columns + 1]! - values[i + columns]!) * fx;
    return (top + (low - top) * fy) / FIXED - this.border;
  }
}
