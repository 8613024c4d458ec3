import type { Clip } from '@visavis/codec';
import { PrepareError } from '@visavis/engine';
import type { I420Picture, PictureSize } from '@visavis/engine';
import type { FaceDetector } from '../../face/face-detector.ts';
import { distance, eyeDistance, meshBounds, point, transformMesh } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { HEAD_ROOM } from '../../face/framing.ts';
import { i420ToRgb } from '../../render/i420-to-rgb.ts';
import { MIN_EYE_DISTANCE_PX } from '../find-face.ts';

/** Less of a clip than this is too little to move by; of longer ones the beginning is used. */
export const MIN_CLIP_S = 5;
export const MAX_CLIP_S = 120;
/** Frames a second, of all avatars made from clips: what they are tracked and shown at. */
export const CLIP_FPS = 25;
/** The survey looks at every tenth frame. */
export const SURVEY_STEP = 10;
const SURVEY_SIDE = 512;
const SURVEY_SIDE_SMALL_FACES = 1024;
/** A second face is ignored when it is smaller than this part of the first. */
const COMPARABLE_FACE = 0.5;
const MIN_BOX_SCORE = 0.4;
const MIN_MESH_SCORE = 0.6;
/** Of the surveyed frames: with a second face in more of them, the clip shows two people. */
const MUCH_COMPANY = 0.5;
/** Widest picture that a session may ask for, width over height (and the reverse). */
const WIDEST_ASPECT = 16 / 9;
/** Base pictures hold no more than this, and no more lines than a session asks for where the head fills them. */
const MAX_BASE_PIXELS = 1_000_000;

export interface SurveyedFrame {
  /** Frame of the clip at CLIP_FPS. */
  index: number;
  /** Of the main face, in pixels of the clip's upright picture. */
  mesh: FaceMesh | undefined;
  /** Whether somebody else is as near to the camera. */
  company: boolean;
}

export interface ClipSurvey {
  frames: SurveyedFrame[];
  /** Frames of the clip at CLIP_FPS, as far as it is read. */
  clipFrames: number;
  /** Part of the upright picture that becomes the base picture, whole pixels, and the size it is scaled to, even. */
  crop: { left: number; top: number; width: number; height: number };
  base: PictureSize;
}

/**
 * Looks at the clip two or three times a second: who is in it, where, and how large.
 * @throws PrepareError where it is too short, or there is no face, a small one, or two people.
 */
export async function surveyClip(clip: Clip, detector: FaceDetector, maxFrames: number, onProgress: (fraction: number) => void): Promise<ClipSurvey> {
  let frames: SurveyedFrame[] = [];
  let clipFrames = 0;
  for (const side of [SURVEY_SIDE, SURVEY_SIDE_SMALL_FACES]) {
    ({ frames, clipFrames } = await lookAtFaces(clip, detector, side, maxFrames, onProgress));
    if (clipFrames < MIN_CLIP_S * CLIP_FPS - 2) {
      throw new PrepareError('clip_too_short', `The video lasts ${(clipFrames / CLIP_FPS).toFixed(1)} s; at least ${MIN_CLIP_S} s are needed, 20 to 60 s are best. Please film a person who speaks for a while and then listens, looking into the camera.`);
    }
    if (frames.some(({ mesh }) => mesh)) break;
  }
  const seen = frames.filter(({ mesh }) => mesh !== undefined);
  if (seen.length === 0) {
    throw new PrepareError('no_face', 'No face was found in the video. Please film one person who looks into the camera, well lit and not covered.');
  }
  if (seen.filter(({ company }) => company).length > MUCH_COMPANY * seen.length) {
    throw new PrepareError('several_faces', 'There are several people in the video. Please film one person alone, or crop the video to one.');
  }
  const meshes = seen.filter(({ company }) => !company).map(({ mesh }) => mesh!);
  const framing = frameHead(clip.facts, meshes);
  const eyes = median(meshes.map(eyeDistance)) * (framing.base.width / framing.crop.width);
  if (eyes < MIN_EYE_DISTANCE_PX) {
    throw new PrepareError('face_too_small', `The face is too small: ${Math.round(eyes)} pixels between the eyes, at least ${MIN_EYE_DISTANCE_PX} are needed. Please film from nearer, or with more resolution.`);
  }
  return { frames, clipFrames, ...framing };
}

