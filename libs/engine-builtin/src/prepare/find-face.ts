import sharp from 'sharp';
import { PrepareError } from '@visavis/engine';
import type { DetectedFace, FaceDetector, RgbImage } from '../face/face-detector.ts';
import { averageWithMirrored, eyeDistance, meshBounds, transformMesh } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { headYawDegrees } from '../face/head-pose.ts';
import { fitEyes } from './fit-eyes.ts';
import { fitLips } from './fit-lips.ts';

/** The bound on size, in pixels of the upload between the iris centres. Below it lips are a smear of a few pixels. */
export const MIN_EYE_DISTANCE_PX = 32;
/** Head turned to the side by more than this: one mouth corner and one eye are hidden or nearly so. */
export const MAX_YAW_DEGREES = 42;
/** A second face is ignored when it is smaller than this part of the first. */
const COMPARABLE_FACE = 0.5;

/** The detector samples its input coarsely: reduced pictures show it large faces better, large ones small faces. */
const DETECT_SIDES = [512, 1024] as const;
const OBJECT_SIDE = 640;
/** The close-up is this many times the face, and enlarged: the mesh comes in whole pixels, and lips need finer ones. */
const REFINE_CROP_PER_FACE = 2.2;
const REFINE_SIDE = 640;
/** A face counts from here on; boxes below only serve to fit one that counts. */
const MIN_BOX_SCORE = 0.4;
const MIN_CANDIDATE_SCORE = 0.2;
const MIN_MESH_SCORE = 0.6;

export interface FoundFace {
  /** In pixels of the decoded picture. */
  mesh: FaceMesh;
  eyeDistancePx: number;
  yawDegrees: number;
  ignoredFaces: number;
  boxScore: number;
}

/**
 * The one face of a portrait, with a mesh fitted in a close-up of its own.
 * @throws PrepareError when there is none, more than one, or it can't be used.
 */
export async function findFace(detector: FaceDetector, image: RgbImage, reduction: number): Promise<FoundFace> {
  const faces = await detectEverywhere(detector, image);
  const main = faces[0];
  if (!main) {
    throw new PrepareError('no_face', 'No face was found. Please upload a portrait with one face, looking at the camera, well lit and not covered.');
  }
  const comparable = faces.filter((face) => face.box.width > main.box.width * COMPARABLE_FACE);
  if (comparable.length > 1) {
    throw new PrepareError('several_faces', `${comparable.length} faces were found. Please crop the picture to the one that should speak.`);
  }
  if (await detector.showsAnimal(await fittedInto(image, { left: 0, top: 0, width: image.width, height: image.height }, OBJECT_SIDE))) {
    throw new PrepareError('no_face', 'This looks like an animal. Please upload a portrait of a person.');
  }
  const mesh = await refineMesh(detector, image, main);
  const eyeDistancePx = eyeDistance(mesh) * reduction;
  assertInside(mesh, image);
  const yawDegrees = headYawDegrees(mesh);
  if (Math.abs(yawDegrees) > MAX_YAW_DEGREES) {
    throw new PrepareError('face_turned_away', `The head is turned ${Math.round(Math.abs(yawDegrees))}° to the side; up to ${MAX_YAW_DEGREES}° works. Please use a picture that looks more towards the camera.`);
  }
  if (eyeDistancePx < MIN_EYE_DISTANCE_PX) {
    throw new PrepareError('face_too_small', `The face is too small: ${Math.round(eyeDistancePx)} pixels between the eyes, at least ${MIN_EYE_DISTANCE_PX} are needed. Please use a closer or larger picture.`);
  }
  return { mesh, eyeDistancePx, yawDegrees, ignoredFaces: faces.length - 1, boxScore: main.boxScore };
}

/** Looks at the whole picture, then, if nothing is found, at overlapping quarters, where small faces are larger. */
async function detectEverywhere(detector: FaceDetector, image: RgbImage): Promise<DetectedFace[]> {
  for (const side of DETECT_SIDES) {
    const whole = distinct(await detectInRegion(detector, image, { left: 0, top: 0, width: image.width, height: image.height }, side));
    if (whole.length > 0) return whole;
  }
  const faces: DetectedFace[] = [];
  const width = Math.ceil(image.width * 0.6);
  const height = Math.ceil(image.height * 0.6);
  for (const left of [0, image.width - width]) {
    for (const top of [0, image.height - height]) {
      faces.push(...(await detectInRegion(detector, image, { left, top, width, height }, DETECT_SIDES[0])));
    }
  }
  return distinct(faces);
}

interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

