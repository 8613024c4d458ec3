import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AV_CHANNEL_ORDER_NATIVE, AV_CODEC_FLAG_GLOBAL_HEADER, AV_PIX_FMT_YUV420P, AV_PKT_DATA_DISPLAYMATRIX, AV_SAMPLE_FMT_FLTP, AVIO_FLAG_WRITE } from 'node-av/constants';
import { Codec, CodecContext, FormatContext, Frame, IOContext, Packet, Rational } from 'node-av/lib';
import type { Stream } from 'node-av/lib';
import type { I420Picture } from '@visavis/engine';
import { check, openContext } from '../ffmpeg.ts';

export interface VideoFileFormat {
  extension: 'mp4' | 'mov' | 'webm' | 'mkv' | 'avi';
  encoder: 'libx264' | 'libx265' | 'libvpx' | 'libvpx-vp9' | 'mpeg4' | 'mjpeg';
  fps: number;
  /** Clockwise turns by 90° that a player must make. */
  quarterTurns?: 1 | 2 | 3;
  /** Mono, 48 kHz, as AAC. */
  pcm48k?: Float32Array;
}

const SOUND_RATE_HZ = 48_000;
const SOUND_FRAME = 1024;

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

interface Track {
  context: CodecContext;
  stream: Stream;
  timeBase: Rational;
}

function writeVideoFile(path: string, format: VideoFileFormat, pictures: Iterable<I420Picture>): void {
  const output = new FormatContext();
  check(output.allocOutputContext2(null, null, path), 'output');
  const file = new IOContext();
  const packet = new Packet();
  packet.alloc();
  const flush = ({ context, stream, timeBase }: Track): void => {
    while (context.receivePacketSync(packet) >= 0) {
      packet.streamIndex = stream.index;
      // Without it the container ends with its last picture's beginning.
      if (packet.duration === 0n) packet.duration = 1n;
      packet.rescaleTs(timeBase, stream.timeBase);
      check(output.interleavedWriteFrameSync(packet), 'write');
    }
  };
  const iterator = pictures[Symbol.iterator]();
  let next = iterator.next();
  if (next.done) throw new Error('a video file needs a picture');
  const video = openVideo(output, format, next.value);
  const sound = format.pcm48k && openSound(output);
  check(file.open2Sync(path, AVIO_FLAG_WRITE), 'open');
  output.pb = file;
  check(output.writeHeaderSync(null), 'header');
  for (let index = 0; !next.done; index++, next = iterator.next()) {
    const frame = frameOf(next.value);
    frame.pts = BigInt(index);
    check(video.context.sendFrameSync(frame), 'encode');
    frame.free();
    flush(video);
  }
  video.context.sendFrameSync(null);
  flush(video);
  if (sound && format.pcm48k) {
    for (let start = 0; start < format.pcm48k.length; start += SOUND_FRAME) {
      const frame = soundFrame(format.pcm48k.subarray(start, start + SOUND_FRAME));
      frame.pts = BigInt(start);
      check(sound.context.sendFrameSync(frame), 'encode');
      frame.free();
      flush(sound);
    }
    sound.context.sendFrameSync(null);
    flush(sound);
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
  const stream = output.newStream(null);
  stream.timeBase = timeBase;
  check(stream.codecpar.fromContext(context), 'parameters');
  if (quarterTurns) {
    const matrix = Buffer.alloc(36);
    const [cos, sin] = ([[1, 0], [0, 1], [-1, 0], [0, -1]] as const)[quarterTurns]!;
    [cos * 65536, sin * 65536, 0, -sin * 65536, cos * 65536, 0, 0, 0, 1 << 30].forEach((value, i) => matrix.writeInt32LE(value, i * 4));
    check(stream.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, matrix), 'matrix');
  }
  return { context, stream, timeBase };
}

function openSound(output: FormatContext): Track {
  const codec = Codec.findEncoderByName('aac' as never);
  if (codec === null) throw new Error('no encoder aac');
  const timeBase = new Rational(1, SOUND_RATE_HZ);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = SOUND_RATE_HZ;
  context.sampleFormat = AV_SAMPLE_FMT_FLTP;
  context.channelLayout = { nbChannels: 1, order: AV_CHANNEL_ORDER_NATIVE, mask: 4n };
  context.timeBase = timeBase;
  context.bitRate = 96_000n;
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  openContext(context, codec, {});
  const stream = output.newStream(null);
  stream.timeBase = timeBase;
  check(stream.codecpar.fromContext(context), 'parameters');
  return { context, stream, timeBase };
}

function frameOf({ width, height, data }: I420Picture): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = AV_PIX_FMT_YUV420P;
  frame.width = width;
  frame.height = height;
  check(frame.getBuffer(0), 'frame');
  let offset = 0;
  for (let plane = 0; plane < 3; plane++) {
    const rowBytes = plane === 0 ? width : width / 2;
    const rows = plane === 0 ? height : height / 2;
    for (let row = 0; row < rows; row++, offset += rowBytes) frame.data![plane]!.set(data.subarray(offset, offset + rowBytes), row * frame.linesize[plane]!);
  }
  return frame;
}

function soundFrame(samples: Float32Array): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = AV_SAMPLE_FMT_FLTP;
  frame.nbSamples = SOUND_FRAME;
  frame.sampleRate = SOUND_RATE_HZ;
  frame.channelLayout = { nbChannels: 1, order: AV_CHANNEL_ORDER_NATIVE, mask: 4n };
  check(frame.getBuffer(0), 'frame');
  const plane = frame.data![0]!;
  for (let i = 0; i < SOUND_FRAME; i++) plane.writeFloatLE(samples[i] ?? 0, i * 4);
  return frame;
}
