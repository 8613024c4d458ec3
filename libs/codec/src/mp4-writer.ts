import { AVCOL_PRI_BT709, AVCOL_RANGE_MPEG, AVCOL_SPC_SMPTE170M, AVCOL_TRC_IEC61966_2_1, AV_CODEC_FLAG_GLOBAL_HEADER, AV_PIX_FMT_YUV420P, AVIO_FLAG_WRITE } from 'node-av/constants';
import { FormatContext, IOContext, Packet, Rational } from 'node-av/lib';
import type { I420Picture, PictureSize } from '@visavis/engine';
import { addSoundTrack, addTrack, encodeInto, SOUND_FRAME, soundFrame, type Track } from './container-track.ts';
import { allocateContext, check, openContext } from './ffmpeg.ts';
import { allocatePictureFrame, fillPictureFrame } from './picture-frame.ts';

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

/** @throws Error when the file can't be written. */
export function createMp4Writer({ path, width, height, fps, crf }: Mp4WriterOptions): Mp4Writer {
  const output = new FormatContext();
  check(output.allocOutputContext2(null, 'mp4', path), 'output');
  const video = openVideo(output, { width, height, fps, crf });
  const sound = addSoundTrack(output);
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

  const encodeSound = (): void => {
    const frame = soundFrame(waiting);
    frame.pts = BigInt(soundFrames++ * SOUND_FRAME);
    encodeInto(output, sound, frame, packet);
    frame.free();
    waitingSamples = 0;
  };

  return {
    picture(picture) {
      if (picture.width !== width || picture.height !== height) throw new RangeError(`picture of ${picture.width}x${picture.height} for a file of ${width}x${height}`);
      const frame = allocatePictureFrame(picture, 0);
      fillPictureFrame(frame, picture);
      frame.pts = BigInt(pictures++);
      encodeInto(output, video, frame, packet);
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
      encodeInto(output, video, null, packet);
      encodeInto(output, sound, null, packet);
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
  return addTrack(output, context, timeBase);
}
