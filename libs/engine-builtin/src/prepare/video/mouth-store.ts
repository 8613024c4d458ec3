import sharp from 'sharp';
import type { I420Picture } from '@visavis/engine';
import type { AvatarBundle } from '../../bundle/avatar-bundle.ts';
import { controlPoints, CONTROL_POINT_COUNT } from '../../bundle/control-points.ts';
import { mouthFeature, MOUTH_FEATURES } from '../../bundle/mouth-features.ts';
import type { FaceGeometry } from '../../face/face-geometry.ts';
import { contour } from '../../face/landmarks.ts';
import { quantile } from './clip-survey.ts';
import { cubic } from './cubic.ts';
import { bilinear } from './cut-upright.ts';
import { toPicture } from './head-model.ts';
import type { HeadPose } from './head-model.ts';
import { fitFeatures, pointWeights } from './mouth-basis.ts';
import type { MouthBasis } from './mouth-basis.ts';
import type { MouthTrack } from './mouth-track.ts';

/*
 * The person's own mouths, cut out upright: lips and the skin around them, each with its control points, its features and a mask that
 * follows its lips.
 */

/** In units: room beside the corners, and below the lowest lip. */
const ROOM_ASIDE = 0.2;
const ROOM_BELOW = 0.16;
/** The mask is whole this far around the lips, and ends this far. */
const MASK_WHOLE = 0.045;
const MASK_END = 0.125;
/** It ends this far before nostrils and the point of the chin. */
const NOSE_ROOM = 0.04;
/** Pixels at the patch's border without a mask. */
const BORDER = 3;
const QUALITY = 94;
/** Closed mouths that stand for pressed lips: this part of them, the flattest. */
const PRESSED_PART = 0.5;

export interface PatchFrame {
  width: number;
  height: number;
  /** The patch's middle on the head that looks straight ahead. */
  centre: [number, number, number];
}

/** One size for all: from the nose to the middle of the chin, as low as the lowest lip in the store. */
export function patchFrame(mouth: MouthTrack, frames: readonly number[]): PatchFrame {
  const { face } = mouth;
  const place = (index: number): number => controlPoints.indexOf(index);
  const lowest = quantile(frames.map((f) => mouth.frames[f]!.displacement[place(17) * 2 + 1]!), 0.98);
  const widest = quantile(frames.map((f) => Math.max(-mouth.frames[f]!.displacement[place(61) * 2]!, mouth.frames[f]!.displacement[place(291) * 2]!)), 0.98);
  const left = face.leftCornerA - Math.max(0, widest) - ROOM_ASIDE;
  const right = face.rightCornerA + Math.max(0, widest) + ROOM_ASIDE;
  const top = Math.min(face.noseB - 0.02, face.upperLipB - 0.12);
  const bottom = face.lowerLipB + Math.max(0, lowest) + ROOM_BELOW;
  const depth = (mouth.restMesh[0 * 3 + 2]! + mouth.restMesh[17 * 3 + 2]!) / 2;
  const [a, b] = [((left + right) / 2) * face.unitPx, ((top + bottom) / 2) * face.unitPx];
  return {
    width: 4 * Math.ceil(((right - left) * face.unitPx) / 4),
    height: 4 * Math.ceil(((bottom - top) * face.unitPx) / 4),
    centre: [face.originX + a * face.rightX - b * face.rightY, face.originY + a * face.rightY + b * face.rightX, depth],
  };
}

export interface MouthPatch {
  rgb: Uint8Array;
  mask: Uint8Array;
  /** points × 2, pixels of the patch. */
  points: Float32Array;
}

export function cutMouth(picture: I420Picture, pose: HeadPose, onHead: readonly number[], frame: PatchFrame, face: FaceGeometry): MouthPatch {
  const [cx, cy] = toPicture(pose, frame.centre);
  const { rotation: r, scale } = pose.rigid;
  const angle = Math.atan2(r[3]! * face.rightX + r[4]! * face.rightY, r[0]! * face.rightX + r[1]! * face.rightY);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const points = new Float32Array(CONTROL_POINT_COUNT * 2);
  for (let p = 0; p < CONTROL_POINT_COUNT; p++) {
    const [x, y] = toPicture(pose, onHead.slice(p * 3, p * 3 + 3));
    points[p * 2] = ((x - cx) * cos + (y - cy) * sin) / scale + frame.width / 2;
    points[p * 2 + 1] = ((y - cy) * cos - (x - cx) * sin) / scale + frame.height / 2;
  }
  const { width, height, data } = picture;
  const luma = width * height;
  const rgb = new Uint8ClampedArray(frame.width * frame.height * 3);
  for (let v = 0, to = 0; v < frame.height; v++) {
    for (let u = 0; u < frame.width; u++, to += 3) {
      const du = (u + 0.5 - frame.width / 2) * scale;
      const dv = (v + 0.5 - frame.height / 2) * scale;
      const x = cx + du * cos - dv * sin - 0.5;
      const y = cy + du * sin + dv * cos - 0.5;
      const light = 1.16438 * (cubic(data, 0, width, height, x, y) - 16);
      const blue = bilinear(data, luma, width >> 1, height >> 1, (x - 0.5) / 2, (y - 0.5) / 2) - 128;
      const red = bilinear(data, luma + (luma >> 2), width >> 1, height >> 1, (x - 0.5) / 2, (y - 0.5) / 2) - 128;
      rgb[to] = light + 1.59603 * red;
      rgb[to + 1] = light - 0.39176 * blue - 0.81297 * red;
      rgb[to + 2] = light + 2.01723 * blue;
    }
  }
  return { rgb: new Uint8Array(rgb.buffer), mask: maskOf(points, frame, face), points };
}

