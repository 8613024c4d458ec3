import type { I420Picture } from '@visavis/engine';
import { smoothstep } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';
import type { Displacement } from './displacement.ts';
import { drawn } from './drawn-pose.ts';
import type { DrawnPose } from './drawn-pose.ts';
import { gaussianBlur } from './gaussian-blur.ts';
import { InnerMouth } from './inner-mouth.ts';
import { mouthBox } from './mouth-bounds.ts';
import { mouthReach } from './mouth-reach.ts';
import { MouthSheets } from './mouth-sheets.ts';
import { boxAround } from './patch-textures.ts';
import type { PixelBox } from './patch-textures.ts';
import { grainAt, lookOf } from './picture-look.ts';
import type { PictureLook } from './picture-look.ts';
import { PictureSampler } from './picture-sampler.ts';
import { SkinFolds } from './skin-folds.ts';
import type { SheetPatch } from './sheet-patch.ts';
import type { Texture } from './texture.ts';

/*
 * The lower face, drawn with care: every pixel by itself. It fills the mouth store of a photo, once; it is not for the hot path.
 */
/** Boxes lie on the grid of the frame's cells. */
const GRID = 16;
/** Around the box the lattices go on this far at least, in units. */
const MARGIN = 0.15;
/** Up to this gap, in units, what the picture has between the lips gives way to what is painted. */
const SLIT = 0.03;
const LEAST_EDGE_PX = 1.3;
/** Parted lips turn away from the light at their edges, in units. */
const LIP_EDGE = 0.011;
/** Half the height of the dark line between shut lips, and of the rim of teeth at parted ones, in units; the light of what they give way to. */
const CREASE = 0.016;
const RIM = 0.014;
const CREASE_LIGHT = 0.94;
/** Grain in the opening, of that on the skin in the same light: what is behind is not the canvas's own relief. */
const GRAIN_PART = 0.7;

class MouthPatch implements SheetPatch {
  readonly box: PixelBox;
  private readonly face: FaceGeometry;
  private readonly sampler: PictureSampler;
  private readonly look: PictureLook;
  private readonly inside: InnerMouth;
  private readonly folds: SkinFolds;
  private readonly sheets: MouthSheets;
  private readonly spot: MouthSheets['spot'];
  /** Of the opening: Y, U and V, pixel by pixel of the box. */
  private readonly opening: readonly [Float32Array, Float32Array, Float32Array];
  /** The picture's own slit gives way to what is painted as it opens. */
  private share = 0;
  private moved = false;

  constructor(face: FaceGeometry, texture: Texture, box: PixelBox, margin: number, displacement: Displacement) {
    this.face = face;
    this.box = box;
    this.sampler = new PictureSampler(texture);
    this.look = lookOf(face, texture);
    this.inside = new InnerMouth(face, this.look, this.sampler);
    this.folds = new SkinFolds(face);
    this.sheets = new MouthSheets(face, texture, box, margin, Math.max(LEAST_EDGE_PX, 1.6 * this.look.blurPx), displacement);
    this.spot = this.sheets.spot;
    const size = this.box.width * this.box.height;
    this.opening = [new Float32Array(size), new Float32Array(size), new Float32Array(size)];
  }

  draw(pose: DrawnPose, out: I420Picture): void {
    this.share = this.shareOf(pose);
    this.sheets.update(pose, this.share);
    this.folds.begin(pose);
    if (this.share > 0) {
      this.inside.begin(pose);
      this.paintOpening();
    }
    this.drawLuma(out);
    this.drawChroma(out);
  }

  private shareOf(pose: DrawnPose): number {
    const { openAtRest, restGap } = this.inside;
    const gap =
      mouthReach.jaw * (pose[drawn.jaw]! + pose[drawn.jawRound]!) + mouthReach.upperLip * pose[drawn.upperLip]! + mouthReach.lowerLip * pose[drawn.lowerLip]! +
      mouthReach.teethUpper * pose[drawn.teeth]! + mouthReach.tongueLip * pose[drawn.tongueOut]!;
    this.moved = gap > 1e-4;
    return openAtRest ? smoothstep(0, SLIT, gap + restGap * pose[drawn.meet]!) : smoothstep(0, SLIT + restGap, gap);
  }

