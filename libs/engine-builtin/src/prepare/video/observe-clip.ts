import { ClipDecodeError, openClip } from '@visavis/codec';
import type { Clip } from '@visavis/codec';
import { PrepareError } from '@visavis/engine';
import { loadFaceDetector } from '../../face/face-detector.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { MAX_CLIP_S, CLIP_FPS, quantile, surveyClip } from './clip-survey.ts';
import type { ClipSurvey } from './clip-survey.ts';
import { coveredMouths } from './covered-mouth.ts';
import { fitHeadModel } from './head-model.ts';
import type { HeadModel } from './head-model.ts';
import { refineInnerLips } from './inner-lips.ts';
import { judgeClip } from './judge-clip.ts';
import type { ClipVerdict } from './judge-clip.ts';
import { loadMeshModel } from './mesh-model.ts';
import { trackMouth } from './mouth-track.ts';
import type { MouthTrack } from './mouth-track.ts';
import { fitOuterLips } from './outer-lips.ts';
import { trackClip } from './track-clip.ts';
import type { TrackedFrame } from './track-clip.ts';

/** All that is seen in a clip, frame by frame. */
export interface ClipObservation {
  clip: Clip;
  survey: ClipSurvey;
  frames: readonly TrackedFrame[];
  verdict: ClipVerdict;
  head: HeadModel;
  /** With lips as the picture has them, in pixels of the base picture. */
  meshes: readonly (FaceMesh | undefined)[];
  /** Of the frames that are of use. */
  mouth: MouthTrack;
  /** Whether the mouth opens. */
  speaks: boolean;
}

/** Lips that part less than this (units, of the most open frames) have not spoken. */
const SPOKEN_GAP = 0.04;

/** Looks at the clip twice: a few frames as a whole, then all of them near the head. @throws PrepareError where it can't become an avatar. */
export async function observeClip(upload: Uint8Array, onProgress: (fraction: number, step: string) => void): Promise<ClipObservation> {
  onProgress(0.01, 'Reading the video');
  try {
    const clip = await openClip(upload);
    const model = await loadMeshModel();
    const maxFrames = MAX_CLIP_S * CLIP_FPS;
    const survey = await surveyClip(clip, await loadFaceDetector(), maxFrames, (part) => onProgress(0.01 + 0.14 * part, 'Looking for the face'));
    const frames = await trackClip(clip, survey, model, maxFrames, (index) => onProgress(0.15 + 0.82 * (index / survey.clipFrames), 'Following the face'));
    onProgress(0.97, 'Choosing the best moments');
    return { clip, survey, frames, ...understand(frames, survey) };
  } catch (error) {
    // What the decoder says of an upload, the customer is told.
    if (error instanceof ClipDecodeError) throw new PrepareError(error.code === 'clip_too_large' ? 'clip_too_large' : 'unreadable_clip', error.message);
    throw error;
  }
}

function understand(frames: readonly TrackedFrame[], survey: ClipSurvey): Omit<ClipObservation, 'clip' | 'survey' | 'frames'> {
  const strips = frames.map(({ strip }) => strip);
  const head = fitHeadModel(frames.map(({ mesh }) => mesh));
  const verdict = judgeClip(frames, head, survey.base, coveredMouths(strips));
  const isGood = (f: number): boolean => verdict.faults[f] === undefined;
  const fitted = fitOuterLips(frames.map(({ mesh }) => mesh), strips.map((strip, f) => (isGood(f) ? strip : undefined)));
  const meshes = refineInnerLips(fitted.meshes, fitted.strips);
  const mouth = trackMouth(meshes.map((mesh, f) => (isGood(f) ? mesh : undefined)), head, fitted.strips);
  const gaps = mouth.frames.flatMap((frame) => (frame ? [frame.gap] : []));
  return { head, verdict, meshes, mouth, speaks: quantile(gaps, 0.97) - quantile(gaps, 0.03) >= SPOKEN_GAP };
}
