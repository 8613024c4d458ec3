import sharp from 'sharp';
import { ClipDecodeError, openClip } from '@visavis/codec';
import type { Clip } from '@visavis/codec';
import { ENGINE_SAMPLE_RATE_HZ, PrepareError } from '@visavis/engine';
import type { I420Picture, PreparedAvatar, PrepareProgress } from '@visavis/engine';
import type { InferenceConnection } from '@visavis/viseme-net';
import { packAvatar } from '../../bundle/avatar-bundle.ts';
import { sha256Hex } from '../../bundle/container.ts';
import { loadFaceDetector } from '../../face/face-detector.ts';
import { frameCrop } from '../../face/framing.ts';
import { headYawDegrees } from '../../face/head-pose.ts';
import { eyeDistance, LANDMARK_COUNT } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { i420ToRgb } from '../../render/i420-to-rgb.ts';
import { loopFrames, LoopPictures, trackLoop } from './base-loop.ts';
import { chooseLoop } from './choose-loop.ts';
import { chooseMouths } from './choose-mouths.ts';
import { CLIP_FPS, MAX_CLIP_S, quantile, surveyClip } from './clip-survey.ts';
import type { ClipSurvey } from './clip-survey.ts';
import { coveredMouths } from './covered-mouth.ts';
import { fitHeadModel } from './head-model.ts';
import type { HeadModel } from './head-model.ts';
import { refineInnerLips } from './inner-lips.ts';
import { judgeClip } from './judge-clip.ts';
import { learnSpeech } from './learn-speech.ts';
import { closedMeshes, loopCloser } from './loop-closer.ts';
import { loadMeshModel } from './mesh-model.ts';
import { usualBasis } from './mouth-basis.ts';
import { cutMouth, packMouths, patchFrame } from './mouth-store.ts';
import type { PatchFrame, StoredMouth } from './mouth-store.ts';
import { trackMouth } from './mouth-track.ts';
import type { MouthTrack } from './mouth-track.ts';
import { trackClip } from './track-clip.ts';

const PREVIEW_SIDE = 512;
/** Lips that part less than this (units, of the most open frames) have not spoken. */
const SPOKEN_GAP = 0.05;

export interface PrepareVideoOptions {
  /** With it the clip's sound tells how far this mouth opens; without it the picture alone does. */
  inference?: InferenceConnection;
  /** Frames (at 25 a second) from this one on are left alone: for tests of what was not seen. */
  endFrame?: number;
}

/** A clip of a person to a bundle: an idle loop and a store of the person's own mouths. */
export async function prepareVideo(
  upload: Uint8Array,
  identity: { engine: string; engineVersion: string },
  onProgress: (progress: PrepareProgress) => void = () => {},
  { inference, endFrame = MAX_CLIP_S * CLIP_FPS }: PrepareVideoOptions = {},
): Promise<PreparedAvatar> {
  onProgress({ fraction: 0.01, step: 'Reading the video' });
  const clip = await open(upload);
  const detector = await loadFaceDetector();
  const model = await loadMeshModel();
  const maxFrames = Math.min(endFrame, MAX_CLIP_S * CLIP_FPS);
  const survey = await asked(() => surveyClip(clip, detector, maxFrames, (part) => onProgress({ fraction: 0.02 + 0.1 * part, step: 'Looking for the face' })));
  const frames = await asked(() =>
    trackClip(clip, survey, model, maxFrames, (index) => onProgress({ fraction: 0.12 + 0.68 * (index / survey.clipFrames), step: 'Following the face' })),
  );
  onProgress({ fraction: 0.81, step: 'Choosing the best moments' });
  const meshes = frames.map(({ mesh }) => mesh);
  const head = fitHeadModel(meshes);
  const verdict = judgeClip(frames, head, survey.base, coveredMouths(frames.map(({ strip }) => strip)));
  const refined = refineInnerLips(meshes, frames.map(({ strip }, f) => (verdict.faults[f] === undefined ? strip : undefined)));
  const usable = refined.map((mesh, f) => (verdict.faults[f] === undefined ? mesh : undefined));
  const mouth = trackMouth(usable, head, frames.map(({ strip }) => strip));
  assertSpoken(mouth);
  const chosenLoop = chooseLoop(frames, verdict.stretches, head, mouth);
  const loop = loopFrames(chosenLoop);
  const mouths = chooseMouths(frames, verdict, head, mouth);
  const size = patchFrame(mouth, mouths.map(({ frame }) => frame));
  const speech = learnSpeech(inference && (await clip.sound(ENGINE_SAMPLE_RATE_HZ, MAX_CLIP_S)), inference, mouth.frames, usualBasis(mouth.face, mouth.restMesh));

  const stored = await cutMouths(clip, survey, mouths, head, mouth, size, maxFrames, (part) => onProgress({ fraction: 0.83 + 0.06 * part, step: 'Cutting out mouths' }));
  const track = trackLoop(loop, refined, head, mouth);
  const pictures = new LoopPictures(loop, survey.base, loopCloser(track, stored, size, head.poses));
  const last = Math.max(...pictures.needed);
  try {
    for await (const { index, picture } of clip.frames({ fps: CLIP_FPS, ...survey.base, crop: survey.crop, frames: last + 1, wanted: (i) => pictures.needed.has(i) })) {
      pictures.take(index, picture);
      onProgress({ fraction: 0.89 + 0.1 * (index / last), step: 'Making the idle loop' });
    }
  } finally {
    pictures.close();
  }
  const packed = await packMouths(stored, size, speech.basis, mouth, head.poses);
  const loopMeshes = closedMeshes(track);
  const firstMesh = loopMeshes.subarray(0, LANDMARK_COUNT * 3);
  const bundle = packAvatar(identity, {
    kind: 'video',
    base: { ...survey.base, fps: CLIP_FPS, frames: loop.length, coded: pictures.coded, meshes: loopMeshes, poses: track.poses, restPoints: track.restPoints, axes: track.axes, jumps: chosenLoop.jumps },
    yawDegrees: headYawDegrees(firstMesh),
    mouthGain: speech.mouthGain,
    jawIn: 'base',
    mouths: packed,
  });
  onProgress({ fraction: 1, step: 'Done' });
  const warnings = [...verdict.warnings, ...(clip.facts.durationS > MAX_CLIP_S + 1 ? [`only the first ${MAX_CLIP_S / 60} minutes are used`] : [])];
  return {
    bundle,
    bundleSha256: sha256Hex(bundle),
    ...identity,
    previewJpeg: await makePreview(pictures.first!, firstMesh),
    report: {
      format: clip.facts.codec,
      eye_distance_px: round(eyeDistance(firstMesh), 10),
      yaw_degrees: round(headYawDegrees(firstMesh), 10),
      clip_seconds: round(frames.length / CLIP_FPS, 10),
      used_seconds: round(verdict.stretches.reduce((sum, { from, to }) => sum + to - from, 0) / CLIP_FPS, 10),
      loop_seconds: round(loop.length / CLIP_FPS, 10),
      loop_seam: round(chosenLoop.seam, 1000),
      loop_there_and_back: chosenLoop.thereAndBack,
      mouths: packed.count,
      closed_mouths: mouths.filter(({ closed }) => closed).length,
      mouth_gain: round(speech.mouthGain, 100),
      sound_agreement: speech.agreement === undefined ? 'none' : round(speech.agreement, 100),
      learnt_from_sound: speech.learnt,
      base_width: survey.base.width,
      base_height: survey.base.height,
      warnings: warnings.join('; '),
    },
  };
}

