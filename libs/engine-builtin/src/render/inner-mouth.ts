import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';
import { drawn } from './drawn-pose.ts';
import type { DrawnPose } from './drawn-pose.ts';
import { mouthPosition } from './mouth-displacement.ts';
import type { YuvColour } from './patch-textures.ts';
import { lipOuter, mix, toPixel } from './picture-look.ts';
import type { PictureLook } from './picture-look.ts';
import type { PictureSampler } from './picture-sampler.ts';
import { LIP_BEFORE_TEETH, TeethRow } from './teeth.ts';

/** Where a point of the opening lies in the picture, on each of the things that move by themselves, in units. */
export interface InsidePoint {
  skullA: number;
  skullB: number;
  jawA: number;
  jawB: number;
  tipA: number;
  tipB: number;
  /** How far it lies below the upper lip's edge, and above the lower one's. */
  belowUpper: number;
  aboveLower: number;
}

/** From here on the lips count as parted in the picture, and what it shows there is shown; in narrower gaps only what is plainly teeth. */
const OPEN_AT_REST = 0.06;
const MAY_SHOW_TEETH = 0.04;
const PLAINLY_TEETH = 0.6;
/** How far the upper teeth reach below the upper lip at rest, in units (a unit is about 78 mm), and the lower ones above the lower lip. */
const UPPER_SHOWN = 0.036;
const LOWER_SHOWN = -0.003;
const LOWER_SHOWN_SMILING = 0.02;
/** Of the teeth's edge line: this much is straight and bent by the arch alone, the rest follows the lip. */
const ARCH_PART = 0.6;
const SMILE_ARC = 0.14;
/** Teeth that a smile shows go on this far behind the lower lip. */
const HIDDEN_OF_SMILE = 0.014;
/** So far below the upper lip's edge its colour and shadow still lie on the teeth. */
const UNDER_LIP = 0.012;
const TONGUE_TOP = 0.12;
const TONGUE_HALF_WIDTH = 0.27;
const TIP_HALF_WIDTH = 0.14;
const TIP_BOTTOM = 0.042;
const TIP_HEIGHT = 0.05;

/**
 * What shows between parted lips, back to front: the dark, the tongue and the lower teeth on the jaw, the upper teeth on the skull, and the
 * wet inner edges of the lips. Lit through the opening: the wider it is, the more. Its colours are the picture's.
 */
export class InnerMouth {
  /** Of the point that was painted last. */
  y = 0;
  u = 128;
  v = 128;
  readonly openAtRest: boolean;
  /** Between the lips' middles in the picture, in units. */
  readonly restGap: number;
  private readonly face: FaceGeometry;
  private readonly look: PictureLook;
  private readonly sampler: PictureSampler;
  private readonly upperTeeth: TeethRow;
  private readonly lowerTeeth: TeethRow;
  private readonly cavity: YuvColour;
  private readonly tooth: YuvColour;
  private readonly tongue: YuvColour;
  private readonly soft: number;
  private readonly lowerShown: number;
  private readonly upperRim: number;
  private readonly lowerRim: number;
  private tipShows = 0;
  private tipOut = 0;
  private hidden = 0;

  constructor(face: FaceGeometry, look: PictureLook, sampler: PictureSampler) {
    this.face = face;
    this.look = look;
    this.sampler = sampler;
    this.restGap = Math.max(0, curveAt(face.lowerSeam, 0) - curveAt(face.upperSeam, 0));
    this.openAtRest = this.restGap > OPEN_AT_REST || (this.restGap > MAY_SHOW_TEETH && partOfTeeth(face, look, sampler) > PLAINLY_TEETH);
    this.upperTeeth = new TeethRow(face, 'upper', look.sideLight);
    this.lowerTeeth = new TeethRow(face, 'lower', look.sideLight);
    this.cavity = cavityColour(look);
    this.tooth = toothColour(face, look, sampler, this.openAtRest);
    this.tongue = tongueColour(look);
    this.soft = Math.max(0.006, (0.6 + 0.5 * look.blurPx) / face.unitPx);
    this.lowerShown = LOWER_SHOWN + (LOWER_SHOWN_SMILING - LOWER_SHOWN) * smoothstep(0.05, 0.12, this.restGap);
    const upperHeight = curveAt(face.upperSeam, 0) - lipOuter(face, 'upper', 0);
    const lowerHeight = lipOuter(face, 'lower', 0) - curveAt(face.lowerSeam, 0);
    // Lips that are shut hide some of their red; thin ones most of it.
    this.upperRim = this.openAtRest ? 0 : 0.009 + 0.16 * Math.max(0, 0.09 - upperHeight);
    this.lowerRim = this.openAtRest ? 0 : 0.012 + 0.22 * Math.max(0, 0.11 - lowerHeight);
  }

