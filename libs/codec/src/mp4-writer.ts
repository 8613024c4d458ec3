import {
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_IEC61966_2_1,
  AV_CHANNEL_ORDER_NATIVE,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_YUV420P,
  AV_SAMPLE_FMT_FLTP,
  AVIO_FLAG_WRITE,
} from 'node-av/constants';
import { type CodecContext, FormatContext, Frame, IOContext, Packet, Rational, type Stream } from 'node-av/lib';
import type { I420Picture, PictureSize } from '@visavis/engine';
import { allocateContext, check, openContext } from './ffmpeg.ts';

export interface Mp4WriterOptions extends PictureSize {
  path: string;
  fps: number;
  /** x264's constant quality: 23 for a page, 16 to keep. */
  crf: number;
}

/** Writes H.264 and AAC into an MP4 file that begins to play before all of it is there. For files that are looked at, not for the live path. */
export interface Mp4Writer {
  /** The next picture. */
  picture(picture: I420Picture): void;
  /** The next samples, mono at 48 kHz; any number. */
  sound(pcm48k: Float32Array): void;
  close(): void;
}

const SOUND_RATE_HZ = 48_000;
const SOUND_BIT_RATE = 96_000n;
/** Samples of an AAC frame. */
const SOUND_FRAME = 1024;

interface Track {
  context: CodecContext;
  stream: Stream;
  timeBase: Rational;
}

/** @throws Error when the file can't be written. */
export function createMp4Writer({ path, width, height, fps, crf }: Mp4WriterOptions): Mp4Writer {
  const output = new FormatContext();
  check(output.allocOutputContext2(null, 'mp4', path), 'output');
  const video = openVideo(output, { width, height, fps, crf });
  const sound = openSound(output);
  const file = new IOContext();
  check(file.open2Sync(path, AVIO_FLAG_WRITE), `open ${path}`);
  output.pb = file;
  // The table of contents goes to the front, so that a page plays while it loads.
  check(output.setOption('movflags', '+faststart'), 'option movflags');
  check(output.writeHeaderSync(null), 'header');
  const packet = new Packet();
  packet.alloc();
  const waiting = new Float32Array(SOUND_FRAME);
  let waitingSamples = 0;
  let pictures = 0;
  let soundFrames = 0;
  let closed = false;

  const encode = ({ context, stream, timeBase }: Track, frame: Frame | null): void => {
    check(context.sendFrameSync(frame), 'encode');
    while (context.receivePacketSync(packet) >= 0) {
      packet.streamIndex = stream.index;
      // Without it the last picture lasts no time.
      if (packet.duration === 0n) packet.duration = 1n;
      packet.rescaleTs(timeBase, stream.timeBase);
      check(output.interleavedWriteFrameSync(packet), 'write');
    }
  };
  const encodeSound = (): void => {
    const frame = soundFrame(waiting);
    frame.pts = BigInt(soundFrames++ * SOUND_FRAME);
    encode(sound, frame);
    frame.free();
    waitingSamples = 0;
  };

  return {
    picture(picture) {
      if (picture.width !== width || picture.height !== height) throw new RangeError(`picture of ${picture.width}x${picture.height} for a file of ${width}x${height}`);
      const frame = pictureFrame(picture);
      frame.pts = BigInt(pictures++);
      encode(video, frame);
      frame.free();
    },
    sound(pcm48k) {
      for (let at = 0; at < pcm48k.length; ) {
        const piece = pcm48k.subarray(at, at + SOUND_FRAME - waitingSamples);
        waiting.set(piece, waitingSamples);
        waitingSamples += piece.length;
        at += piece.length;
        if (waitingSamples === SOUND_FRAME) encodeSound();
      }
    },
    close() {
      if (closed) return;
      closed = true;
      if (waitingSamples > 0) {
        waiting.fill(0, waitingSamples);
        encodeSound();
      }
      encode(video, null);
      encode(sound, null);
      check(output.writeTrailerSync(), 'trailer');
      output.pb = null;
      file.closepSync();
      output.freeContext();
      video.context.freeContext();
      sound.context.freeContext();
      packet.free();
    },
  };
}

function openVideo(output: FormatContext, { width, height, fps, crf }: Omit<Mp4WriterOptions, 'path'>): Track {
  const { context, codec } = allocateContext('libx264', 'encoder');
  const timeBase = new Rational(1, fps);
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.timeBase = timeBase;
  context.framerate = new Rational(fps, 1);
  context.colorSpace = AVCOL_SPC_SMPTE170M;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorPrimaries = AVCOL_PRI_BT709;
  context.colorTrc = AVCOL_TRC_IEC61966_2_1;
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  openContext(context, codec, { preset: 'slow', crf, 'x264-params': 'aq-mode=2' });
  return track(output, context, timeBase);
}

function openSound(output: FormatContext): Track {
  const { context, codec } = allocateContext('aac', 'encoder');
  const timeBase = new Rational(1, SOUND_RATE_HZ);
  context.sampleRate = SOUND_RATE_HZ;
  context.sampleFormat = AV_SAMPLE_FMT_FLTP;
  context.channelLayout = MONO;
  context.timeBase = timeBase;
  context.bitRate = SOUND_BIT_RATE;
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  openContext(context, codec, {});
  return track(output, context, timeBase);
}

const MONO = { nbChannels: 1, order: AV_CHANNEL_ORDER_NATIVE, mask: 4n };

function track(output: FormatContext, context: CodecContext, timeBase: Rational): Track {
  const stream = output.newStream(null);
  stream.timeBase = timeBase;
  check(stream.codecpar.fromContext(context), 'parameters');
  return { context, stream, timeBase };
}

function pictureFrame({ width, height, data }: I420Picture): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = AV_PIX_FMT_YUV420P;
  frame.width = width;
  frame.height = height;
  check(frame.getBuffer(0), 'frame');
  let from = 0;
  for (let plane = 0; plane < 3; plane++) {
    const [rowBytes, rows] = plane === 0 ? [width, height] : [width / 2, height / 2];
    const stride = frame.linesize[plane]!;
    for (let row = 0; row < rows; row++, from += rowBytes) frame.data![plane]!.set(data.subarray(from, from + rowBytes), row * stride);
  }
  return frame;
}

function soundFrame(samples: Float32Array): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = AV_SAMPLE_FMT_FLTP;
  frame.nbSamples = SOUND_FRAME;
  frame.sampleRate = SOUND_RATE_HZ;
  frame.channelLayout = MONO;
  check(frame.getBuffer(0), 'sound frame');
  const plane = frame.data![0]!;
  for (const [i, sample] of samples.entries()) plane.writeFloatLE(sample, i * 4);
  return frame;
}