async function lookAtFaces(clip: Clip, detector: FaceDetector, side: number, maxFrames: number, onProgress: (fraction: number) => void): Promise<{ frames: SurveyedFrame[]; clipFrames: number }> {
  const { width, height } = clip.facts;
  const scale = Math.min(1, side / Math.max(width, height));
  const size = { width: even(width * scale), height: even(height * scale) };
  const total = Math.max(1, Math.min(maxFrames, clip.facts.durationS * CLIP_FPS || maxFrames));
  const frames: SurveyedFrame[] = [];
  let clipFrames = 0;
  const wanted = (index: number): boolean => {
    clipFrames = index + 1;
    return index % SURVEY_STEP === 0;
  };
  let last: FaceMesh | undefined;
  for await (const { index, picture } of clip.frames({ fps: CLIP_FPS, ...size, frames: maxFrames, wanted })) {
    const found = await detector.detect(squared(picture, side));
    const faces = found.filter((face) => face.boxScore >= MIN_BOX_SCORE && face.meshScore >= MIN_MESH_SCORE);
    const widest = Math.max(...faces.map(({ box }) => box.width));
    const large = faces.filter(({ box }) => box.width > COMPARABLE_FACE * widest);
    const main = large.sort((a, b) => farFrom(last, a.mesh) - farFrom(last, b.mesh) || b.box.width - a.box.width)[0];
    last = main?.mesh ?? last;
    const company = large.some((other) => main !== undefined && apart(main.mesh, other.mesh));
    frames.push({ index, mesh: main && transformMesh(main.mesh, 0, 0, width / size.width), company });
    onProgress(Math.min(1, index / total));
  }
  return { frames, clipFrames };
}

/** The detector squeezes what isn't a square. */
function squared(picture: I420Picture, side: number): { width: number; height: number; data: Uint8Array } {
  const rgb = i420ToRgb(picture);
  const data = new Uint8Array(side * side * 3).fill(128);
  for (let row = 0; row < Math.min(side, picture.height); row++) data.set(rgb.subarray(row * picture.width * 3, (row + 1) * picture.width * 3), row * side * 3);
  return { width: side, height: side, data };
}

function farFrom(last: FaceMesh | undefined, mesh: FaceMesh): number {
  if (!last) return 0;
  const [a, b] = [meshBounds(last), meshBounds(mesh)];
  const gap = Math.hypot(a.left + a.right - b.left - b.right, a.top + a.bottom - b.top - b.bottom) / 2;
  return Math.floor(gap / (a.right - a.left));
}

/** The detector sometimes reports one face twice. */
function apart(one: FaceMesh, other: FaceMesh): boolean {
  const [a, b] = [meshBounds(one), meshBounds(other)];
  return Math.min(a.right, b.right) - Math.max(a.left, b.left) < 0.3 * Math.min(a.right - a.left, b.right - b.left) || Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) < 0.3 * Math.min(a.bottom - a.top, b.bottom - b.top);
}

/** What upright, level and wide frames show of the head, wherever it goes, as far as the picture reaches. */
function frameHead(picture: PictureSize, meshes: FaceMesh[]): { crop: ClipSurvey['crop']; base: PictureSize } {
  const bounds = meshes.map((mesh) => meshBounds(mesh));
  const faceHeight = median(meshes.map((mesh) => distance(mesh, point.forehead, point.chin)));
  const longer = faceHeight * HEAD_ROOM * WIDEST_ASPECT;
  const xs = bounds.map(({ left, right }) => (left + right) / 2);
  const ys = bounds.map(({ top, bottom }) => (top + bottom) / 2);
  const [fromX, toX, fromY, toY] = [quantile(xs, 0.05), quantile(xs, 0.95), quantile(ys, 0.05), quantile(ys, 0.95)];
  // The head stands nearer to the top of its frame than to the bottom, where the shoulders are.
  const across = span(fromX - 0.5 * longer, toX + 0.5 * longer, picture.width);
  const down = span(fromY - 0.46 * longer, toY + 0.54 * longer, picture.height);
  const crop = { left: across.start, top: down.start, width: across.length, height: down.length };
  const scale = Math.min(1, Math.sqrt(MAX_BASE_PIXELS / (crop.width * crop.height)));
  return { crop, base: { width: even(crop.width * scale), height: even(crop.height * scale) } };
}

function span(from: number, to: number, size: number): { start: number; length: number } {
  const start = Math.max(0, 2 * Math.floor(from / 2));
  return { start, length: Math.min(size, 2 * Math.ceil(to / 2)) - start };
}

function even(value: number): number {
  return Math.max(16, 2 * Math.round(value / 2));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}
