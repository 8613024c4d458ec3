import { curveAt } from '../face/face-geometry.ts';
import type { Curve, FaceGeometry } from '../face/face-geometry.ts';
import type { Displacement } from './displacement.ts';
import type { DrawnPose } from './drawn-pose.ts';
import type { InsidePoint } from './inner-mouth.ts';
import type { PixelBox } from './patch-textures.ts';
import { FIXED } from './sampling.ts';
import type { Texture } from './texture.ts';
import { WarpLattice } from './warp-lattice.ts';

const STEP = 2;
/** Two sheets that touch leave this much free at most, because each finds its own way through its lattice. It must not show as a line. */
const SLACK = 0.1;
const SEAM_STEPS = 512;

interface Lattices {
  upper: WarpLattice;
  lower: WarpLattice;
  skull: WarpLattice;
  jaw: WarpLattice;
  tip: WarpLattice;
}

/**
 * The lips as two sheets of the picture, which slide away from each other. Each covers its side of the seam; where both together
 * cover less than all, what lies behind them shows. Beyond the corners, and everywhere when the mouth is shut, the sheets' coverages add
 * up to one and give back the picture itself.
 */
export class MouthSheets {
  /** Of the point that was located last. */
  readonly spot = new Spot();
  readonly point: InsidePoint = { skullA: 0, skullB: 0, jawA: 0, jawB: 0, tipA: 0, tipB: 0, belowUpper: 0, aboveLower: 0 };
  readonly upperSeam: SeamTable;
  readonly lowerSeam: SeamTable;
  /** How soft the sheets' edges are, in units. */
  readonly edge: number;
  private readonly face: FaceGeometry;
  private readonly texture: Texture;
  private readonly box: PixelBox;
  private readonly lattices: Lattices;
  private readonly place: LatticePlace = { i: 0, fx: 0, fy: 0, columns: 0 };
  /** How much of what the sheets leave free is what lies behind them; over the rest the sheets stretch. */
  private share = 0;

  /** @param margin around the box what is moved into it may come from so far away, in pixels. */
  constructor(face: FaceGeometry, texture: Texture, box: PixelBox, margin: number, edgePx: number, displacement: Displacement) {
    this.face = face;
    this.texture = texture;
    this.box = box;
    this.edge = edgePx / face.unitPx;
    this.upperSeam = new SeamTable(face.upperSeam);
    this.lowerSeam = new SeamTable(face.lowerSeam);
    this.lattices = this.makeLattices(displacement, margin);
  }

  update(pose: DrawnPose, share: number): void {
    const { upper, lower, skull, jaw, tip } = this.lattices;
    this.share = share;
    upper.update(pose);
    lower.update(pose);
    if (share === 0) return;
    skull.update(pose);
    jaw.update(pose);
    tip.update(pose);
  }

  /** Finds what each sheet has at a point of the box, and how much it covers. */
  locate(x: number, y: number): void {
    const { spot, face, edge, share } = this;
    const { upper, lower } = this.lattices;
    const { border } = this.texture;
    const at = this.latticePlace(x, y);
    spot.upperX = between(upper.sourceU, at) - border;
    spot.upperY = between(upper.sourceV, at) - border;
    spot.lowerX = between(lower.sourceU, at) - border;
    spot.lowerY = between(lower.sourceV, at) - border;
    spot.upperA = toA(face, spot.upperX, spot.upperY);
    spot.upperB = toB(face, spot.upperX, spot.upperY);
    spot.lowerA = toA(face, spot.lowerX, spot.lowerY);
    spot.lowerB = toB(face, spot.lowerX, spot.lowerY);
    spot.belowUpper = spot.upperB - this.upperSeam.at(spot.upperA);
    spot.aboveLower = this.lowerSeam.at(spot.lowerA) - spot.lowerB;
    spot.place = spot.upperA < 0 ? -spot.upperA / face.leftCornerA : spot.upperA / face.rightCornerA;
    const upperCovers = clamp01(0.5 - spot.belowUpper / edge);
    const lowerCovers = clamp01(0.5 - spot.aboveLower / edge);
    const free = 1 - upperCovers - lowerCovers;
    spot.behind = free > SLACK ? ((free - SLACK) / (1 - SLACK)) * share : 0;
    const sum = upperCovers + lowerCovers;
    spot.partUpper = sum > 0 ? (upperCovers / sum) * (1 - spot.behind) : (1 - spot.behind) / 2;
    spot.partLower = 1 - spot.behind - spot.partUpper;
  }