  begin(pose: DrawnPose): void {
    this.tipShows = smoothstep(0.15, 0.5, pose[drawn.tongue]!);
    this.tipOut = Math.min(Math.max(pose[drawn.tongueOut]!, 0), 1);
    this.hidden = Math.min(Math.max(pose[drawn.teethHidden]!, 0), 1);
  }

  paint(point: InsidePoint): void {
    const { face, look } = this;
    const gap = Math.max(0, point.belowUpper) + Math.max(0, point.aboveLower);
    const place = mouthPosition(face, point.skullA);
    const side = Math.min(Math.abs(place), 1);
    const light = smoothstep(0, 0.15, gap);
    this.set(this.cavity);
    // Deep in the mouth it is never quite black: the flesh around throws some red light.
    this.lay(this.tongue, (0.04 + 0.1 * light * smoothstep(0.25, 1, point.belowUpper / Math.max(gap, 1e-6))) * (1 - 0.6 * side));
    // Where the lips meet at their ends it is flesh that shows, near and lit.
    this.layShaded(look.lowerLip(place), 0.55, 0.7 * smoothstep(0.58, 0.98, side));
    this.layTongue(point, gap, light, side);
    this.layLowerTeeth(point, light, side);
    if (this.tipShows > 0) this.layTip(point);
    this.layUpperTeeth(point, gap, side);
    if (this.openAtRest) this.layOwn(point);
    else this.shadeByLips(point, gap);
    this.layRims(point, gap, place, side);
  }

  private layTongue(point: InsidePoint, gap: number, light: number, side: number): void {
    const { face, look } = this;
    const above = curveAt(face.lowerSeam, point.jawA) - point.jawB;
    const across = point.jawA / TONGUE_HALF_WIDTH;
    const top = TONGUE_TOP * (1 - 0.35 * this.hidden) * Math.max(0, 1 - across * across);
    const alpha = smoothstep(top + 0.02, top - 0.035, above) * smoothstep(1.05, 0.7, Math.abs(across));
    if (alpha <= 0) return;
    const depth = Math.min(Math.max(above / TONGUE_TOP, 0), 1);
    const groove = 1 - 0.12 * Math.exp(-((across / 0.12) ** 2)) * smoothstep(0.1, 0.4, depth);
    const bulge = 1 - 0.45 * across * across + 0.15 * across * look.sideLight;
    this.lay(this.tongue, alpha * (0.22 + 0.78 * light) * (1 - 0.8 * smoothstep(0.1, 0.95, depth)) * (0.45 + 0.55 * smoothstep(0.2, 0.95, point.belowUpper / Math.max(gap, 1e-6))) * groove * bulge * (1 - 0.5 * side ** 4) * (1 - 0.35 * this.hidden));
  }

  private layLowerTeeth(point: InsidePoint, light: number, side: number): void {
    const { face } = this;
    const seam = curveAt(face.lowerSeam, point.jawA);
    const line = seam - this.lowerShown + 0.25 * point.jawA * point.jawA;
    this.lowerTeeth.at(point.jawA, point.jawB - line, this.soft);
    const { alpha, relief } = this.lowerTeeth;
    if (alpha <= 0) return;
    const shade = relief * (1 - 0.8 * smoothstep(0.2, 0.85, side)) * (0.52 + 0.26 * light) * (1 - 0.6 * this.hidden);
    this.layShaded(this.tooth, shade, alpha);
  }

  private layUpperTeeth(point: InsidePoint, gap: number, side: number): void {
    const { look, face } = this;
    this.upperTeeth.at(point.skullA, this.upperLine(point.skullA) - point.skullB, this.soft);
    const { alpha, relief } = this.upperTeeth;
    if (alpha <= 0) return;
    const toLight = 1 + 0.1 * look.sideLight * Math.min(Math.max(point.skullA / 0.25, -1), 1);
    const corner = 1 - 0.62 * smoothstep(0.4, 1, side + 0.25 * Math.abs(Math.sin(face.yaw)) * side);
    const through = 0.74 + 0.26 * smoothstep(0, 0.07, gap);
    this.layShaded(this.tooth, relief * corner * toLight * through * (1 - 0.35 * this.hidden), alpha);
  }

