import type { AvatarBundle, EyeStore } from '../bundle/avatar-bundle.ts';
import { controlPoints, CONTROL_POINT_COUNT } from '../bundle/control-points.ts';
import { featureChannels, MOUTH_FEATURES, mouthFeaturesOf } from '../bundle/mouth-features.ts';
import { contour, xOf, yOf } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { channel, restPose } from '../motion/pose.ts';
import { DISPLACEMENT_VALUES } from '../render/displacement.ts';
import type { Surface } from '../render/displacement.ts';
import { DRAWN_COUNT, toDrawnPose } from '../render/drawn-pose.ts';
import { mouthBox } from '../render/mouth-bounds.ts';
import type { PixelBox } from '../render/patch-textures.ts';
import { mouthSamplePoses } from './mouth-samples.ts';
import { PatchMosaic } from './patch-mosaic.ts';
import type { PhotoSynthesiser } from './photo-synthesiser.ts';

const BLINKS = [0, 0.2, 0.4, 0.6, 0.8, 1];
const GAZES_X = [-1, -0.5, 0, 0.5, 1];
const GAZES_Y = [-1, 0, 1];

const TOLD_EVERY = 15;

type Told = (fraction: number) => void;

/** Draws the mouths of speech on a photo. */
export async function drawMouths(synthesiser: PhotoSynthesiser, mesh: FaceMesh, mouthGain: number, told: Told): Promise<AvatarBundle['mouths']> {
  const { face, renderer } = synthesiser;
  const box = mouthBox(face, renderer.size, 2);
  const mosaic = new PatchMosaic(box);
  const poses = mouthSamplePoses(mouthGain);
  const features = new Float32Array(poses.length * MOUTH_FEATURES);
  const drawnPose = new Float32Array(DRAWN_COUNT);
  poses.forEach((pose, i) => {
    mosaic.add(synthesiser.draw(pose));
    toDrawnPose(pose, drawnPose);
    mouthFeaturesOf(drawnPose, features.subarray(i * MOUTH_FEATURES, (i + 1) * MOUTH_FEATURES));
    if (i % TOLD_EVERY === 0) told((i + 1) / poses.length);
  });
  const shape = mouthShape(synthesiser, mesh);
  return {
    ...(await mosaic.store()),
    features,
    shape,
    points: pointsOf(features, shape, synthesiser, mesh, box),
    poses: new Float32Array(poses.length * 3),
  };
}

/** How the control points go with each feature, in units along the face's own axes. */
function mouthShape({ displacement, face, left, top }: PhotoSynthesiser, mesh: FaceMesh): Float32Array {
  const shape = new Float32Array(MOUTH_FEATURES * CONTROL_POINT_COUNT * 2);
  const values = new Float32Array(DISPLACEMENT_VALUES);
  controlPoints.forEach((point, i) => {
    displacement(surfaceOf(point), xOf(mesh, point) - left, yOf(mesh, point) - top, values);
    for (let f = 0; f < MOUTH_FEATURES; f++) {
      const dx = values[2 * featureChannels[f]!]! / face.unitPx;
      const dy = values[2 * featureChannels[f]! + 1]! / face.unitPx;
      const at = (f * CONTROL_POINT_COUNT + i) * 2;
      shape[at] = dx * face.rightX + dy * face.rightY;
      shape[at + 1] = dy * face.rightX - dx * face.rightY;
    }
  });
  return shape;
}

/** On which side of the mouth's seam a control point lies. */
export function surfaceOf(point: number): Surface {
  const isIn = (indices: readonly number[]) => indices.includes(point);
  if (isIn(contour.innerLipUpper) || isIn(contour.outerLipUpper)) return 'upperLip';
  if (isIn(contour.innerLipLower) || isIn(contour.outerLipLower)) return 'lowerLip';
  return 'face';
}

/** Where the control points lie in each drawn mouth, pixels of the patch. */
function pointsOf(features: Float32Array, shape: Float32Array, { face, left, top }: PhotoSynthesiser, mesh: FaceMesh, box: PixelBox): Float32Array {
  const count = features.length / MOUTH_FEATURES;
  const points = new Float32Array(count * CONTROL_POINT_COUNT * 2);
  for (let patch = 0, at = 0; patch < count; patch++) {
    for (let i = 0; i < CONTROL_POINT_COUNT; i++, at += 2) {
      let a = 0, b = 0;
      for (let f = 0; f < MOUTH_FEATURES; f++) {
        const amount = features[patch * MOUTH_FEATURES + f]!;
        a += amount * shape[(f * CONTROL_POINT_COUNT + i) * 2]!;
        b += amount * shape[(f * CONTROL_POINT_COUNT + i) * 2 + 1]!;
      }
      points[at] = xOf(mesh, controlPoints[i]!) - left - box.x0 + (a * face.rightX - b * face.rightY) * face.unitPx;
      points[at + 1] = yOf(mesh, controlPoints[i]!) - top - box.y0 + (a * face.rightY + b * face.rightX) * face.unitPx;
    }
  }
  return points;
}

/** Draws lids and gazes. */
export async function drawEyes(synthesiser: PhotoSynthesiser, told: Told): Promise<EyeStore> {
  const leftBox = evenBox(synthesiser.renderer.patchBox('leftEye'));
  const rightBox = evenBox(synthesiser.renderer.patchBox('rightEye'));
  const left = new PatchMosaic(leftBox);
  const right = new PatchMosaic(rightBox);
  const pose = restPose();
  // The first patch is what the others are compared with: eyes open, straight ahead. It is drawn again in its turn.
  left.compareWith(synthesiser.draw(pose));
  right.compareWith(synthesiser.draw(pose));
  const count = BLINKS.length * GAZES_X.length * GAZES_Y.length;
  let done = 0;
  for (const blink of BLINKS) {
    for (const gazeY of GAZES_Y) {
      for (const gazeX of GAZES_X) {
        pose[channel.blinkLeft] = blink;
        pose[channel.blinkRight] = blink;
        pose[channel.gazeX] = gazeX;
        pose[channel.gazeY] = gazeY;
        const picture = synthesiser.draw(pose);
        left.add(picture);
        right.add(picture);
        if (++done % TOLD_EVERY === 0) told(done / count);
      }
    }
  }
  const place = (box: PixelBox) => ({ x: box.x0 + synthesiser.left, y: box.y0 + synthesiser.top });
  return {
    blinks: BLINKS,
    gazesX: GAZES_X,
    gazesY: GAZES_Y,
    left: { ...(await left.store()), ...place(leftBox) },
    right: { ...(await right.store()), ...place(rightBox) },
  };
}

function evenBox({ x0, y0, width, height }: PixelBox): PixelBox {
  return { x0: x0 & ~1, y0: y0 & ~1, width: (width + 1) & ~1, height: (height + 1) & ~1 };
}
