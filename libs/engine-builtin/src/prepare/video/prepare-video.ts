import sharp from 'sharp';
import type { I420Picture, PreparedAvatar, PrepareProgress } from '@visavis/engine';
import type { InferenceConnection } from '@visavis/viseme-net';
import { mattesOfLoop } from '../../matte/frame-mattes.ts';
import { packAvatar } from '../../bundle/avatar-bundle.ts';
import type { AvatarBundle } from '../../bundle/avatar-bundle.ts';
import { sha256Hex } from '../../bundle/container.ts';
import { frameCrop } from '../../face/framing.ts';
import { headYawDegrees } from '../../face/head-pose.ts';
import { eyeDistance, LANDMARK_COUNT } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { i420ToRgb } from '../../render/i420-to-rgb.ts';
import { loopFrames, LoopPictures, trackLoop } from './base-loop.ts';
import type { LoopTrack } from './base-loop.ts';
import { chooseLoop } from './choose-loop.ts';
import { CLIP_FPS, MAX_CLIP_S } from './clip-survey.ts';
import { drawnMouths } from './drawn-mouths.ts';
import { closedMeshes, loopCloser } from './loop-closer.ts';
import { observeClip } from './observe-clip.ts';
import type { ClipObservation } from './observe-clip.ts';
import { ownMouths } from './own-mouths.ts';

const PREVIEW_SIDE = 512;

export interface PrepareVideoOptions {
  /** With it the clip's sound tells how far this mouth opens; without it the picture alone does. */
  inference?: InferenceConnection;
}

type Told = (fraction: number, step: string) => void;

/** How much is done when mouths and loop are made. */
const AFTER_MOUTHS = 0.8;

/** A clip of a person to a bundle: an idle loop and a store of mouths, the person's own where they speak. */
export async function prepareVideo(
  upload: Uint8Array,
  identity: { engine: string; engineVersion: string },
  onProgress: (progress: PrepareProgress) => void = () => {},
  { inference }: PrepareVideoOptions = {},
): Promise<PreparedAvatar> {
  const seen = await observeClip(upload, (fraction, step) => onProgress({ fraction: 0.65 * fraction, step }));
  const { clip, survey, frames, verdict, head, mouth } = seen;
  const chosen = chooseLoop(frames, verdict.stretches, head, mouth);
  const loop = loopFrames(chosen);
  const track = trackLoop(loop, seen.meshes, head, mouth);
  const told: Told = (fraction, step) => onProgress({ fraction: fraction * AFTER_MOUTHS, step });
  const made = seen.speaks ? await withOwnMouths(seen, track, loop, inference, told) : await withDrawnMouths(seen, track, loop, told);
  const firstMesh = made.base.meshes.subarray(0, LANDMARK_COUNT * 3);
  const matte = await mattesOfLoop(made.base.coded, made.base.meshes, (part) => onProgress({ fraction: AFTER_MOUTHS + 0.98 * (1 - AFTER_MOUTHS) * part, step: 'Cutting the person out' }));
  const bundle = packAvatar(identity, {
    kind: 'video',
    base: { ...survey.base, fps: CLIP_FPS, frames: loop.length, poses: track.poses, axes: track.axes, jumps: chosen.jumps, ...made.base },
    yawDegrees: headYawDegrees(firstMesh),
    mouthGain: made.mouthGain,
    jawIn: made.jawIn,
    mouths: made.mouths,
    matte,
  });
  onProgress({ fraction: 1, step: 'Done' });
  const warnings = [...verdict.warnings, ...made.warnings, ...(clip.facts.durationS > MAX_CLIP_S + 1 ? [`only the first ${MAX_CLIP_S / 60} minutes are used`] : [])];
  return {
    bundle,
    bundleSha256: sha256Hex(bundle),
    ...identity,
    previewJpeg: await makePreview(made.first, firstMesh),
    report: {
      format: clip.facts.codec,
      eye_distance_px: round(eyeDistance(firstMesh), 10),
      yaw_degrees: round(headYawDegrees(firstMesh), 10),
      clip_seconds: round(frames.length / CLIP_FPS, 10),
      used_seconds: round(verdict.stretches.reduce((sum, { from, to }) => sum + to - from, 0) / CLIP_FPS, 10),
      loop_seconds: round(loop.length / CLIP_FPS, 10),
      loop_seam: round(chosen.seam, 1000),
      loop_there_and_back: chosen.thereAndBack,
      mouths: made.mouths.count,
      mouth_gain: round(made.mouthGain, 100),
      ...made.report,
      base_width: survey.base.width,
      base_height: survey.base.height,
      ...(warnings.length > 0 && { warnings: warnings.join('; ') }),
    },
  };
}