  /** Finds what lies behind the sheets, at the point that was located last. */
  locateInside(x: number, y: number): void {
    const { point, spot, face } = this;
    const { skull, jaw, tip } = this.lattices;
    const { border } = this.texture;
    const at = this.latticePlace(x, y);
    const skullX = between(skull.sourceU, at) - border, skullY = between(skull.sourceV, at) - border;
    const jawX = between(jaw.sourceU, at) - border, jawY = between(jaw.sourceV, at) - border;
    const tipX = between(tip.sourceU, at) - border, tipY = between(tip.sourceV, at) - border;
    point.skullA = toA(face, skullX, skullY);
    point.skullB = toB(face, skullX, skullY);
    point.jawA = toA(face, jawX, jawY);
    point.jawB = toB(face, jawX, jawY);
    point.tipA = toA(face, tipX, tipY);
    point.tipB = toB(face, tipX, tipY);
    point.belowUpper = spot.belowUpper;
    point.aboveLower = spot.aboveLower;
  }

  private latticePlace(x: number, y: number): LatticePlace {
    const { place } = this;
    const { area } = this.lattices.upper;
    const gx = (this.box.x0 + x - area.x0) / STEP, gy = (this.box.y0 + y - area.y0) / STEP;
    const column = Math.floor(gx), row = Math.floor(gy);
    place.i = row * area.columns + column;
    place.fx = gx - column;
    place.fy = gy - row;
    place.columns = area.columns;
    return place;
  }

  private makeLattices(displacement: Displacement, least: number): Lattices {
    const { box, texture } = this;
    const margin = Math.ceil(least / STEP) * STEP;
    const area = {
      x0: box.x0 - margin,
      y0: box.y0 - margin,
      step: STEP,
      columns: (box.width + 2 * margin) / STEP + 2,
      rows: (box.height + 2 * margin) / STEP + 2,
    };
    const first = margin / STEP;
    const wanted = { firstColumn: first, firstRow: first, lastColumn: first + box.width / STEP + 1, lastRow: first + box.height / STEP + 1 };
    const lips = { wanted, newtonSteps: 6 };
    const rigid = { wanted, newtonSteps: 1 };
    return {
      upper: new WarpLattice(area, texture, displacement, 'upperLip', lips),
      lower: new WarpLattice(area, texture, displacement, 'lowerLip', lips),
      skull: new WarpLattice(area, texture, displacement, 'skull', rigid),
      jaw: new WarpLattice(area, texture, displacement, 'jawInside', rigid),
      tip: new WarpLattice(area, texture, displacement, 'tongueTip', rigid),
    };
  }
}

/** What is found at one point. Positions in pixels of the picture and in units. */
class Spot {
  upperX = 0;
  upperY = 0;
  lowerX = 0;
  lowerY = 0;
  upperA = 0;
  upperB = 0;
  lowerA = 0;
  lowerB = 0;
  belowUpper = 0;
  aboveLower = 0;
  /** Between the corners, −1 to 1. */
  place = 0;
  partUpper = 0;
  partLower = 0;
  behind = 0;
}

interface LatticePlace {
  i: number;
  fx: number;
  fy: number;
  columns: number;
}

/** A seam by table: it is asked for at every pixel. */
class SeamTable {
  private readonly from: number;
  private readonly perStep: number;
  private readonly values: Float64Array;

  constructor(curve: Curve) {
    const { a } = curve;
    this.from = a[0]!;
    const length = Math.max(1e-6, a[a.length - 1]! - this.from);
    this.perStep = SEAM_STEPS / length;
    this.values = Float64Array.from({ length: SEAM_STEPS + 1 }, (_, i) => curveAt(curve, this.from + (i * length) / SEAM_STEPS));
  }

  at(a: number): number {
    const place = Math.min(Math.max((a - this.from) * this.perStep, 0), SEAM_STEPS);
    const i = Math.min(Math.floor(place), SEAM_STEPS - 1);
    return this.values[i]! + (this.values[i + 1]! - this.values[i]!) * (place - i);
  }
}

function between(values: Int32Array, { i, fx, fy, columns }: LatticePlace): number {
  const top = values[i]! + (values[i + 1]! - values[i]!) * fx;
  const low = values[i + columns]! + (values[i + columns + 1]! - values[i + columns]!) * fx;
  return (top + (low - top) * fy) / FIXED;
}

function toA(face: FaceGeometry, x: number, y: number): number {
  return ((x - face.originX) * face.rightX + (y - face.originY) * face.rightY) / face.unitPx;
}

function toB(face: FaceGeometry, x: number, y: number): number {
  return ((y - face.originY) * face.rightX - (x - face.originX) * face.rightY) / face.unitPx;
}

function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
