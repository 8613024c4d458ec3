import { AV_CODEC_FLAG_GLOBAL_HEADER, AV_SAMPLE_FMT_FLTP } from 'node-av/constants';
import { type CodecContext, type FormatContext, type Frame, type Packet, Rational, type Stream } from 'node-av/lib';
import { allocateContext, check, openContext } from './ffmpeg.ts';
import { allocateSoundFrame, MONO } from './sound-frame.ts';

/** One stream of a container that is being written, with its encoder. */
export interface Track {
  context: CodecContext;
  stream: Stream;
  timeBase: Rational;
}

export const SOUND_RATE_HZ = 48_000;
/** Samples of an AAC frame. */
export const SOUND_FRAME = 1024;
const SOUND_BIT_RATE = 96_000n;

/** Adds the stream of an opened encoder. */
export function addTrack(output: FormatContext, context: CodecContext, timeBase: Rational): Track {
  const stream = output.newStream(null);
  stream.timeBase = timeBase;
  check(stream.codecpar.fromContext(context), 'parameters');
  return { context, stream, timeBase };
}

/** A mono AAC track of 48 kHz. */
export function addSoundTrack(output: FormatContext): Track {
  const { context, codec } = allocateContext('aac', 'encoder');
  const timeBase = new Rational(1, SOUND_RATE_HZ);
  context.sampleRate = SOUND_RATE_HZ;
  context.sampleFormat = AV_SAMPLE_FMT_FLTP;
  context.channelLayout = MONO;
  context.timeBase = timeBase;
  context.bitRate = SOUND_BIT_RATE;
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  openContext(context, codec, {});
  return addTrack(output, context, timeBase);
}

/** Up to SOUND_FRAME samples, filled up with silence. */
export function soundFrame(samples: Float32Array): Frame {
  const frame = allocateSoundFrame({ format: AV_SAMPLE_FMT_FLTP, nbSamples: SOUND_FRAME, sampleRate: SOUND_RATE_HZ, channelLayout: MONO });
  const plane = frame.data![0]!;
  for (let i = 0; i < SOUND_FRAME; i++) plane.writeFloatLE(samples[i] ?? 0, i * 4);
  return frame;
}

/** Encodes a frame, or with null what the encoder still holds, and writes what comes of it. */
export function encodeInto(output: FormatContext, { context, stream, timeBase }: Track, frame: Frame | null, packet: Packet): void {
  check(context.sendFrameSync(frame), 'encode');
  while (context.receivePacketSync(packet) >= 0) {
    packet.streamIndex = stream.index;
    // Without it the last picture lasts no time.
    if (packet.duration === 0n) packet.duration = 1n;
    packet.rescaleTs(timeBase, stream.timeBase);
    check(output.interleavedWriteFrameSync(packet), 'write');
  }
}
