import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';
import { mouthPosition } from './mouth-displacement.ts';
import { colourAt, paintPatch } from './patch-textures.ts';
import type { PatchTexture, PixelBox, YuvColour } from './patch-textures.ts';
import type { Texture } from './texture.ts';

/** What shows when the lips part, back to front: the dark, what moves with the jaw, what hangs from the skull. */
export interface InnerMouth {
  cavity: YuvColour;
  /** The tongue's back and the lower teeth. */
  jawBound: PatchTexture;
  /** Where it is when it is raised; shown with the tongue channel only. */
  tongueTip: PatchTexture;
  /** Upper teeth; where the picture's mouth is open, what the picture shows there. */
  skullBound: PatchTexture;
  /** The mouth is open in the picture, so its inside is lit as it is. */
  openAtRest: boolean;
  /** Between the lips' middles in the picture, in units. */
  restGap: number;
}

/** Widths of the upper teeth from the middle outwards, in units (8.5, 6.5, 7.5, 7 and 6.5 mm; a unit is about 78 mm). */
const TOOTH_WIDTHS = [0.109, 0.083, 0.096, 0.09, 0.083] as const;
/** How far each tooth reaches below the upper lip at rest. */
const TOOTH_EDGES = [0.038, 0.032, 0.036, 0.03, 0.024] as const;
const LOWER_TOOTH_WIDTHS = [0.068, 0.076, 0.085, 0.09] as const;
/** How far the lower teeth reach above the lower lip at rest; behind a smile that shows the upper ones more of them is ready. */
const LOWER_TOOTH_EDGE = 0.006;
const LOWER_TOOTH_EDGE_SMILING = 0.024;
const ARCH_RADIUS = 0.34;
const LIP_BEFORE_TEETH = 0.08;
/** From here on the lips count as parted in the picture, and what it shows there as teeth. */
const OPEN_AT_REST = 0.06;

interface Tooth {
  left: number;
  right: number;
  edge: number;
}

export function paintInnerMouth(face: FaceGeometry, texture: Texture, box: PixelBox): InnerMouth {
  const restGap = curveAt(face.lowerSeam, 0) - curveAt(face.upperSeam, 0);
  const openAtRest = restGap > OPEN_AT_REST;
  const light = lightOfFace(face, texture, openAtRest);
  const teeth = projectedTeeth(face, TOOTH_WIDTHS, TOOTH_EDGES);
  const lowerEdge = openAtRest ? LOWER_TOOTH_EDGE_SMILING : LOWER_TOOTH_EDGE;
  const lowerTeeth = projectedTeeth(face, LOWER_TOOTH_WIDTHS, LOWER_TOOTH_WIDTHS.map((_, i) => lowerEdge - 0.003 * i));
  const toA = (x: number, y: number) => ((x - face.originX) * face.rightX + (y - face.originY) * face.rightY) / face.unitPx;
  const toB = (x: number, y: number) => ((y - face.originY) * face.rightX - (x - face.originX) * face.rightY) / face.unitPx;
  const pixel = 1 / face.unitPx;
  const soft = Math.max(0.01, 0.8 / face.unitPx);
  const tipA = -0.5 * LIP_BEFORE_TEETH * Math.sin(face.yaw);

  const skullBound = paintPatch(box, (x, y) => {
    const a = toA(x, y);
    const b = toB(x, y);
    const upper = curveAt(face.upperSeam, a);
    const below = b - upper;
    if (openAtRest) {
      // Without the lip's own soft edge, which would hang from the teeth as a line.
      const inside = 1 - smoothstep(-1.5 * pixel, 0.3 * pixel, b - curveAt(face.lowerSeam, a));
      return { ...colourAt(texture, x, y), alpha: inside };
    }
    const side = Math.abs(mouthPosition(face, a));
    const coverage = toothCoverage(teeth, a, below, soft);
    const shade = (0.7 + 0.3 * smoothstep(-0.02, 0.03, below)) * (1 - 0.8 * smoothstep(0.3, 0.95, side)) * coverage.relief;
    return { ...mix(light.cavity, light.tooth, shade), alpha: coverage.alpha };
  });

  const jawBound = paintPatch(box, (x, y) => {
    const a = toA(x, y);
    const above = curveAt(face.lowerSeam, a) - toB(x, y);
    const side = Math.abs(mouthPosition(face, a));
    const tongueTop = 0.085 * (1 - smoothstep(0, 0.85, side)) + 0.01;
    const alpha = smoothstep(-2.5 * soft, 2.5 * soft, tongueTop - above);
    const tongueShade = (0.25 + 0.75 * smoothstep(0, 0.04, above) * (1 - 0.6 * smoothstep(0.035, 0.09, above))) * (1 - 0.25 * Math.exp(-((a - tipA) ** 2) / 0.0004));
    const teethHere = toothCoverage(lowerTeeth, a, above, soft);
    const toothShade = (openAtRest ? 0.85 : 0.62) * (1 - 0.85 * smoothstep(0.15, 0.8, side)) * teethHere.relief;
    const tooth = teethHere.alpha;
    return { ...mix(mix(light.cavity, light.tongue, tongueShade), mix(light.cavity, light.tooth, toothShade), tooth), alpha: Math.max(alpha, tooth) };
  });

  const tongueTip = paintPatch(box, (x, y) => {
    const a = (toA(x, y) - tipA) / TIP_HALF_WIDTH;
    const b = toB(x, y) - (openAtRest ? curveAt(face.lowerSeam, tipA) - 0.015 : 0);
    const bottom = TIP_BOTTOM - 0.07 * (1 - Math.sqrt(Math.max(0, 1 - a * a)));
    const alpha = smoothstep(-1.2 * soft, 1.2 * soft, bottom - b) * (1 - smoothstep(0.85, 1.05, Math.abs(a)));
    const shade = (1 - 0.35 * smoothstep(0.02, 0, bottom - b)) * (1 - 0.3 * a * a) * (0.75 + 0.25 * smoothstep(0, 0.035, b));
    return { ...mix(light.cavity, light.tongueTip, shade), alpha };
  });

  return { cavity: light.cavity, jawBound, tongueTip, skullBound, openAtRest, restGap: Math.max(0, restGap) };
}