async function detectInRegion(detector: FaceDetector, image: RgbImage, region: Region, side: number, lids = false): Promise<DetectedFace[]> {
  const scale = side / Math.max(region.width, region.height);
  const found = await detector.detect(await fittedInto(image, region, side), { lids });
  return found
    .filter((face) => face.boxScore >= MIN_CANDIDATE_SCORE && face.meshScore >= MIN_MESH_SCORE)
    .map((face) => ({
      ...face,
      mesh: transformMesh(face.mesh, region.left * scale, region.top * scale, 1 / scale),
      box: {
        x: face.box.x / scale + region.left,
        y: face.box.y / scale + region.top,
        width: face.box.width / scale,
        height: face.box.height / scale,
      },
    }));
}

/** A part of a picture, scaled and filled up to a square: the detectors squeeze what isn't one, and don't know squeezed faces. */
async function fittedInto(image: RgbImage, region: Region, side: number): Promise<RgbImage> {
  const data = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .extract(region)
    .resize({ width: side, height: side, fit: 'contain', position: 'left top', background: '#808080' })
    .removeAlpha()
    .raw()
    .toBuffer();
  return { width: side, height: side, data };
}

/**
 * One face is sometimes reported twice, in boxes of different size, and the detector then prefers the smaller one: of those that
 * overlap, the one whose mesh fits best stays.
 */
function distinct(faces: DetectedFace[]): DetectedFace[] {
  const kept: DetectedFace[] = [];
  for (const face of [...faces].sort((a, b) => b.box.width * b.meshScore ** 2 - a.box.width * a.meshScore ** 2)) {
    const same = kept.find((other) => overlap(face, other) > 0.4);
    if (same) same.boxScore = Math.max(same.boxScore, face.boxScore);
    else kept.push({ ...face });
  }
  return kept.filter((face) => face.boxScore >= MIN_BOX_SCORE);
}

/** Shared area as a part of the smaller box. */
function overlap(a: DetectedFace, b: DetectedFace): number {
  const width = Math.min(a.box.x + a.box.width, b.box.x + b.box.width) - Math.max(a.box.x, b.box.x);
  const height = Math.min(a.box.y + a.box.height, b.box.y + b.box.height) - Math.max(a.box.y, b.box.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / Math.min(a.box.width * a.box.height, b.box.width * b.box.height);
}

/** Fits the mesh again in a close-up and in its mirror image; keeps the first one where the close-up shows nothing. */
async function refineMesh(detector: FaceDetector, image: RgbImage, face: DetectedFace): Promise<FaceMesh> {
  const bounds = meshBounds(face.mesh);
  const side = Math.round(Math.max(bounds.right - bounds.left, bounds.bottom - bounds.top) * REFINE_CROP_PER_FACE);
  const left = Math.max(0, Math.round((bounds.left + bounds.right - side) / 2));
  const top = Math.max(0, Math.round((bounds.top + bounds.bottom - side) / 2));
  const width = Math.min(side, image.width - left);
  const height = Math.min(side, image.height - top);
  if (width < 16 || height < 16) return face.mesh;
  const { data } = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .extract({ left, top, width, height })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const closeUp: RgbImage = { width, height, data };
  const mirror: RgbImage = { width, height, data: await sharp(data, { raw: { width, height, channels: 3 } }).flop().raw().toBuffer() };
  const whole = { left: 0, top: 0, width, height };
  const [seen] = distinct(await detectInRegion(detector, closeUp, whole, REFINE_SIDE, true));
  const [mirrored] = distinct(await detectInRegion(detector, mirror, whole, REFINE_SIDE, true));
  const here = seen && { ...seen, box: { ...seen.box, x: seen.box.x + left, y: seen.box.y + top } };
  const same = seen && here && overlap(here, face) >= 0.4;
  const alike = same && mirrored && Math.abs(mirrored.box.width - seen.box.width) < 0.25 * seen.box.width;
  const mesh = !same ? transformMesh(face.mesh, -left, -top, 1) : alike ? averageWithMirrored(seen.mesh, mirrored.mesh, width) : seen.mesh;
  return transformMesh(fitLips(fitEyes(mesh, closeUp), closeUp), left, top, 1);
}

function assertInside(mesh: FaceMesh, image: RgbImage): void {
  const bounds = meshBounds(mesh);
  const tolerance = (bounds.bottom - bounds.top) * 0.04;
  const sides = [
    bounds.top < -tolerance && 'top',
    bounds.bottom > image.height + tolerance && 'bottom',
    bounds.left < -tolerance && 'left',
    bounds.right > image.width + tolerance && 'right',
  ].filter(Boolean);
  if (sides.length > 0) {
    throw new PrepareError('face_cut_off', `The face is cut off at the ${sides.join(' and ')} of the picture. Please use one that shows the whole head.`);
  }
}
