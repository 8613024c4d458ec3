/**
 * Hot path: fifty calls a second and session. No promise, no logging.
 */
import { AV_SAMPLE_FMT_FLT } from 'node-av/constants';
import { Packet, Rational } from 'node-av/lib';
import { allocateContext, check, openContext } from './ffmpeg.ts';
import { allocateSoundFrame, MONO } from './sound-frame.ts';

export const OPUS_SAMPLE_RATE_HZ = 48_000;
/** Samples in one packet of 20 ms. */
export const OPUS_FRAME_SAMPLES = 960;
const BIT_RATE = 40_000;
/** A packet of at most this size says "digital silence": the encoder's filters have run out, and its packets no longer change. */
const SILENCE_PACKET_BYTES = 8;

export interface OpusEncoder {
  /**
   * Encodes 20 ms: OPUS_FRAME_SAMPLES mono samples in −1…1. Returns one Opus packet that may be kept.
   * Longer digital silence is answered with one cached packet and costs nothing.
   */
  encode(pcm48k: Float32Array): Uint8Array;
  close(): void;
}

/**
 * `restricted low delay` keeps Opus in its CELT mode: cheaper than the speech mode at this rate, 4 ms less delay, and its
 * silence is exact, which is what makes the cached packet inaudible at both ends.
 */
export function createOpusEncoder(): OpusEncoder {
  const { context, codec } = allocateContext('libopus', 'encoder');
  context.sampleRate = OPUS_SAMPLE_RATE_HZ;
  context.sampleFormat = AV_SAMPLE_FMT_FLT;
  context.channelLayout = MONO;
  context.timeBase = new Rational(1, OPUS_SAMPLE_RATE_HZ);
  context.bitRate = BigInt(BIT_RATE);
  openContext(context, codec, {
    application: 'lowdelay',
    frame_duration: '20',
    vbr: 'on',
    fec: 0,
    packet_loss: 0,
    compression_level: 3,
  });
  const frame = allocateSoundFrame({ format: AV_SAMPLE_FMT_FLT, nbSamples: OPUS_FRAME_SAMPLES, sampleRate: OPUS_SAMPLE_RATE_HZ, channelLayout: MONO });
  const plane = frame.data?.[0];
  if (plane === undefined) throw new Error('FFmpeg gave no audio buffer');
  const samples = new Float32Array(plane.buffer, plane.byteOffset, OPUS_FRAME_SAMPLES);
  const packet = new Packet();
  packet.alloc();
  let sampleIndex = 0;
  let silencePacket: Uint8Array | undefined;
  let closed = false;

  return {
    encode(pcm48k) {
      if (closed) throw new Error('the Opus encoder is closed');
      if (pcm48k.length !== OPUS_FRAME_SAMPLES) throw new RangeError(`an Opus packet takes ${OPUS_FRAME_SAMPLES} samples, got ${pcm48k.length}`);
      const silent = isSilent(pcm48k);
      if (!silent) silencePacket = undefined;
      else if (silencePacket !== undefined) return silencePacket;
      samples.set(pcm48k);
      frame.pts = BigInt(sampleIndex);
      sampleIndex += OPUS_FRAME_SAMPLES;
      check(context.sendFrameSync(frame), 'encode Opus');
      check(context.receivePacketSync(packet), 'encode Opus');
      const data = packet.data ?? new Uint8Array(0);
      packet.unref();
      if (silent && data.length <= SILENCE_PACKET_BYTES) silencePacket = data;
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

function isSilent(pcm: Float32Array): boolean {
  for (let index = 0; index < pcm.length; index++) if (pcm[index] !== 0) return false;
  return true;
}