  /** Paints what lies between the lips, and a little around it, so that it can be as soft as the picture. */
  private paintOpening(): void {
    const { box, spot, inside, look, face, sheets } = this;
    const [planeY, planeU, planeV] = this.opening;
    const around = 4 / face.unitPx + sheets.edge;
    const found = { left: box.width, right: -1, top: box.height, bottom: -1 };
    for (let y = 0, i = 0; y < box.height; y++) {
      for (let x = 0; x < box.width; x++, i++) {
        sheets.locate(x, y);
        planeY[i] = look.black.y;
        planeU[i] = look.black.u;
        planeV[i] = look.black.v;
        if (spot.belowUpper < -around || spot.aboveLower < -around || spot.belowUpper + spot.aboveLower < -0.5 * around) continue;
        if (spot.upperA < face.leftCornerA - around || spot.upperA > face.rightCornerA + around) continue;
        sheets.locateInside(x, y);
        inside.paint(sheets.point);
        const grain = grainAt(look.grain, x, y) * GRAIN_PART * Math.min(1, (inside.y - 16) / (look.skin.y - 15));
        planeY[i] = inside.y + grain;
        planeU[i] = inside.u;
        planeV[i] = inside.v;
        found.left = Math.min(found.left, x);
        found.right = Math.max(found.right, x);
        found.top = Math.min(found.top, y);
        found.bottom = Math.max(found.bottom, y);
      }
    }
    if (found.right < found.left) return;
    const sigma = this.inside.openAtRest ? 0 : Math.max(0, 0.75 * look.blurPx - 0.25);
    for (const plane of this.opening) blurPart(plane, box.width, found, sigma);
  }

  private drawLuma(out: I420Picture): void {
    const { box } = this;
    for (let y = 0; y < box.height; y++) {
      for (let x = 0; x < box.width; x++) {
        let value = this.lumaAt(x, y);
        if (this.atAnEdge()) value = (this.lumaAt(x - 0.375, y - 0.125) + this.lumaAt(x - 0.125, y + 0.375) + this.lumaAt(x + 0.125, y - 0.375) + this.lumaAt(x + 0.375, y + 0.125)) / 4;
        out.data[(box.y0 + y) * out.width + box.x0 + x] = Math.min(Math.max(value + 0.5, 0), 255);
      }
    }
  }

  /** Where the opening's edge is steep, it is narrower than a pixel: such ones are drawn at four places. */
  private atAnEdge(): boolean {
    const { spot, share, sheets } = this;
    if (share === 0 || spot.place < -1.05 || spot.place > 1.05) return false;
    const near = 4 * sheets.edge;
    return (spot.belowUpper < near && spot.belowUpper > -near) || (spot.aboveLower < near && spot.aboveLower > -near);
  }

  private lumaAt(x: number, y: number): number {
    const { box, spot, sampler, look } = this;
    this.sheets.locate(x, y);
    let value = 0;
    const crease = this.crease();
    if (spot.partUpper > 0) value += spot.partUpper * this.uncreased(sampler.luma(spot.upperX, spot.upperY), crease > 0 ? look.upperLip(spot.place).y : 0, crease);
    if (spot.partLower > 0) value += spot.partLower * this.uncreased(sampler.luma(spot.lowerX, spot.lowerY), crease > 0 ? look.lowerLip(spot.place).y : 0, crease);
    value = spot.behind < 1 ? 16 * (1 - spot.behind) + (value - 16 * (1 - spot.behind)) * this.skinLight() : 0;
    return spot.behind > 0 ? value + spot.behind * this.opening[0][Math.round(y) * box.width + Math.round(x)]! : value;
  }

  private drawChroma(out: I420Picture): void {
    const { box, spot, sampler, opening, look } = this;
    const blueStart = out.width * out.height;
    const redStart = blueStart + (blueStart >> 2);
    for (let y = 0; y < box.height; y += 2) {
      for (let x = 0; x < box.width; x += 2) {
        this.sheets.locate(x + 0.5, y + 0.5);
        let blue = 0, red = 0;
        const crease = this.crease();
        if (spot.partUpper > 0) {
          const lip = crease > 0 ? look.upperLip(spot.place) : look.skin;
          blue += spot.partUpper * (sampler.blue(spot.upperX, spot.upperY) * (1 - crease) + lip.u * crease);
          red += spot.partUpper * (sampler.red(spot.upperX, spot.upperY) * (1 - crease) + lip.v * crease);
        }
        if (spot.partLower > 0) {
          const lip = crease > 0 ? look.lowerLip(spot.place) : look.skin;
          blue += spot.partLower * (sampler.blue(spot.lowerX, spot.lowerY) * (1 - crease) + lip.u * crease);
          red += spot.partLower * (sampler.red(spot.lowerX, spot.lowerY) * (1 - crease) + lip.v * crease);
        }
        if (spot.behind > 0) {
          const i = y * box.width + x;
          blue += spot.behind * meanOf4(opening[1], i, box.width);
          red += spot.behind * meanOf4(opening[2], i, box.width);
        }
        const c = ((box.y0 + y) >> 1) * (out.width >> 1) + ((box.x0 + x) >> 1);
        out.data[blueStart + c] = Math.min(Math.max(blue + 0.5, 0), 255);
        out.data[redStart + c] = Math.min(Math.max(red + 0.5, 0), 255);
      }
    }
  }