async function cutMouths(
  clip: Clip,
  survey: ClipSurvey,
  mouths: readonly { frame: number; closed: boolean }[],
  head: HeadModel,
  mouth: MouthTrack,
  size: PatchFrame,
  maxFrames: number,
  onProgress: (part: number) => void,
): Promise<StoredMouth[]> {
  const byFrame = new Map(mouths.map((one) => [one.frame, one]));
  const last = Math.max(...byFrame.keys());
  const stored = new Map<number, StoredMouth>();
  for await (const { index, picture } of clip.frames({ fps: CLIP_FPS, ...survey.base, crop: survey.crop, frames: Math.min(maxFrames, last + 1), wanted: (i) => byFrame.has(i) })) {
    stored.set(index, { ...byFrame.get(index)!, ...cutMouth(picture, head.poses[index]!, mouth.frames[index]!.onHead, size, mouth.face) });
    onProgress(index / last);
  }
  return mouths.flatMap(({ frame }) => stored.get(frame) ?? []);
}

async function open(upload: Uint8Array): Promise<Clip> {
  return asked(() => openClip(upload));
}

/** What the decoder says of an upload, the customer is told. */
async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ClipDecodeError) throw new PrepareError(error.code === 'clip_too_large' ? 'clip_too_large' : 'unreadable_clip', error.message);
    throw error;
  }
}

function assertSpoken(mouth: MouthTrack): void {
  const gaps = mouth.frames.flatMap((frame) => (frame ? [frame.gap] : []));
  if (quantile(gaps, 0.97) - quantile(gaps, 0.03) < SPOKEN_GAP) {
    throw new PrepareError('no_open_mouth', 'Nobody speaks in the video: the mouth hardly moves. Please film 20 to 60 seconds of the person speaking, and some of listening with the mouth closed.');
  }
}

async function makePreview(picture: I420Picture, mesh: FaceMesh): Promise<Uint8Array> {
  const crop = frameCrop(picture, mesh, { width: PREVIEW_SIDE, height: PREVIEW_SIDE });
  const left = Math.round(crop.left);
  const top = Math.round(crop.top);
  return sharp(i420ToRgb(picture), { raw: { width: picture.width, height: picture.height, channels: 3 } })
    .extract({ left, top, width: Math.min(Math.round(crop.width), picture.width - left), height: Math.min(Math.round(crop.height), picture.height - top) })
    .resize(PREVIEW_SIDE, PREVIEW_SIDE, { fit: 'fill' })
    .jpeg({ quality: 86 })
    .toBuffer();
}

function round(value: number, per: number): number {
  return Math.round(value * per) / per;
}
