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
import { type CodecContext, Frame, Packet, Rational } from 'node-av/lib';
import type { I420Picture } from '@visavis/engine';
import { allocateContext, check, openContext } from './ffmpeg.ts';

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

export function createVideoEncoder(options: VideoEncoderOptions): VideoEncoder {
  const { width, height, fps } = options;
  if (width % 2 !== 0 || height % 2 !== 0 || width < 16 || height < 16) {
    throw new RangeError(`a video encoder needs even sides of 16 or more, got ${width}x${height}`);
  }
  if (!(fps > 0 && fps <= 120)) throw new RangeError(`frame rate ${fps} is out of range`);
  const context = options.codec === 'h264' ? openH264(options) : openVp8(options);
  const frame = new Frame();
  frame.alloc();
  frame.format = AV_PIX_FMT_YUV420P;
  frame.width = width;
  frame.height = height;
  frame.colorSpace = AVCOL_SPC_SMPTE170M;
  frame.colorRange = AVCOL_RANGE_MPEG;
  check(frame.getBuffer(1), 'frame buffer');
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

function describePicture(context: CodecContext, options: VideoEncoderOptions): void {
  context.width = options.width;
  context.height = options.height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.timeBase = new Rational(1, Math.round(options.fps));
  context.framerate = new Rational(Math.round(options.fps), 1);
  context.threadCount = 1;
  context.maxBFrames = 0;
  context.gopSize = KEY_FRAME_INTERVAL;
  context.rcMaxRate = BigInt(options.maxBitrate);
  // Half a second of the cap: a key frame fits without a visible dip, and no burst fills a viewer's link for long.
  context.rcBufferSize = Math.round(options.maxBitrate / 2);
  context.colorSpace = AVCOL_SPC_SMPTE170M;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorPrimaries = AVCOL_PRI_BT709;
  context.colorTrc = AVCOL_TRC_IEC61966_2_1;
}

function openH264(options: VideoEncoderOptions): CodecContext {
  const { context, codec } = allocateContext('libx264', 'encoder');
  describePicture(context, options);
  openContext(context, codec, {
    // A speaking face at 512×512: 1.5 ms and 500 kbit/s, against 1.2 ms and 800 kbit/s with "ultrafast", 2.0 ms and 210 kbit/s (and
    // a visibly softer face) with "veryfast". Every kbit/s is paid again by each viewer.
    preset: 'superfast',
    tune: 'zerolatency',
    profile: 'baseline',
    level: h264Level(options),
    crf: 25,
    'forced-idr': 1,
    'x264-params': 'scenecut=0:repeat-headers=1',
  });
  return context;
}

/** WebRTC's usual 3.1 covers 1280×720 at 30; larger pictures must say so or strict decoders refuse them. */
function h264Level({ width, height, fps }: VideoEncoderOptions): string {
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  if (macroblocks <= 3600 && macroblocks * fps <= 108_000) return '3.1';
  if (macroblocks <= 8192 && macroblocks * fps <= 245_760) return '4.0';
  return '5.1';
}

function openVp8(options: VideoEncoderOptions): CodecContext {
  const { context, codec } = allocateContext('libvpx', 'encoder');
  describePicture(context, options);
  context.bitRate = BigInt(Math.round(options.maxBitrate * 0.8));
  context.qMin = 4;
  context.qMax = 56;
  openContext(context, codec, {
    deadline: 'realtime',
    'cpu-used': 16,
    'lag-in-frames': 0,
    'auto-alt-ref': 0,
    'error-resilient': 0,
    'static-thresh': 100,
    'max-intra-rate': 600,
    crf: 24,
  });
  return context;
}
