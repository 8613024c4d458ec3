import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AV_CHANNEL_ORDER_NATIVE, AV_CODEC_FLAG_GLOBAL_HEADER, AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_FLT, AVIO_FLAG_WRITE, type AVSampleFormat } from 'node-av/constants';
import { Codec, CodecContext, FormatContext, Frame, IOContext, Packet, Rational } from 'node-av/lib';
import { check, openContext } from '../ffmpeg.ts';
import { allocateSoundFrame } from '../sound-frame.ts';

export interface AudioFileFormat {
  extension: string;
  encoder: string;
  sampleRateHz: number;
  channels?: 1 | 2;
  sampleFormat: 's16' | 'flt' | 'fltp';
}

const sampleFormats: Record<AudioFileFormat['sampleFormat'], AVSampleFormat> = { s16: AV_SAMPLE_FMT_S16, flt: AV_SAMPLE_FMT_FLT, fltp: AV_SAMPLE_FMT_FLTP };

/** Makes an audio file for tests by FFmpeg's own encoders and muxers: `sample(t)` in −1…1 for t in seconds. */
export function encodeAudioFile(format: AudioFileFormat, durationS: number, sample: (timeS: number) => number): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-audio-'));
  const path = join(folder, `speech.${format.extension}`);
  try {
    writeAudioFile(path, format, durationS, sample);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeAudioFile(path: string, format: AudioFileFormat, durationS: number, sample: (timeS: number) => number): void {
  const { sampleRateHz, channels = 1 } = format;
  const layout = { nbChannels: channels, order: AV_CHANNEL_ORDER_NATIVE, mask: channels === 1 ? 4n : 3n };
  const output = new FormatContext();
  check(output.allocOutputContext2(null, null, path), 'output');
  const codec = Codec.findEncoderByName(format.encoder as never);
  if (codec === null) throw new Error(`no encoder ${format.encoder}`);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = sampleRateHz;
  context.sampleFormat = sampleFormats[format.sampleFormat];
  context.channelLayout = layout;
  context.timeBase = new Rational(1, sampleRateHz);
  context.bitRate = 64_000n;
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  openContext(context, codec, {});
  const stream = output.newStream(null);
  stream.timeBase = new Rational(1, sampleRateHz);
  check(stream.codecpar.fromContext(context), 'parameters');
  const file = new IOContext();
  check(file.open2Sync(path, AVIO_FLAG_WRITE), 'open');
  output.pb = file;
  check(output.writeHeaderSync(null), 'header');
  const frameSamples = context.frameSize > 0 ? context.frameSize : 1024;
  const packet = new Packet();
  packet.alloc();
  const total = Math.round(durationS * sampleRateHz);
  const flush = (): void => {
    while (context.receivePacketSync(packet) >= 0) {
      packet.streamIndex = 0;
      packet.rescaleTs(new Rational(1, sampleRateHz), stream.timeBase);
      check(output.interleavedWriteFrameSync(packet), 'write');
    }
  };
  for (let start = 0; start < total; start += frameSamples) {
    const frame = allocateSoundFrame({ format: sampleFormats[format.sampleFormat], nbSamples: frameSamples, sampleRate: sampleRateHz, channelLayout: layout });
    fillFrame(frame, format.sampleFormat, channels, (index) => sample((start + index) / sampleRateHz));
    frame.pts = BigInt(start);
    check(context.sendFrameSync(frame), 'encode');
    frame.free();
    flush();
  }
  context.sendFrameSync(null);
  flush();
  check(output.writeTrailerSync(), 'trailer');
  output.pb = null;
  file.closepSync();
  output.freeContext();
  context.freeContext();
}

function fillFrame(frame: Frame, sampleFormat: AudioFileFormat['sampleFormat'], channels: number, sample: (index: number) => number): void {
  const planes = frame.data ?? [];
  for (let index = 0; index < frame.nbSamples; index++) {
    const value = sample(index);
    for (let channel = 0; channel < channels; channel++) {
      if (sampleFormat === 's16') planes[0]!.writeInt16LE(Math.round(value * 32_767), (index * channels + channel) * 2);
      else if (sampleFormat === 'flt') planes[0]!.writeFloatLE(value, (index * channels + channel) * 4);
      else planes[channel]!.writeFloatLE(value, index * 4);
    }
  }
}

/** A WAV file of PCM16, by hand. */
export function wavFile(samples: Float32Array, sampleRateHz: number): Buffer {
  const data = Buffer.alloc(44 + samples.length * 2);
  data.write('RIFF', 0, 'latin1');
  data.writeUInt32LE(36 + samples.length * 2, 4);
  data.write('WAVEfmt ', 8, 'latin1');
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(sampleRateHz, 24);
  data.writeUInt32LE(sampleRateHz * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36, 'latin1');
  data.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((value, index) => data.writeInt16LE(Math.round(value * 32_767), 44 + index * 2));
  return data;
}