  /** The line of the upper teeth's edges. */
  private upperLine(a: number): number {
    const { upperSeam, lowerSeam, leftCornerA, rightCornerA } = this.face;
    const middle = (curveAt(upperSeam, 0.3 * leftCornerA) + curveAt(upperSeam, 0) + curveAt(upperSeam, 0.3 * rightCornerA)) / 3;
    const tilt = (curveAt(upperSeam, rightCornerA) - curveAt(upperSeam, leftCornerA)) / (rightCornerA - leftCornerA);
    const arch = middle + UPPER_SHOWN + tilt * a - SMILE_ARC * a * a;
    const line = ARCH_PART * arch + (1 - ARCH_PART) * (curveAt(upperSeam, a) + UPPER_SHOWN);
    if (!this.openAtRest) return line;
    return Math.max(line, curveAt(lowerSeam, a) + HIDDEN_OF_SMILE);
  }

  private layTip(point: InsidePoint): void {
    const { face } = this;
    const middle = -0.5 * LIP_BEFORE_TEETH * Math.sin(face.yaw);
    const across = (point.tipA - middle) / TIP_HALF_WIDTH;
    const bottom = TIP_BOTTOM + (this.openAtRest ? curveAt(face.lowerSeam, middle) - 0.02 : 0) - TIP_HEIGHT * (1 - Math.sqrt(Math.max(0, 1 - across * across)));
    const soft = 2.5 * this.soft;
    const alpha = smoothstep(-soft, soft, bottom - point.tipB) * (1 - smoothstep(0.75, 1.05, Math.abs(across)));
    if (alpha <= 0) return;
    // Behind the teeth one sees its shaded underside, between them the tip itself.
    const round = smoothstep(0.03, 0, bottom - point.tipB);
    const shade = 0.6 - 0.25 * round + (0.45 - 0.15 * round) * this.tipOut;
    this.layShaded(this.tongue, shade * (1 - 0.45 * across * across), alpha * this.tipShows);
  }

  /** What the picture itself shows between its lips, hung from the skull. */
  private layOwn(point: InsidePoint): void {
    const { face, sampler } = this;
    const pixel = 1 / face.unitPx;
    const lower = curveAt(face.lowerSeam, point.skullA);
    // Towards the corners the picture shows a slit: there it has nothing to tell.
    const wide = smoothstep(0.012, 0.035, lower - curveAt(face.upperSeam, point.skullA));
    const inside = wide * (1 - smoothstep(-2 * pixel, -0.2 * pixel, point.skullB - lower));
    if (inside <= 0) return;
    // Under a lip that is raised the teeth go on as they begin.
    const top = curveAt(face.upperSeam, point.skullA) + Math.max(1.2 * pixel, UNDER_LIP);
    const b = point.skullB < top ? Math.min(2 * top - point.skullB, Math.max(lower, top)) : point.skullB;
    const [x, y] = toPixel(face, point.skullA, b);
    this.y += (sampler.luma(x, y) - this.y) * inside;
    this.u += (sampler.blue(x, y) - this.u) * inside;
    this.v += (sampler.red(x, y) - this.v) * inside;
  }

  /** Lips throw soft shadows on what lies right behind them. */
  private shadeByLips(point: InsidePoint, gap: number): void {
    const fromUpper = 0.42 * Math.exp(-Math.max(0, point.belowUpper - 0.5 * this.upperRim) / 0.013);
    const fromLower = 0.4 * Math.exp(-Math.max(0, point.aboveLower - 0.5 * this.lowerRim) / 0.012);
    const slit = 0.16 * (1 - smoothstep(0.01, 0.07, gap));
    this.lay(this.cavity, 1 - (1 - fromUpper) * (1 - fromLower) * (1 - slit));
  }

  private layRims(point: InsidePoint, gap: number, place: number, side: number): void {
    if (this.openAtRest) return;
    const open = smoothstep(0, 0.07, gap) * (1 - smoothstep(0.5, 0.95, side));
    this.layRim(point.belowUpper, this.upperRim * open, this.look.upperLip(place), 0.78);
    this.layRim(point.aboveLower, this.lowerRim * open, this.look.lowerLip(place), 0.86);
  }

  private layRim(depth: number, width: number, lip: YuvColour, lightest: number): void {
    if (width <= 1e-4) return;
    const t = depth / width;
    const alpha = 1 - smoothstep(0.45, 1.15, t);
    if (alpha <= 0) return;
    const turn = Math.min(Math.max(t, 0), 1);
    this.layShaded({ y: lip.y, u: lip.u, v: lip.v + 2 }, lightest * (1 - 0.55 * turn * turn), alpha);
  }

