import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AV_CODEC_FLAG_GLOBAL_HEADER, AV_PIX_FMT_YUV420P, AV_PKT_DATA_DISPLAYMATRIX, AVIO_FLAG_WRITE } from 'node-av/constants';
import { Codec, CodecContext, FormatContext, IOContext, Packet, Rational } from 'node-av/lib';
import type { I420Picture } from '@visavis/engine';
import { addSoundTrack, addTrack, encodeInto, SOUND_FRAME, soundFrame, type Track } from '../container-track.ts';
import { check, openContext } from '../ffmpeg.ts';
import { allocatePictureFrame, fillPictureFrame } from '../picture-frame.ts';

export interface VideoFileFormat {
  extension: 'mp4' | 'mov' | 'webm' | 'mkv' | 'avi';
  encoder: 'libx264' | 'libx265' | 'libvpx' | 'libvpx-vp9' | 'mpeg4' | 'mjpeg';
  fps: number;
  /** Clockwise turns by 90° that a player must make. */
  quarterTurns?: 1 | 2 | 3;
  /** Mono, 48 kHz, as AAC. */
  pcm48k?: Float32Array;
}

/** Makes a video file for tests by FFmpeg's own encoders and muxers. */
export function encodeVideoFile(format: VideoFileFormat, pictures: Iterable<I420Picture>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-video-'));
  const path = join(folder, `clip.${format.extension}`);
  try {
    writeVideoFile(path, format, pictures);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeVideoFile(path: string, format: VideoFileFormat, pictures: Iterable<I420Picture>): void {
  const output = new FormatContext();
  check(output.allocOutputContext2(null, null, path), 'output');
  const file = new IOContext();
  const packet = new Packet();
  packet.alloc();
  const iterator = pictures[Symbol.iterator]();
  let next = iterator.next();
  if (next.done) throw new Error('a video file needs a picture');
  const video = openVideo(output, format, next.value);
  const sound = format.pcm48k && addSoundTrack(output);
  check(file.open2Sync(path, AVIO_FLAG_WRITE), 'open');
  output.pb = file;
  check(output.writeHeaderSync(null), 'header');
  for (let index = 0; !next.done; index++, next = iterator.next()) {
    const frame = allocatePictureFrame(next.value, 0);
    fillPictureFrame(frame, next.value);
    frame.pts = BigInt(index);
    encodeInto(output, video, frame, packet);
    frame.free();
  }
  encodeInto(output, video, null, packet);
  if (sound && format.pcm48k) {
    for (let start = 0; start < format.pcm48k.length; start += SOUND_FRAME) {
      const frame = soundFrame(format.pcm48k.subarray(start, start + SOUND_FRAME));
      frame.pts = BigInt(start);
      encodeInto(output, sound, frame, packet);
      frame.free();
    }
    encodeInto(output, sound, null, packet);
  }
  check(output.writeTrailerSync(), 'trailer');
  output.pb = null;
  file.closepSync();
  output.freeContext();
  video.context.freeContext();
  sound?.context.freeContext();
  packet.free();
}

function openVideo(output: FormatContext, { encoder, fps, quarterTurns }: VideoFileFormat, { width, height }: I420Picture): Track {
  const codec = Codec.findEncoderByName(encoder as never);
  if (codec === null) throw new Error(`no encoder ${encoder}`);
  const timeBase = new Rational(1, fps);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.timeBase = timeBase;
  context.framerate = new Rational(fps, 1);
  context.bitRate = 4_000_000n;
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  openContext(context, codec, encoder === 'libx264' ? { preset: 'veryfast', crf: 16 } : encoder === 'libx265' ? { preset: 'ultrafast', 'x265-params': 'log-level=none' } : encoder.startsWith('libvpx') ? { deadline: 'realtime', 'cpu-used': 8 } : {});
  const track = addTrack(output, context, timeBase);
  if (quarterTurns) {
    const matrix = Buffer.alloc(36);
    const [cos, sin] = ([[1, 0], [0, 1], [-1, 0], [0, -1]] as const)[quarterTurns]!;
    [cos * 65536, sin * 65536, 0, -sin * 65536, cos * 65536, 0, 0, 0, 1 << 30].forEach((value, i) => matrix.writeInt32LE(value, i * 4));
    check(track.stream.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, matrix), 'matrix');
  }
  return track;
}
