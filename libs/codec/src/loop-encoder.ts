import {
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_IEC61966_2_1,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
} from 'node-av/constants';
import { Packet, Rational } from 'node-av/lib';
import type { I420Picture, PictureSize } from '@visavis/engine';
import { allocateContext, check, openContext } from './ffmpeg.ts';
import { allocatePictureFrame, fillPictureFrame } from './picture-frame.ts';

export interface LoopEncoderOptions extends PictureSize {
  fps: number;
  /** x264's constant quality: 15 is hard to tell from the source. */
  crf: number;
}

/** Encodes pictures that are kept: slower and better than the live encoder, and without a cap on the rate. */
export interface LoopEncoder {
  /** One access unit, H.264 Annex B; the first is a key frame. It may be kept. */
  encode(picture: I420Picture): Uint8Array;
  close(): void;
}

const KEY_FRAME_INTERVAL = 50;

export function createLoopEncoder({ width, height, fps, crf }: LoopEncoderOptions): LoopEncoder {
  const { context, codec } = allocateContext('libx264', 'encoder');
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.timeBase = new Rational(1, Math.round(fps));
  context.framerate = new Rational(Math.round(fps), 1);
  context.threadCount = 2;
  context.maxBFrames = 0;
  context.gopSize = KEY_FRAME_INTERVAL;
  context.colorSpace = AVCOL_SPC_SMPTE170M;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorPrimaries = AVCOL_PRI_BT709;
  context.colorTrc = AVCOL_TRC_IEC61966_2_1;
  // Slices, not frames, run in threads: each picture is answered at once.
  openContext(context, codec, { preset: 'medium', tune: 'zerolatency', crf, 'x264-params': 'scenecut=0:repeat-headers=1:sliced-threads=1:rc-lookahead=0:mbtree=0' });
  const frame = allocatePictureFrame({ width, height }, 1);
  frame.colorSpace = AVCOL_SPC_SMPTE170M;
  frame.colorRange = AVCOL_RANGE_MPEG;
  const packet = new Packet();
  packet.alloc();
  let index = 0;
  let closed = false;
  return {
    encode(picture) {
      if (closed) throw new Error('the loop encoder is closed');
      if (picture.width !== width || picture.height !== height) throw new RangeError(`picture of ${picture.width}x${picture.height} for an encoder of ${width}x${height}`);
      fillPictureFrame(frame, picture);
      frame.pts = BigInt(index);
      frame.pictType = index === 0 ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
      index++;
      check(context.sendFrameSync(frame), 'encode');
      check(context.receivePacketSync(packet), 'encode');
      const data = Uint8Array.from(packet.data ?? []);
      packet.unref();
      return data;
    },
    close() {
      if (closed) return;
      closed = true;
      packet.free();
      frame.free();
      context.freeContext();
    },
  };
}
