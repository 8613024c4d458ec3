import type { FaceTraits } from './face-traits.ts';
import { IdleMotion } from './idle-motion.ts';
import { channel, CHANNEL_COUNT } from './pose.ts';
import { createRandom } from './random.ts';

export { IdleTrack } from './idle-track.ts';

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

/** The base pictures of a video avatar: a loop, the last one goes on with the first. */
export interface BaseLoop {
  frames: number;
  fps: number;
  /** Where picture `to` may follow picture `from` beside the next one, since they match. */
  jumps?: readonly { from: number; to: number }[];
}

const SECONDS = [8, 8, 4, 8, 6, 8] as const;
const BORDER_S = 0.8;

export function photoIdleClips(traits: FaceTraits, fps: number): IdleClips {
  const random = createRandom(traits.idleSeed ?? 1);
  const clips = SECONDS.map((seconds): IdleClip => {
    const frames = (seconds / 2) * Math.round(2 * fps);
    const poses = new Float32Array(frames * CHANNEL_COUNT);
    const motion = new IdleMotion(Math.floor(random() * 1e9), traits.sway);
    for (let frame = 0; frame < frames; frame++) {
      const pose = poses.subarray(frame * CHANNEL_COUNT, (frame + 1) * CHANNEL_COUNT);
      motion.addTo(pose, frame / fps);
      const toBorderS = Math.min(frame, frames - frame) / fps;
      const t = Math.min(1, toBorderS / BORDER_S);
      const window = t * t * (3 - 2 * t);
      for (let i = 0; i < CHANNEL_COUNT; i++) pose[i]! *= window;
      pose[channel.breath] = 0.5 - 0.5 * Math.cos((2 * Math.PI * frame * Math.round(seconds / 4)) / frames);
    }
    return { frames, poses, bases: new Uint16Array(frames) };
  });
  return { fps, clips };
}

export function videoIdleClips(_traits: FaceTraits, fps: number, loop: BaseLoop): IdleClips {
  const keyFrames = Math.round(2 * fps);
  const frames = Math.max(1, Math.round((loop.frames * fps) / loop.fps / keyFrames)) * keyFrames;
  const bases = Uint16Array.from({ length: frames }, (_, frame) => Math.floor((frame * loop.frames) / frames));
  return { fps, clips: [{ frames, poses: new Float32Array(frames * CHANNEL_COUNT), bases }] };
}
