import type { I420Picture } from '@visavis/engine';
import { smoothstep } from '../face/face-geometry.ts';
import type { EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import type { Displacement } from './displacement.ts';
import { drawn } from './drawn-pose.ts';
import type { DrawnPose } from './drawn-pose.ts';
import { EyeColumns, LASH_BAND } from './eye-columns.ts';
import type { EyeColumn } from './eye-columns.ts';
import type { PixelBox, YuvColour } from './patch-textures.ts';
import { grainAt, lookOf } from './picture-look.ts';
import type { PictureLook } from './picture-look.ts';
import { PictureSampler } from './picture-sampler.ts';
import { FIXED } from './sampling.ts';
import type { SheetPatch } from './sheet-patch.ts';
import type { Texture } from './texture.ts';
import { WarpLattice } from './warp-lattice.ts';

/*
 * The part of the frame around one eye, drawn with care: every pixel by itself. It fills the eye stores of a photo, once.
 *
 * A lid that closes shows skin that the picture hasn't: stretching what it has would smear it. So the skin above the lashes stays as it is, with
 * its folds; below it new skin in the colour of the lid comes down over the eye, with the lashes at its edge. A glance moves the iris and
 * what lies around it, and never the lids: of what they hid of the iris, its other half tells.
 */
const STEP = 2;
/** How far the iris goes at a gaze of 1, in units. */
const GAZE_X = 0.045;
const GAZE_Y = 0.025;
const IRIS_RADIUS = 0.075;
/** Around the iris the white gives way over this distance. */
const GIVES_WAY = 0.075;
/** A lid comes down further than the mesh says: white below it would be seen at once. */
const OVERLAP = 0.014;
/** Of a glance down, the part of the eye's opening that the lid goes along. */
const LID_FOLLOWS = 0.16;
/** Edges of lids have shadows and lashes in the picture that a moved iris must not take along, in units. */
const LID_EDGE = 0.014;

/** Above the lashes the lid's fold gives way to its new skin over this distance: it is smoothed out when the eye shuts. */
const FOLD = 0.034;

export function makeLidPatch(face: FaceGeometry, side: 'left' | 'right', texture: Texture, box: PixelBox, sourceBox: PixelBox, displacement: Displacement): SheetPatch {
  return new EyePatch(face, side, texture, box, sourceBox, displacement);
}

class EyePatch implements SheetPatch {
  readonly box: PixelBox;
  private readonly face: FaceGeometry;
  private readonly eye: EyeGeometry;
  private readonly blinkChannel: number;
  private readonly texture: Texture;
  private readonly sampler: PictureSampler;
  private readonly look: PictureLook;
  private readonly columns: EyeColumns;
  private readonly lattice: WarpLattice;
  private readonly edge: number;
  private readonly colour: YuvColour = { y: 0, u: 128, v: 128 };
  private closed = 0;
  private gazeX = 0;
  private gazeY = 0;
  /** How much of what is drawn is not the picture itself, for lids and for the eye between them. */
  private lidPart = 0;
  private gazePart = 0;

  constructor(face: FaceGeometry, side: 'left' | 'right', texture: Texture, box: PixelBox, sourceBox: PixelBox, displacement: Displacement) {
    this.box = box;
    this.face = face;
    this.eye = side === 'left' ? face.leftEye : face.rightEye;
    this.blinkChannel = side === 'left' ? drawn.blinkLeft : drawn.blinkRight;
    this.texture = texture;
    this.sampler = new PictureSampler(texture);
    this.look = lookOf(face, texture);
    this.columns = new EyeColumns(face, this.eye, texture);
    this.edge = Math.max(1.3, 1.4 * this.look.blurPx) / face.unitPx;
    const area = { x0: sourceBox.x0, y0: sourceBox.y0, step: STEP, columns: sourceBox.width / STEP + 2, rows: sourceBox.height / STEP + 2 };
    const firstColumn = (box.x0 - sourceBox.x0) / STEP, firstRow = (box.y0 - sourceBox.y0) / STEP;
    const wanted = { firstColumn, firstRow, lastColumn: firstColumn + box.width / STEP + 1, lastRow: firstRow + box.height / STEP + 1 };
    this.lattice = new WarpLattice(area, texture, displacement, 'face', { wanted, newtonSteps: 4 });
  }

  draw(pose: DrawnPose, out: I420Picture): void {
    this.lattice.update(pose);
    this.gazeX = GAZE_X * bounded(pose[drawn.gazeX]!);
    this.gazeY = GAZE_Y * bounded(pose[drawn.gazeY]!);
    const down = Math.max(0, bounded(pose[drawn.gazeY]!));
    this.closed = Math.min(1, Math.max(0, pose[this.blinkChannel]!) + LID_FOLLOWS * down);
    this.lidPart = smoothstep(0, 0.1, this.closed);
    this.gazePart = smoothstep(0, 0.006, Math.hypot(this.gazeX, this.gazeY));
    const { box, colour } = this;
    const lumaSize = out.width * out.height;
    for (let y = 0; y < box.height; y++) {
      for (let x = 0; x < box.width; x++) {
        this.paint(x, y, true);
        out.data[(box.y0 + y) * out.width + box.x0 + x] = Math.min(Math.max(colour.y + 0.5, 0), 255);
      }
    }
    for (let y = 0; y < box.height; y += 2) {
      for (let x = 0; x < box.width; x += 2) {
        this.paint(x + 0.5, y + 0.5, false);
        const c = lumaSize + ((box.y0 + y) >> 1) * (out.width >> 1) + ((box.x0 + x) >> 1);
        out.data[c] = Math.min(Math.max(colour.u + 0.5, 0), 255);
        out.data[c + (lumaSize >> 2)] = Math.min(Math.max(colour.v + 0.5, 0), 255);
      }
    }
  }

  /** Finds the colour of a point of the box: its luma, or its chroma. */
  private paint(x: number, y: number, luma: boolean): void {
    const { face, lattice, texture, columns } = this;
    const gx = (this.box.x0 + x - lattice.area.x0) / STEP, gy = (this.box.y0 + y - lattice.area.y0) / STEP;
    const sourceX = between(lattice.sourceU, lattice.area.columns, gx, gy) / FIXED - texture.border;
    const sourceY = between(lattice.sourceV, lattice.area.columns, gx, gy) / FIXED - texture.border;
    this.sample(sourceX, sourceY, luma);
    if (this.lidPart === 0 && this.gazePart === 0) return;
    const a = ((sourceX - face.originX) * face.rightX + (sourceY - face.originY) * face.rightY) / face.unitPx;
    const b = ((sourceY - face.originY) * face.rightX - (sourceX - face.originX) * face.rightY) / face.unitPx;
    if (a < columns.from || a > columns.to) return;
    const column = columns.at(a);
    if (b < column.upper - LASH_BAND - FOLD || b > column.lower + OVERLAP + 0.05) return;
    if (this.gazePart > 0) this.paintGlance(a, b, column, luma);
    if (this.lidPart > 0) this.paintLid(a, b, columns.at(a), x, y);
  }

  private sample(x: number, y: number, luma: boolean): void {
    const { colour, sampler } = this;
    if (luma) {
      colour.y = sampler.luma(x, y);
      return;
    }
    colour.u = sampler.blue(x, y);
    colour.v = sampler.red(x, y);
  }

  /** The eye between the lids, its iris moved. */
  private paintGlance(a: number, b: number, { upper, lower, inside }: EyeColumn, luma: boolean): void {
    const { eye, edge, gazeX, gazeY, colour, face, columns } = this;
    const open = Math.min(smoothstep(-0.5 * edge, edge, b - upper), smoothstep(-0.5 * edge, edge, lower - b)) * inside * this.gazePart;
    if (open <= 0) return;
    const { y, u, v } = colour;
    const fromIris = Math.hypot(a - eye.irisA - gazeX, b - eye.irisB - gazeY);
    const moves = 1 - smoothstep(0, GIVES_WAY, fromIris - IRIS_RADIUS);
    const fromA = a - gazeX * moves;
    let fromB = b - gazeY * moves;
    const lids = columns.at(fromA);
    const top = lids.upper + LID_EDGE, bottom = Math.max(top, lids.lower - LID_EDGE);
    if (fromB < top && Math.hypot(fromA - eye.irisA, fromB - eye.irisB) < 1.02 * IRIS_RADIUS) fromB = 2 * eye.irisB - fromB;
    fromB = Math.min(Math.max(fromB, Math.min(top, b)), Math.max(bottom, b));
    const sourceX = face.originX + (fromA * face.rightX - fromB * face.rightY) * face.unitPx;
    const sourceY = face.originY + (fromA * face.rightY + fromB * face.rightX) * face.unitPx;
    this.sample(sourceX, sourceY, luma);
    colour.y = y + (colour.y - y) * open;
    colour.u = u + (colour.u - u) * open;
    colour.v = v + (colour.v - v) * open;
  }

  private paintLid(a: number, b: number, column: EyeColumn, x: number, y: number): void {
    const { edge, colour, closed, lidPart, look } = this;
    const { upper, lower, inside, lid, below, lash } = column;
    const from = upper - LASH_BAND;
    const to = upper + closed * (lower - upper + OVERLAP * inside);
    const above = to - b;
    const covered = Math.min(Math.max(0.5 + above / edge, 0), 1) * smoothstep(from - FOLD, from + 0.012, b) * inside * lidPart;
    // The eye below lies in the lid's shadow.
    const shadow = above < 0 ? 0.3 * Math.exp(above / 0.02) * inside * lidPart * smoothstep(lower + 0.01, lower - 0.02, b) : 0;
    colour.y = 16 + (colour.y - 16) * (1 - shadow);
    if (covered > 0) {
      const t = Math.min(Math.max((b - from) / Math.max(to - from, 1e-4), 0), 1);
      // Near its fold the lid lies in the shadow of the brow, further down in the light, as the skin below the eye does.
      const lit = 0.15 + 0.6 * smoothstep(0, 0.65, t);
      const round = 1.01 - 0.12 * t * t;
      const light = 16 + (lid.y + (below.y - lid.y) * lit - 16) * round + 0.8 * grainAt(look.grain, x, y);
      colour.y += (light - colour.y) * covered;
      colour.u += (lid.u + (below.u - lid.u) * lit - colour.u) * covered;
      colour.v += (lid.v + (below.v - lid.v) * lit - colour.v) * covered;
    }
    const far = above > 0 ? above / (0.011 + 0.3 * edge) : -above / (0.009 + 0.3 * edge);
    const lashes = 0.8 * Math.exp(-far * far) * smoothstep(0.25, 0.9, inside) * lidPart * cornerFade(this.eye, a);
    colour.y += (lash.y - colour.y) * lashes;
    colour.u += (lash.u - colour.u) * lashes;
    colour.v += (lash.v - colour.v) * lashes;
  }
}

/** Lashes begin a little inside the corners. */
function cornerFade(eye: EyeGeometry, a: number): number {
  return smoothstep(-0.02, 0.03, a - eye.innerA) * smoothstep(-0.02, 0.03, eye.outerA - a);
}

function bounded(value: number): number {
  return value > -1 ? (value < 1 ? value : 1) : -1;
}

function between(values: Int32Array, columns: number, gx: number, gy: number): number {
  const column = Math.floor(gx), row = Math.floor(gy);
  const i = row * columns + column;
  const fx = gx - column, fy = gy - row;
  const top = values[i]! + (values[i + 1]! - values[i]!) * fx;
  const low = values[i + columns]! + (values[i + columns + 1]! - values[i + columns]!) * fx;
  return top + (low - top) * fy;
}