/** Half a width, and how far below the lips' seam it reaches before the jaw goes down. */
const TIP_HALF_WIDTH = 0.13;
const TIP_BOTTOM = 0.045;

function projectedTeeth(face: FaceGeometry, widths: readonly number[], edges: readonly number[]): Tooth[] {
  const sin = Math.sin(face.yaw);
  const cos = Math.cos(face.yaw);
  const project = (arc: number) => {
    const angle = Math.min(Math.max(arc / ARCH_RADIUS, -1.5), 1.5);
    return ARCH_RADIUS * (Math.sin(angle) * cos + (Math.cos(angle) - 1) * sin) - LIP_BEFORE_TEETH * sin;
  };
  const teeth: Tooth[] = [];
  let arc = 0;
  widths.forEach((width, i) => {
    const edge = edges[i]!;
    teeth.push({ left: project(arc), right: project(arc + width), edge }, { left: project(-arc - width), right: project(-arc), edge });
    arc += width;
  });
  // Beyond the turn of the arch teeth are hidden by those before them.
  return teeth.filter((tooth) => tooth.right - tooth.left > 0.01).sort((a, b) => a.left - b.left);
}

/** How much of a tooth is at a point, and its relief: lighter in its middle, with a soft line between neighbours. */
function toothCoverage(teeth: readonly Tooth[], a: number, below: number, soft: number): { alpha: number; relief: number } {
  for (const tooth of teeth) {
    if (a < tooth.left || a >= tooth.right) continue;
    const across = ((a - tooth.left) / (tooth.right - tooth.left)) * 2 - 1;
    const corner = across ** 6;
    const edge = tooth.edge - 0.01 * corner;
    return { alpha: smoothstep(-soft, soft, edge - below), relief: 1 - 0.22 * Math.abs(across) ** 5 };
  }
  return { alpha: 0, relief: 1 };
}

/** Teeth take the light and the colour of the picture: from the bright skin around the mouth and the whites of the eyes. */
function lightOfFace(face: FaceGeometry, texture: Texture, openAtRest: boolean): { tooth: YuvColour; tongue: YuvColour; tongueTip: YuvColour; cavity: YuvColour } {
  const at = (a: number, b: number) =>
    colourAt(
      texture,
      face.originX + (a * face.rightX - b * face.rightY) * face.unitPx,
      face.originY + (a * face.rightY + b * face.rightX) * face.unitPx,
    );
  const skin: YuvColour[] = [];
  for (let a = -0.6; a <= 0.6; a += 0.1) for (const b of [-0.35, -0.28, 0.35, 0.42]) skin.push(at(a, b));
  skin.sort((p, q) => p.y - q.y);
  const bright = skin[Math.floor(skin.length * 0.75)]!;
  const whites = [face.leftEye, face.rightEye].flatMap((eye) => [-0.13, -0.1, 0.1, 0.13].map((d) => at(eye.irisA + d, eye.irisB)));
  whites.sort((p, q) => p.y - q.y);
  const white = whites[Math.floor(whites.length * 0.75)]!;
  const toothLuma = Math.min(Math.max(0.8 * bright.y, 0.86 * white.y, 60), 205);
  return {
    tooth: openAtRest ? shownTooth(face, at) : { y: toothLuma, u: 128 + 0.76 * (bright.u - 128), v: 128 + 0.7 * (bright.v - 128) },
    tongue: { y: 16 + 0.35 * (bright.y - 16), u: 128 + 0.45 * (bright.u - 128), v: 128 + 0.7 * (bright.v - 128) + 10 },
    tongueTip: { y: 16 + 0.58 * (bright.y - 16), u: 128 + 0.5 * (bright.u - 128), v: Math.min(128 + 0.7 * (bright.v - 128) + 18, 156) },
    cavity: { y: 18 + 0.06 * bright.y, u: 126, v: 137 },
  };
}

/** The bright ones among the points between the parted lips. */
function shownTooth(face: FaceGeometry, at: (a: number, b: number) => YuvColour): YuvColour {
  const inside: YuvColour[] = [];
  for (let s = -0.5; s <= 0.5; s += 0.1) {
    const a = s < 0 ? -s * face.leftCornerA : s * face.rightCornerA;
    const upper = curveAt(face.upperSeam, a);
    for (const part of [0.3, 0.5, 0.7]) inside.push(at(a, upper + part * (curveAt(face.lowerSeam, a) - upper)));
  }
  inside.sort((p, q) => p.y - q.y);
  return inside[Math.floor(inside.length * 0.7)]!;
}

function mix(from: YuvColour, to: YuvColour, amount: number): YuvColour {
  return {
    y: from.y + (to.y - from.y) * amount,
    u: from.u + (to.u - from.u) * amount,
    v: from.v + (to.v - from.v) * amount,
  };
}
