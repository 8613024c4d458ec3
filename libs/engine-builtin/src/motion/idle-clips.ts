/**
 * What an avatar shows while it does nothing. All sessions of an avatar share its clips, which are encoded once; each plays them in an
 * order of its own (IdleTrack). Every clip begins and ends in the same picture without motion, so any may follow any.
 */
export interface IdleClip {
  /** A whole multiple of two seconds, the distance of key frames. */
  frames: number;
  /** frames × CHANNEL_COUNT */
  poses: Float32Array;
  /** Index of the base picture of each frame. */
  bases: Uint16Array;
}

export interface IdleClips {
  fps: number;
  clips: readonly IdleClip[];
}

/** Frames from one key frame of an encoded clip to the next. */
export function keyFrameDistance(fps: number): number {
  return Math.round(2 * fps);
}

export { IdleTrack } from './idle-track.ts';
export { photoIdleClips } from './photo-idle-clips.ts';
export { videoIdleClips } from './video-idle-clips.ts';
export type { BaseLoop } from './video-idle-clips.ts';
