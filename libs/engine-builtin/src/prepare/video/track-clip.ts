import type { Clip } from '@visavis/codec';
import type { I420Picture } from '@visavis/engine';
import { LANDMARK_COUNT, meshBounds, transformMesh, xOf, yOf } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { CLIP_FPS, SURVEY_STEP } from './clip-survey.ts';
import type { ClipSurvey } from './clip-survey.ts';
import type { UprightSquare } from './cut-upright.ts';
import { reduced, sharpnessOf } from './frame-signs.ts';
import { lipStrip } from './lip-strip.ts';
import type { MeshModel } from './mesh-model.ts';

/** What is known of one frame of the clip, in pixels of the base picture. */
export interface TrackedFrame {
  /** Undefined where no face is seen. */
  mesh: FaceMesh | undefined;
  /** The picture, much reduced: see `reduced`. */
  thumb: Uint8Array;
  /** How much fine detail the mouth and the eyes have. */
  sharpness: number;
  /** What stands along lines over the mouth: see `lipStrip`. */
  strip: Uint8Array | undefined;
  /** Somebody else is in the picture. */
  company: boolean;
}

/** The network was made for squares of this many times the face. */
const SQUARE_PER_FACE = 1.5;
/** Fits to slightly different squares, averaged: the mesh of a still face then jitters half as much. */
const VARIANTS = [
  { x: 0, y: 0, side: 1, angle: 0 },
  { x: 0.012, y: -0.01, side: 1.06, angle: 0.03 },
  { x: -0.012, y: 0.012, side: 0.95, angle: -0.03 },
] as const;
const MIN_SCORE = 0.5;
/** A face changes its size by less than this from frame to frame. */
const MOST_GROWTH = 1.35;
/** The survey's face lies within this part of a face from the tracked one, or the tracker has lost it. */
const ASTRAY = 0.4;

/** Fits the face mesh to every frame of the clip. */
export async function trackClip(clip: Clip, survey: ClipSurvey, model: MeshModel, maxFrames: number, onFrame: (index: number) => void): Promise<TrackedFrame[]> {
  const { crop, base } = survey;
  const scale = base.width / crop.width;
  const known = new Map(survey.frames.map((frame) => [frame.index, { ...frame, mesh: frame.mesh && transformMesh(frame.mesh, -crop.left, -crop.top, scale) }]));
  const tracked: TrackedFrame[] = [];
  let square: UprightSquare | undefined;
  for await (const { index, picture } of clip.frames({ fps: CLIP_FPS, ...base, crop, frames: maxFrames })) {
    const surveyed = known.get(index - (index % SURVEY_STEP));
    if (surveyed?.mesh && (index % SURVEY_STEP === 0 || !square)) {
      const there = squareOf(surveyed.mesh);
      if (!square || Math.hypot(there.x - square.x, there.y - square.y) > ASTRAY * square.side || there.side > 2 * square.side) square = there;
    }
    const mesh: FaceMesh | undefined = square && fit(model, picture, square);
    square = mesh && squareOf(mesh);
    const nearby = [surveyed, known.get(index - (index % SURVEY_STEP) + SURVEY_STEP)];
    tracked.push({ mesh, thumb: reduced(picture), sharpness: mesh ? sharpnessOf(picture, mesh) : 0, strip: mesh && lipStrip(picture, mesh), company: nearby.some((frame) => frame?.company) });
    onFrame(index);
  }
  return tracked;
}

function fit(model: MeshModel, picture: I420Picture, from: UprightSquare): FaceMesh | undefined {
  let square = from;
  const first = model.fit(picture, square);
  if (first.score < MIN_SCORE) return undefined;
  const better = squareOf(first.mesh);
  if (better.side > MOST_GROWTH * square.side || square.side > MOST_GROWTH * better.side) return undefined;
  square = better;
  const mean = new Float32Array(LANDMARK_COUNT * 3);
  VARIANTS.forEach((variant, i) => {
    const varied = { x: square.x + variant.x * square.side, y: square.y + variant.y * square.side, side: square.side * variant.side, angle: square.angle + variant.angle };
    const { mesh, score } = model.fit(picture, varied, { irises: i === 0 });
    if (i === 0 && score < MIN_SCORE) mean.fill(NaN);
    // Irises are fitted once.
    for (let k = 0; k < mesh.length; k++) mean[k]! += k < 468 * 3 ? mesh[k]! / VARIANTS.length : i === 0 ? mesh[k]! : 0;
  });
  return Number.isNaN(mean[0]) ? undefined : mean;
}

/** The square around a face, upright as its eyes are. */
function squareOf(mesh: FaceMesh): UprightSquare {
  const angle = Math.atan2(yOf(mesh, 263) - yOf(mesh, 33), xOf(mesh, 263) - xOf(mesh, 33));
  const turned = new Float32Array(mesh.length);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let i = 0; i < mesh.length; i += 3) {
    turned[i] = mesh[i]! * cos + mesh[i + 1]! * sin;
    turned[i + 1] = mesh[i + 1]! * cos - mesh[i]! * sin;
  }
  const { left, right, top, bottom } = meshBounds(turned);
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return { x: x * cos - y * sin, y: y * cos + x * sin, side: SQUARE_PER_FACE * Math.max(right - left, bottom - top), angle };
}