interface Made extends Pick<AvatarBundle, 'mouths' | 'mouthGain' | 'jawIn'> {
  base: Pick<AvatarBundle['base'], 'coded' | 'meshes' | 'restPoints'>;
  /** The first picture of the loop. */
  first: I420Picture;
  warnings: readonly string[];
  report: PreparedAvatar['report'];
}

async function withOwnMouths(seen: ClipObservation, track: LoopTrack, loop: ReturnType<typeof loopFrames>, inference: InferenceConnection | undefined, told: Told): Promise<Made> {
  const { mouths, stored, size, speech } = await ownMouths(seen, inference, (part) => told(0.82 + 0.06 * part, 'Cutting out mouths'));
  const pictures = await loopPictures(seen, new LoopPictures(loop, seen.survey.base, loopCloser(track, stored, size, seen.head.poses)), (part) => told(0.88 + 0.11 * part, 'Making the idle loop'));
  const closed = stored.filter((one) => one.closed).length;
  return {
    mouths,
    mouthGain: speech.mouthGain,
    jawIn: 'base',
    base: { coded: pictures.coded, meshes: closedMeshes(track), restPoints: track.restPoints },
    first: pictures.first!,
    warnings: closed === 0 ? ['the mouth is never closed: film some seconds of listening, too'] : [],
    report: { mouths_drawn: false, closed_mouths: closed, sound_agreement: speech.agreement === undefined ? 'none' : round(speech.agreement, 100), learnt_from_sound: speech.learnt },
  };
}

async function withDrawnMouths(seen: ClipObservation, track: LoopTrack, loop: ReturnType<typeof loopFrames>, told: Told): Promise<Made> {
  let straight: I420Picture | undefined;
  const index = straightest(track);
  const keep = (picture: I420Picture, i: number): I420Picture => {
    if (i === index) straight = picture;
    return picture;
  };
  const pictures = await loopPictures(seen, new LoopPictures(loop, seen.survey.base, keep), (part) => told(0.82 + 0.06 * part, 'Making the idle loop'));
  const mesh = track.meshes.slice(index * LANDMARK_COUNT * 3, (index + 1) * LANDMARK_COUNT * 3);
  const { mouths, mouthGain } = await drawnMouths(straight!, mesh, (part) => told(0.88 + 0.11 * part, 'Drawing mouths'));
  return {
    mouths,
    mouthGain,
    jawIn: 'mouths',
    // The mouth at rest is that of the picture, as on a photo.
    base: { coded: pictures.coded, meshes: track.meshes, restPoints: track.seen },
    first: pictures.first!,
    warnings: ['nobody speaks in the video, so mouths are drawn: film 20 to 60 seconds of speaking for the person’s own'],
    report: { mouths_drawn: true },
  };
}

async function loopPictures({ clip, survey }: ClipObservation, pictures: LoopPictures, onProgress: (part: number) => void): Promise<LoopPictures> {
  const last = Math.max(...pictures.needed);
  try {
    for await (const { index, picture } of clip.frames({ fps: CLIP_FPS, ...survey.base, crop: survey.crop, frames: last + 1, wanted: (i) => pictures.needed.has(i) })) {
      pictures.take(index, picture);
      onProgress(index / last);
    }
  } finally {
    pictures.close();
  }
  return pictures;
}

/** The frame of the loop whose head is held as it is on average. */
function straightest({ poses }: LoopTrack): number {
  const frames = poses.length / 3;
  const mean = [0, 1].map((axis) => Array.from({ length: frames }, (_, i) => poses[i * 3 + axis]!).reduce((sum, value) => sum + value, 0) / frames);
  const away = (i: number): number => Math.hypot(poses[i * 3]! - mean[0]!, poses[i * 3 + 1]! - mean[1]!);
  return Array.from({ length: frames }, (_, i) => i).reduce((best, i) => (away(i) < away(best) ? i : best));
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