  private set({ y, u, v }: YuvColour): void {
    this.y = y;
    this.u = u;
    this.v = v;
  }

  private lay(colour: YuvColour, part: number): void {
    this.y += (colour.y - this.y) * part;
    this.u += (colour.u - this.u) * part;
    this.v += (colour.v - this.v) * part;
  }

  /** Covers by `alpha` with a colour in this much of its light. */
  private layShaded(colour: YuvColour, shade: number, alpha: number): void {
    this.lay(mix(this.cavity, colour, Math.min(Math.max(shade, 0), 1.3)), alpha);
  }

}

/** Little lighter than the darkest of the face, and always darker than the lips around it. */
function cavityColour({ black, upperLip, lowerLip }: PictureLook): YuvColour {
  const lips = Math.min(upperLip(0).y, lowerLip(0).y);
  return { y: 16 + Math.max(0, Math.min(0.8 * (black.y - 16), 0.4 * (lips - 16))), u: 128 + 0.6 * (black.u - 128), v: 128 + 0.7 * (black.v - 128) + 4 };
}

/** Teeth are a little less light than the whites of the eyes and take the colour of the light from them, as the skin shows it. */
function toothColour(face: FaceGeometry, look: PictureLook, sampler: PictureSampler, openAtRest: boolean): YuvColour {
  const { skin, white } = look;
  const fromSkin = { y: 0.84 * skin.y, u: 128 + 0.55 * (skin.u - 128), v: 128 + 0.45 * (skin.v - 128) };
  const guess = white
    ? { y: Math.min(Math.max(fromSkin.y, 0.84 * white.y), 1.02 * Math.max(skin.y, 90)), u: 0.5 * (fromSkin.u + white.u), v: 0.5 * (fromSkin.v + Math.min(white.v, skin.v)) }
    : fromSkin;
  guess.y = Math.min(Math.max(guess.y, 56), 205);
  if (!openAtRest) return guess;
  const shown = shownTooth(face, sampler);
  return shown.y > 0.7 * guess.y ? { y: shown.y, u: Math.min(shown.u, 130), v: Math.max(shown.v, 128) } : guess;
}

/** The bright ones among the points between the parted lips. */
function shownTooth(face: FaceGeometry, sampler: PictureSampler): YuvColour {
  const inside = betweenLips(face, sampler, 0.5);
  inside.sort((p, q) => p.y - q.y);
  return inside[Math.floor(inside.length * 0.7)]!;
}

/** Of what shows between the lips' middles, how much is about as light as teeth are, and far from a lip's red. */
function partOfTeeth(face: FaceGeometry, look: PictureLook, sampler: PictureSampler): number {
  const wanted = toothColour(face, look, sampler, false);
  const lipRed = Math.max(look.upperLip(0).v, look.lowerLip(0).v);
  const inside = betweenLips(face, sampler, 0.3);
  return inside.filter(({ y, v }) => y > 0.75 * wanted.y && v - wanted.v < 0.45 * (lipRed - wanted.v)).length / inside.length;
}

function betweenLips(face: FaceGeometry, sampler: PictureSampler, reach: number): YuvColour[] {
  const inside: YuvColour[] = [];
  for (let s = -reach; s <= reach + 1e-6; s += 0.1) {
    const a = s < 0 ? -s * face.leftCornerA : s * face.rightCornerA;
    const upper = curveAt(face.upperSeam, a);
    for (const part of [0.3, 0.5, 0.7]) {
      const [x, y] = toPixel(face, a, upper + part * (curveAt(face.lowerSeam, a) - upper));
      inside.push({ y: sampler.luma(x, y), u: sampler.blue(x, y), v: sampler.red(x, y) });
    }
  }
  return inside;
}

/** Redder than the skin, as the lips are, and lit from outside only. */
function tongueColour({ skin, lowerLip }: PictureLook): YuvColour {
  const lip = mix(lowerLip(-0.3), lowerLip(0.3), 0.5);
  return { y: Math.min(0.58 * skin.y, 0.84 * lip.y + 8), u: 128 + 0.25 * (lip.u - 128) + 0.35 * (skin.u - 128), v: Math.min(Math.max(128 + 0.7 * (lip.v - 128) + 3, skin.v + 4), 156) };
}