const OUTER = [...contour.outerLipUpper, ...[...contour.outerLipLower].reverse().slice(1, -1)].map((index) => controlPoints.indexOf(index));
const NOSE = controlPoints.indexOf(2);
const CHIN = controlPoints.indexOf(152);

function maskOf(points: Float32Array, { width, height }: PatchFrame, { unitPx }: FaceGeometry): Uint8Array {
  const mask = new Uint8Array(width * height);
  const outline = OUTER.map((p) => [points[p * 2]!, points[p * 2 + 1]!] as const);
  const nose = points[NOSE * 2 + 1]! + NOSE_ROOM * unitPx;
  const chin = points[CHIN * 2 + 1]! - NOSE_ROOM * unitPx;
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const [x, y] = [u + 0.5, v + 0.5];
      const around = 1 - step(MASK_WHOLE * unitPx, MASK_END * unitPx, outside(outline, x, y));
      const border = step(BORDER, BORDER + 0.05 * unitPx, Math.min(x, y, width - x, height - y));
      const between = step(nose - 0.04 * unitPx, nose + 0.02 * unitPx, y) * (1 - step(chin - 0.05 * unitPx, chin, y));
      mask[v * width + u] = Math.round(255 * around * border * between);
    }
  }
  return mask;
}

/** Distance to a closed outline, 0 inside. */
function outside(outline: readonly (readonly [number, number])[], x: number, y: number): number {
  let inside = false;
  let nearest = Infinity;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [ax, ay] = outline[i]!;
    const [bx, by] = outline[j]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    const t = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / Math.max(1e-9, (bx - ax) ** 2 + (by - ay) ** 2)));
    nearest = Math.min(nearest, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)));
  }
  return inside ? 0 : nearest;
}

function step(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

export interface StoredMouth extends MouthPatch {
  frame: number;
  closed: boolean;
}

/** Puts the patches side by side and says which mouth each one is. */
export async function packMouths(patches: readonly StoredMouth[], size: PatchFrame, basis: MouthBasis, mouth: MouthTrack, poses: readonly (HeadPose | undefined)[]): Promise<AvatarBundle['mouths']> {
  const count = patches.length;
  const { width, height } = size;
  const columns = Math.max(1, Math.min(count, Math.ceil(Math.sqrt((count * height) / width))));
  const rows = Math.ceil(count / columns);
  const rgb = new Uint8Array(columns * width * rows * height * 3);
  const mask = new Uint8Array(columns * width * rows * height);
  const points = new Float32Array(count * CONTROL_POINT_COUNT * 2);
  const features = new Float32Array(count * MOUTH_FEATURES);
  const headPoses = new Float32Array(count * 3);
  const weights = pointWeights();
  patches.forEach((patch, i) => {
    const left = (i % columns) * width;
    const top = Math.floor(i / columns) * height;
    for (let row = 0; row < height; row++) {
      rgb.set(patch.rgb.subarray(row * width * 3, (row + 1) * width * 3), ((top + row) * columns * width + left) * 3);
      mask.set(patch.mask.subarray(row * width, (row + 1) * width), (top + row) * columns * width + left);
    }
    points.set(patch.points, i * CONTROL_POINT_COUNT * 2);
    features.set(fitFeatures(basis, weights, mouth.frames[patch.frame]!.displacement), i * MOUTH_FEATURES);
    headPoses.set(poses[patch.frame]!.angles, i * 3);
  });
  markPressed(patches, features);
  const across = columns * width;
  const down = rows * height;
  return {
    count,
    width,
    height,
    columns,
    mosaic: await sharp(rgb, { raw: { width: across, height: down, channels: 3 } }).webp({ quality: QUALITY, smartSubsample: true, effort: 4 }).toBuffer(),
    mask: await sharp(mask, { raw: { width: across, height: down, channels: 1 } }).png({ compressionLevel: 9 }).toBuffer(),
    shape: Float32Array.from(basis),
    points,
    features,
    poses: headPoses,
  };
}

/** The flattest of the closed mouths stand for lips that are pressed; the others for lips at rest. In all of them nothing is open. */
function markPressed(patches: readonly StoredMouth[], features: Float32Array): void {
  const at = (i: number, feature: number): number => i * MOUTH_FEATURES + feature;
  const shut = patches.flatMap(({ closed }, i) => (closed ? [i] : []));
  for (const i of shut) {
    for (const feature of [mouthFeature.jaw, mouthFeature.jawRound, mouthFeature.upperLip, mouthFeature.lowerLip]) features[at(i, feature)] = 0;
  }
  const flat = [...shut].sort((a, b) => features[at(b, mouthFeature.press)]! - features[at(a, mouthFeature.press)]!);
  for (const i of flat.slice(0, Math.ceil(PRESSED_PART * flat.length))) features[at(i, mouthFeature.press)] = 1;
}
