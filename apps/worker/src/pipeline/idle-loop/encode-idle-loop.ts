import { createVideoDecoder, createVideoEncoder, type VideoCodec } from '@visavis/codec';
import { allocateI420, drawnSize, IDLE_KEY_INTERVAL_S, type FrameOptions, type I420Picture, type LoadedAvatar } from '@visavis/engine';
import { type CodedPicture, IdleLoop, packIdleLoop } from './idle-loop.ts';

export interface IdleLoopOptions extends FrameOptions {
  codec: VideoCodec;
  maxBitrate: number;
}

/** A block of the picture may differ that much from what was encoded; a mouth or an eye that stands elsewhere differs by several times as much. */
const MAX_BLOCK_DIFFERENCE = 12;
const BLOCK = 16;

/** Draws and encodes an avatar's idle clips, one picture a step. Gives nothing for an avatar that has none. */
export function* encodeIdleLoop(avatar: LoadedAvatar, options: IdleLoopOptions): Generator<void, SharedArrayBuffer | undefined> {
  const lengths = avatar.idleClips(options.fps);
  if (lengths.length === 0) return undefined;
  const picture = allocateI420(drawnSize(options));
  const encoder = createVideoEncoder({ ...options, width: picture.width, height: picture.height });
  const painter = avatar.idlePainter(options);
  try {
    const clips: CodedPicture[][] = [];
    for (const [clip, length] of lengths.entries()) {
      const pictures: CodedPicture[] = [];
      for (let frame = 0; frame < length; frame++) {
        painter.draw(clip, frame, picture);
        const { data, key } = encoder.encode(picture, isKeyFrame(frame, options.fps));
        pictures.push({ data, key });
        yield;
      }
      clips.push(pictures);
    }
    return packIdleLoop(clips);
  } finally {
    painter.close();
    encoder.close();
  }
}

/**
 * Whether a stored loop shows what the engine draws today: its key frames are compared, one a step. A program that draws otherwise than the
 * one that stored it would show a jump with every change between loop and live picture.
 */
export function* isLoopOf(loop: IdleLoop, avatar: LoadedAvatar, options: IdleLoopOptions): Generator<void, boolean> {
  const lengths = avatar.idleClips(options.fps);
  if (loop.clipLengths.join() !== lengths.join()) return false;
  const picture = allocateI420(drawnSize(options));
  const decoder = createVideoDecoder(options.codec);
  const painter = avatar.idlePainter(options);
  try {
    for (const [clip, length] of lengths.entries()) {
      for (let frame = 0; frame < length; frame++) {
        if (loop.isKey(clip, frame) !== isKeyFrame(frame, options.fps)) return false;
        if (!loop.isKey(clip, frame)) continue;
        painter.draw(clip, frame, picture);
        const stored = decoder.decode(loop.unit(clip, frame));
        if (stored === undefined || !looksAlike(stored, picture)) return false;
        yield;
      }
    }
    return true;
  } catch {
    // Not what this decoder takes.
    return false;
  } finally {
    painter.close();
    decoder.close();
  }
}

function isKeyFrame(frame: number, fps: number): boolean {
  return frame % (IDLE_KEY_INTERVAL_S * fps) === 0;
}

function looksAlike(a: I420Picture, b: I420Picture): boolean {
  if (a.width !== b.width || a.height !== b.height) return false;
  for (let top = 0; top + BLOCK <= a.height; top += BLOCK) {
    for (let left = 0; left + BLOCK <= a.width; left += BLOCK) {
      let sum = 0;
      for (let row = top; row < top + BLOCK; row++) {
        for (let at = row * a.width + left, end = at + BLOCK; at < end; at++) sum += Math.abs(a.data[at]! - b.data[at]!);
      }
      if (sum > MAX_BLOCK_DIFFERENCE * BLOCK * BLOCK) return false;
    }
  }
  return true;
}
