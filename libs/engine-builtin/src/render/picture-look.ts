import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { Curve, EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { gaussianBlur } from './gaussian-blur.ts';
import { colourAt } from './patch-textures.ts';
import type { YuvColour } from './patch-textures.ts';
import type { Texture } from './texture.ts';

/** What a picture is like around the mouth: whatever is painted into it takes light, colour, softness and grain from here. */
export interface PictureLook {
  /** Well lit skin around the mouth. */
  skin: YuvColour;
  /** The whites of the eyes, where any are to be seen. */
  white: YuvColour | undefined;
  /** The darkest of nostrils, pupils and the line between the lips. */
  black: YuvColour;
  /** A lip's colour by position between the corners, −1 to 1. */
  upperLip: (s: number) => YuvColour;
  lowerLip: (s: number) => YuvColour;
  /** −1 where the light comes from the picture's left, 1 from its right, 0 from the front. */
  sideLight: number;
  /** How soft the picture's sharpest edges are: the deviation of the Gaussian that made them so. */
  blurPx: number;
  grain: Grain;
}

/** What is left of a picture's skin without its shapes: noise, canvas, cracks of the varnish. */
export interface Grain {
  side: number;
  /** Luma, around 0. */
  values: Float32Array;
}

type At = (a: number, b: number) => YuvColour;

const known = new WeakMap<Texture, PictureLook>();

/** Measures a picture, once. */
export function lookOf(face: FaceGeometry, texture: Texture): PictureLook {
  const look = known.get(texture) ?? measure(face, texture);
  known.set(texture, look);
  return look;
}

function measure(face: FaceGeometry, texture: Texture): PictureLook {
  const at: At = (a, b) => colourAt(texture, ...toPixel(face, a, b));
  const skin = percentile(aroundMouth().map(([a, b]) => at(a, b)), 0.75);
  return {
    skin,
    white: whiteOfEyes(face, at, skin),
    black: blackOfFace(face, at),
    upperLip: lipColours(face, at, 'upper'),
    lowerLip: lipColours(face, at, 'lower'),
    sideLight: sideLight(at),
    blurPx: blurOf(face, texture),
    grain: grainOf(face, texture),
  };
}

export function toPixel(face: FaceGeometry, a: number, b: number): [x: number, y: number] {
  return [
    face.originX + (a * face.rightX - b * face.rightY) * face.unitPx,
    face.originY + (a * face.rightY + b * face.rightX) * face.unitPx,
  ];
}

/** Outer edges of the lips, of any face. */
export function lipOuter(face: FaceGeometry, lip: 'upper' | 'lower', a: number): number {
  const curve: Curve | undefined = lip === 'upper' ? face.skin?.upperLip : face.skin?.lowerLip;
  if (curve) return curveAt(curve, a);
  const s = Math.min(1, Math.abs(a < 0 ? a / face.leftCornerA : a / face.rightCornerA));
  const seam = curveAt(lip === 'upper' ? face.upperSeam : face.lowerSeam, a);
  const middle = lip === 'upper' ? face.upperLipB - curveAt(face.upperSeam, 0) : face.lowerLipB - curveAt(face.lowerSeam, 0);
  return seam + middle * (1 - s * s);
}

function aroundMouth(): [number, number][] {
  const points: [number, number][] = [];
  for (let a = -0.5; a <= 0.5; a += 0.1) for (const b of [-0.33, -0.27, 0.33, 0.4]) points.push([a, b]);
  return points;
}

function percentile(colours: YuvColour[], part: number): YuvColour {
  const sorted = [...colours].sort((p, q) => p.y - q.y);
  const from = Math.max(0, Math.floor((part - 0.08) * (sorted.length - 1)));
  const near = sorted.slice(from, Math.min(sorted.length, from + Math.max(1, Math.ceil(0.16 * sorted.length))));
  return meanColour(near);
}

function meanColour(colours: readonly YuvColour[]): YuvColour {
  const sum = colours.reduce((total, { y, u, v }) => ({ y: total.y + y, u: total.u + u, v: total.v + v }), { y: 0, u: 0, v: 0 });
  return { y: sum.y / colours.length, u: sum.u / colours.length, v: sum.v / colours.length };
}

/** The brightest and least coloured of what lies beside the irises; nothing where that is no lighter than a shadow on the skin. */
function whiteOfEyes(face: FaceGeometry, at: At, skin: YuvColour): YuvColour | undefined {
  const found = [face.leftEye, face.rightEye].flatMap((eye) => {
    const points: YuvColour[] = [];
    for (let a = eye.innerA; a <= eye.outerA; a += 0.012) {
      if (Math.abs(a - eye.irisA) < 0.075) continue;
      for (const part of [0.4, 0.55, 0.7]) points.push(at(a, lidAt(eye, a, part)));
    }
    return points;
  });
  if (found.length < 8) return undefined;
  const white = percentile(found, 0.85);
  return white.y > 0.5 * skin.y ? white : undefined;
}

function lidAt(eye: EyeGeometry, a: number, part: number): number {
  const upper = curveAt(eye.upper, a);
  return upper + part * (curveAt(eye.lower, a) - upper);
}

/** Whichever of them is darkest: bright nostrils are not yet a bright picture. */
function blackOfFace(face: FaceGeometry, at: At): YuvColour {
  const nostrils: YuvColour[] = [];
  for (let a = -0.16; a <= 0.16; a += 0.02) for (let b = -0.08; b <= 0.02; b += 0.02) nostrils.push(at(a, face.noseB + b));
  const seam: YuvColour[] = [];
  for (let s = -0.9; s <= 0.9; s += 0.06) {
    const a = s < 0 ? -s * face.leftCornerA : s * face.rightCornerA;
    seam.push(at(a, curveAt(face.upperSeam, a)), at(a, curveAt(face.lowerSeam, a)));
  }
  const pupils: YuvColour[] = [];
  for (const eye of [face.leftEye, face.rightEye]) {
    for (const da of [-0.04, -0.02, 0, 0.02, 0.04]) for (const db of [-0.04, -0.02, 0, 0.02, 0.04]) pupils.push(at(eye.irisA + da, eye.irisB + db));
  }
  return [nostrils, seam, pupils].map((points) => percentile(points, 0.1)).sort((p, q) => p.y - q.y)[0]!;
}

const LIP_PLACES = 17;

function lipColours(face: FaceGeometry, at: At, lip: 'upper' | 'lower'): (s: number) => YuvColour {
  const colours = Array.from({ length: LIP_PLACES }, (_, i) => {
    const s = ((i / (LIP_PLACES - 1)) * 2 - 1) * 0.92;
    const points: YuvColour[] = [];
    for (const ds of [-0.08, -0.04, 0, 0.04, 0.08]) {
      const place = Math.min(Math.max(s + ds, -0.95), 0.95);
      const a = place < 0 ? -place * face.leftCornerA : place * face.rightCornerA;
      const seam = curveAt(lip === 'upper' ? face.upperSeam : face.lowerSeam, a);
      for (const part of [0.25, 0.35, 0.45, 0.55]) points.push(at(a, seam + part * (lipOuter(face, lip, a) - seam)));
    }
    return meanColour(points);
  });
  return (s) => {
    const place = ((Math.min(Math.max(s / 0.92, -1), 1) + 1) / 2) * (LIP_PLACES - 1);
    const i = Math.min(LIP_PLACES - 2, Math.floor(place));
    return mix(colours[i]!, colours[i + 1]!, place - i);
  };
}

function sideLight(at: At): number {
  const mean = (sign: number) => {
    let sum = 0;
    for (const a of [0.35, 0.42, 0.5]) for (const b of [-0.3, -0.2, -0.1, 0.1]) sum += at(sign * a, b).y;
    return sum;
  };
  const left = mean(-1), right = mean(1);
  return Math.min(Math.max((2.2 * (right - left)) / (right + left), -1), 1);
}

/** Blurs once more, and sees by how much the steepest edges give way: sharp ones a lot, soft ones hardly. */
function blurOf(face: FaceGeometry, texture: Texture): number {
  const { plane, width, height } = faceLuma(face, texture);
  const again = 1.2;
  const blurred = plane.slice();
  gaussianBlur(blurred, width, height, again);
  const edges: { before: number; after: number }[] = [];
  const slope = (of: Float32Array, i: number) => Math.hypot(of[i + 1]! - of[i - 1]!, of[i + width]! - of[i - width]!);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      edges.push({ before: slope(plane, i), after: slope(blurred, i) });
    }
  }
  edges.sort((p, q) => q.before - p.before);
  const steepest = edges.slice(Math.floor(edges.length * 0.002), Math.max(8, Math.floor(edges.length * 0.012)));
  const ratios = steepest.map(({ before, after }) => before / Math.max(after, 1e-3)).sort((p, q) => p - q);
  const ratio = Math.max(1.02, ratios[Math.floor(ratios.length / 2)]!);
  return Math.min(again / Math.sqrt(ratio * ratio - 1), 3);
}

