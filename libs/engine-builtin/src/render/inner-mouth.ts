import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';
import { mouthPosition } from './displacement.ts';
import { colourAt, paintPatch } from './patch-textures.ts';
import type { PatchTexture, PixelBox, YuvColour } from './patch-textures.ts';
import type { Texture } from './texture.ts';

/** What shows when the lips part, back to front: the dark, what moves with the jaw, what hangs from the skull. */
export interface InnerMouth {
  cavity: YuvColour;
  /** Tongue and lower teeth. */
  jawBound: PatchTexture;
  /** Upper teeth; where the picture's mouth is open, what the picture shows there. */
  skullBound: PatchTexture;
  /** The mouth is open in the picture, so its inside is lit as it is. */
  openAtRest: boolean;
}

/** Widths of the upper teeth from the middle outwards, in units (8.5, 6.5, 7.5, 7 and 6.5 mm; a unit is about 78 mm). */
const TOOTH_WIDTHS = [0.109, 0.083, 0.096, 0.09, 0.083] as const;
/** How far each tooth reaches below the upper lip at rest. */
const TOOTH_EDGES = [0.043, 0.036, 0.041, 0.034, 0.028] as const;
const ARCH_RADIUS = 0.34;
const LIP_BEFORE_TEETH = 0.08;
/** From here on the lips count as parted in the picture. */
const OPEN_AT_REST = 0.03;

interface Tooth {
  left: number;
  right: number;
  edge: number;
}

export function paintInnerMouth(face: FaceGeometry, texture: Texture, box: PixelBox): InnerMouth {
  const light = lightOfFace(face, texture);
  const restGap = curveAt(face.lowerSeam, 0) - curveAt(face.upperSeam, 0);
  const openAtRest = restGap > OPEN_AT_REST;
  const teeth = projectedTeeth(face);
  const toA = (x: number, y: number) => ((x - face.originX) * face.rightX + (y - face.originY) * face.rightY) / face.unitPx;
  const toB = (x: number, y: number) => ((y - face.originY) * face.rightX - (x - face.originX) * face.rightY) / face.unitPx;
  const pixel = 1 / face.unitPx;
  const soft = Math.max(0.01, 0.8 / face.unitPx);

  const skullBound = paintPatch(box, (x, y) => {
    const a = toA(x, y);
    const b = toB(x, y);
    const upper = curveAt(face.upperSeam, a);
    const below = b - upper;
    if (openAtRest) {
      // Full as far as the lower lip's own edge is soft, or a dark line would show between them at rest.
      const inside = 1 - smoothstep(0.8 * pixel, 2 * pixel, b - curveAt(face.lowerSeam, a));
      return { ...colourAt(texture, x, y), alpha: inside };
    }
    const side = Math.abs(mouthPosition(face, a));
    const coverage = toothCoverage(teeth, a, below, soft);
    const shade = (0.5 + 0.5 * smoothstep(0, 0.045, below)) * (1 - 0.8 * smoothstep(0.25, 0.95, side)) * coverage.relief;
    return { ...mix(light.cavity, light.tooth, shade), alpha: coverage.alpha };
  });

  const jawBound = paintPatch(box, (x, y) => {
    const a = toA(x, y);
    const b = toB(x, y);
    const above = curveAt(face.lowerSeam, a) - b;
    const side = Math.abs(mouthPosition(face, a));
    const tongueTop = 0.06 * (1 - smoothstep(0, 0.8, side));
    const tongue = smoothstep(-2 * soft, 2 * soft, tongueTop - above);
    const lower = smoothstep(-1.5 * soft, 1.5 * soft, 0.016 - above - 0.03 * side) * (1 - smoothstep(0.3, 0.7, side));
    const tongueColour = mix(light.cavity, light.tongue, 0.15 + 0.85 * smoothstep(0.01, 0.035, above) * (1 - smoothstep(0.035, 0.065, above)));
    return { ...mix(tongueColour, mix(light.cavity, light.tooth, 0.4), 0.5 * lower), alpha: tongue };
  });

  return { cavity: light.cavity, jawBound, skullBound, openAtRest };
}

function projectedTeeth(face: FaceGeometry): Tooth[] {
  const sin = Math.sin(face.yaw);
  const cos = Math.cos(face.yaw);
  const project = (arc: number) => {
    const angle = Math.min(Math.max(arc / ARCH_RADIUS, -1.5), 1.5);
    return ARCH_RADIUS * (Math.sin(angle) * cos + (Math.cos(angle) - 1) * sin) - LIP_BEFORE_TEETH * sin;
  };
  const teeth: Tooth[] = [];
  let arc = 0;
  TOOTH_WIDTHS.forEach((width, i) => {
    const edge = TOOTH_EDGES[i]!;
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
    const edge = tooth.edge - 0.012 * corner;
    return { alpha: smoothstep(-soft, soft, edge - below), relief: 1 - 0.2 * Math.abs(across) ** 5 };
  }
  return { alpha: 0, relief: 1 };
}

/** Teeth take the light and the colour of the picture: from the bright skin around the mouth and the whites of the eyes. */
function lightOfFace(face: FaceGeometry, texture: Texture): { tooth: YuvColour; tongue: YuvColour; cavity: YuvColour } {
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
    tooth: { y: toothLuma, u: 128 + 0.68 * (bright.u - 128), v: 128 + 0.6 * (bright.v - 128) },
    tongue: { y: 16 + 0.26 * (bright.y - 16), u: 128 + 0.5 * (bright.u - 128), v: 128 + 0.9 * (bright.v - 128) + 6 },
    cavity: { y: 18 + 0.06 * bright.y, u: 126, v: 136 },
  };
}

function mix(from: YuvColour, to: YuvColour, amount: number): YuvColour {
  return {
    y: from.y + (to.y - from.y) * amount,
    u: from.u + (to.u - from.u) * amount,
    v: from.v + (to.v - from.v) * amount,
  };
}
