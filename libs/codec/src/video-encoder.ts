/**
 * Hot path: one call per frame and session. No promise, no logging; what is allocated per frame is node-av's packet view only.
 */
import {
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_IEC61966_2_1,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
} from 'node-av/constants';
import { type CodecContext, Packet, Rational } from 'node-av/lib';
import type { I420Picture } from '@visavis/engine';
import { allocateContext, check, type EncoderName, openContext } from './ffmpeg.ts';
import { allocatePictureFrame } from './picture-frame.ts';
import { type VideoSettings, videoSettings } from './video-settings.ts';

export type VideoCodec = 'h264' | 'vp8';

export interface VideoEncoderOptions {
  codec: VideoCodec;
  /** Pixels, even. */
  width: number;
  /** Pixels, even. */
  height: number;
  fps: number;
  /** Bits per second that no second may exceed by much; quiet pictures use far less. */
  maxBitrate: number;
}

/** One coded picture. `data` (Annex B with start codes for H.264) may be kept: the encoder never writes to it again. */
export interface EncodedPicture {
  data: Uint8Array;
  key: boolean;
}

export interface VideoEncoder {
  readonly codec: VideoCodec;
  /**
   * Encodes one picture and returns it at once: the encoder has no delay. The first picture is a key frame.
   * The returned object is reused by the next call, its `data` is not.
   * @throws Error when the picture has another size than the encoder, or the codec fails.
   */
  encode(picture: I420Picture, forceKeyFrame: boolean): EncodedPicture;
  close(): void;
}

/** No key frame comes by itself: a viewer who needs one asks for it (PLI). */
const KEY_FRAME_INTERVAL = 1_000_000;

const ENCODER_NAMES: Record<VideoCodec, EncoderName> = { h264: 'libx264', vp8: 'libvpx' };

/** @param settings others than the product's, to compare them. */
export function createVideoEncoder(options: VideoEncoderOptions, settings: VideoSettings = videoSettings(options)): VideoEncoder {
  const { width, height, fps } = options;
  if (width % 2 !== 0 || height % 2 !== 0 || width < 16 || height < 16) {
    throw new RangeError(`a video encoder needs even sides of 16 or more, got ${width}x${height}`);
  }
  if (!(fps > 0 && fps <= 120)) throw new RangeError(`frame rate ${fps} is out of range`);
  const { context, codec } = allocateContext(ENCODER_NAMES[options.codec], 'encoder');
  describePicture(context, options, settings);
  openContext(context, codec, settings.options);
  const frame = allocatePictureFrame(options, 1);
  frame.colorSpace = AVCOL_SPC_SMPTE170M;
  frame.colorRange = AVCOL_RANGE_MPEG;
  const planes = frame.data;
  const [planeY, planeU, planeV] = planes ?? [];
  if (planeY === undefined || planeU === undefined || planeV === undefined || frame.linesize[0] !== width || frame.linesize[1] !== width / 2) {
    throw new Error('FFmpeg laid the frame out with padding');
  }
  const packet = new Packet();
  packet.alloc();
  const lumaBytes = width * height;
  const chromaBytes = lumaBytes / 4;
  const encoded: EncodedPicture = { data: new Uint8Array(0), key: false };
  let pictureIndex = 0;
  let closed = false;

  return {
    codec: options.codec,
    encode(picture, forceKeyFrame) {
      if (closed) throw new Error('the video encoder is closed');
      if (picture.width !== width || picture.height !== height) {
        throw new RangeError(`picture of ${picture.width}x${picture.height} for an encoder of ${width}x${height}`);
      }
      const { data } = picture;
      planeY.set(data.subarray(0, lumaBytes));
      planeU.set(data.subarray(lumaBytes, lumaBytes + chromaBytes));
      planeV.set(data.subarray(lumaBytes + chromaBytes, lumaBytes + 2 * chromaBytes));
      frame.pts = BigInt(pictureIndex);
      frame.pictType = forceKeyFrame || pictureIndex === 0 ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
      pictureIndex++;
      check(context.sendFrameSync(frame), 'encode');
      check(context.receivePacketSync(packet), 'encode');
      encoded.data = packet.data ?? new Uint8Array(0);
      encoded.key = packet.isKeyframe;
      packet.unref();
      return encoded;
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

function describePicture(context: CodecContext, options: VideoEncoderOptions, { bitRate, qMin, qMax }: VideoSettings): void {
  context.width = options.width;
  context.height = options.height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.timeBase = new Rational(1, Math.round(options.fps));
  context.framerate = new Rational(Math.round(options.fps), 1);
  context.threadCount = 1;
  context.maxBFrames = 0;
  context.gopSize = KEY_FRAME_INTERVAL;
  if (bitRate !== undefined) context.bitRate = BigInt(bitRate);
  if (qMin !== undefined) context.qMin = qMin;
  if (qMax !== undefined) context.qMax = qMax;
  context.rcMaxRate = BigInt(options.maxBitrate);
  // Half a second of the cap: a key frame fits without a visible dip, and no burst fills a viewer's link for long.
  context.rcBufferSize = Math.round(options.maxBitrate / 2);
  context.colorSpace = AVCOL_SPC_SMPTE170M;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorPrimaries = AVCOL_PRI_BT709;
  context.colorTrc = AVCOL_TRC_IEC61966_2_1;
}