function faceLuma(face: FaceGeometry, texture: Texture): { plane: Float32Array; width: number; height: number } {
  const half = Math.round(0.5 * face.faceHeightPx);
  const left = Math.max(0, Math.round(face.centreX) - half), right = Math.min(texture.width, Math.round(face.centreX) + half);
  const top = Math.max(0, Math.round(face.centreY) - half), bottom = Math.min(texture.height, Math.round(face.centreY) + half);
  const width = right - left, height = bottom - top;
  const plane = new Float32Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) plane[y * width + x] = colourAt(texture, left + x, top + y).y;
  return { plane, width, height };
}

const GRAIN_SIDE = 32;
const GRAIN_MOST = 14;

/** From the evenest square of the face that is not in shadow. */
function grainOf(face: FaceGeometry, texture: Texture): Grain {
  const { plane, width, height } = faceLuma(face, texture);
  const shapes = plane.slice();
  gaussianBlur(shapes, width, height, 2.2);
  let best = { unrest: Infinity, x: 0, y: 0 };
  for (let y = Math.floor(height * 0.25); y + GRAIN_SIDE < height * 0.8; y += 8) {
    for (let x = Math.floor(width * 0.25); x + GRAIN_SIDE < width * 0.75; x += 8) {
      let low = 255, high = 0, sum = 0;
      for (let dy = 0; dy < GRAIN_SIDE; dy += 4) {
        for (let dx = 0; dx < GRAIN_SIDE; dx += 4) {
          const value = shapes[(y + dy) * width + x + dx]!;
          low = Math.min(low, value);
          high = Math.max(high, value);
          sum += value;
        }
      }
      const unrest = (high - low) / (sum + 1000);
      if (unrest < best.unrest) best = { unrest, x, y };
    }
  }
  const values = new Float32Array(GRAIN_SIDE * GRAIN_SIDE);
  if (best.unrest === Infinity) return { side: GRAIN_SIDE, values };
  for (let y = 0; y < GRAIN_SIDE; y++) {
    for (let x = 0; x < GRAIN_SIDE; x++) {
      const i = (best.y + y) * width + best.x + x;
      values[y * GRAIN_SIDE + x] = Math.min(Math.max(plane[i]! - shapes[i]!, -GRAIN_MOST), GRAIN_MOST);
    }
  }
  return { side: GRAIN_SIDE, values };
}

/** The grain at a pixel: its square again and again, each time mirrored, so that it has no seams. */
export function grainAt({ side, values }: Grain, x: number, y: number): number {
  const fold = (at: number) => {
    const place = ((Math.round(at) % (2 * side)) + 2 * side) % (2 * side);
    return place < side ? place : 2 * side - 1 - place;
  };
  return values[fold(y) * side + fold(x)]!;
}

export function mix(from: YuvColour, to: YuvColour, amount: number): YuvColour {
  return { y: from.y + (to.y - from.y) * amount, u: from.u + (to.u - from.u) * amount, v: from.v + (to.v - from.v) * amount };
}

/** 0 below `low`, 1 above `high`; also for `low` above `high`. */
export function ramp(low: number, high: number, value: number): number {
  return low <= high ? smoothstep(low, high, value) : 1 - smoothstep(high, low, value);
}