  /** How far lips that are shut in the picture are parted at this place between the corners, up to 1. */
  private partedHere(): number {
    const { spot } = this;
    return smoothstep(this.inside.restGap + 0.006, this.inside.restGap + 0.05, spot.belowUpper + spot.aboveLower);
  }

  /**
   * Of what lies right at the lips' edges in the picture, how much gives way to the lips' own colour. The dark line between shut lips unrolls
   * as they part; of teeth that a picture shows a rim sticks to the lips, which may not go with them.
   */
  private crease(): number {
    const { spot } = this;
    const { openAtRest } = this.inside;
    const fromEdge = Math.max(0, spot.partLower > spot.partUpper ? -spot.aboveLower : -spot.belowUpper);
    const reach = openAtRest ? RIM : CREASE;
    if (fromEdge > 2.5 * reach || (!openAtRest && !this.moved)) return 0;
    const amount = openAtRest ? this.movedHere() : this.partedHere();
    return amount === 0 ? 0 : 0.9 * amount * (1 - smoothstep(0.6, 0.95, Math.abs(spot.place))) * Math.exp(-((fromEdge / reach) ** 2));
  }

  /** How far parted lips are from where the picture has them, up to 1. */
  private movedHere(): number {
    const { spot } = this;
    const gap = Math.max(0, this.sheets.lowerSeam.at(spot.lowerA) - this.sheets.upperSeam.at(spot.lowerA));
    return smoothstep(0.006, 0.03, Math.abs(spot.belowUpper + spot.aboveLower - gap));
  }

  private uncreased(luma: number, lip: number, crease: number): number {
    if (crease === 0) return luma;
    const wanted = CREASE_LIGHT * lip;
    return luma + crease * (this.inside.openAtRest ? wanted - luma : Math.max(0, wanted - luma));
  }

  /** Folds of the skin, and the edges of parted lips. */
  private skinLight(): number {
    const { spot } = this;
    const lower = spot.partLower > spot.partUpper;
    let light = this.folds.lightAt(lower ? spot.lowerA : spot.upperA, lower ? spot.lowerB : spot.upperB);
    if (this.moved && !this.inside.openAtRest) {
      const fromEdge = Math.max(0, lower ? -spot.aboveLower : -spot.belowUpper);
      const along = 1 - smoothstep(0.8, 1, Math.abs(spot.place));
      light *= 1 - (lower ? 0.1 : 0.16) * this.partedHere() * along * Math.exp(-fromEdge / LIP_EDGE);
    }
    return light;
  }

}

/**
 * The lower face of a frame, at least in `box`; `draw` costs some tens of milliseconds. `sourceBox` says how far around a box what is moved
 * into it may come from.
 */
export function makeMouthPatch(face: FaceGeometry, texture: Texture, box: PixelBox, sourceBox: PixelBox, displacement: Displacement): SheetPatch {
  const margin = Math.max(MARGIN * face.unitPx, box.x0 - sourceBox.x0, box.y0 - sourceBox.y0);
  return new MouthPatch(face, texture, boxAround(box, mouthBox(face, texture, GRID)), margin, displacement);
}

function meanOf4(plane: Float32Array, i: number, width: number): number {
  return (plane[i]! + plane[i + 1]! + plane[i + width]! + plane[i + width + 1]!) / 4;
}

function blurPart(plane: Float32Array, stride: number, part: { left: number; right: number; top: number; bottom: number }, sigma: number): void {
  const width = part.right - part.left + 1, height = part.bottom - part.top + 1;
  const copy = new Float32Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) copy[y * width + x] = plane[(part.top + y) * stride + part.left + x]!;
  gaussianBlur(copy, width, height, sigma);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) plane[(part.top + y) * stride + part.left + x] = copy[y * width + x]!;
}
