import { AV_SAMPLE_FMT_FLT } from 'node-av/constants';
import { Frame, Packet } from 'node-av/lib';
import { allocateContext, check, openContext } from './ffmpeg.ts';
import { OPUS_SAMPLE_RATE_HZ } from './opus-encoder.ts';
import { mixToMono } from './pcm-frame.ts';
import { MONO } from './sound-frame.ts';

/** Turns Opus packets back into mono samples at 48 kHz, for checks. */
export interface OpusDecoder {
  decode(packet: Uint8Array): Float32Array;
  close(): void;
}

export function createOpusDecoder(): OpusDecoder {
  const { context, codec } = allocateContext('libopus', 'decoder');
  context.sampleRate = OPUS_SAMPLE_RATE_HZ;
  context.channelLayout = MONO;
  context.sampleFormat = AV_SAMPLE_FMT_FLT;
  openContext(context, codec, {});
  const frame = new Frame();
  frame.alloc();
  const packet = new Packet();
  packet.alloc();
  let closed = false;
  return {
    decode(data) {
      if (closed) throw new Error('the Opus decoder is closed');
      packet.data = Buffer.from(data);
      check(context.sendPacketSync(packet), 'decode Opus');
      packet.unref();
      check(context.receiveFrameSync(frame), 'decode Opus');
      const pcm = mixToMono(frame);
      frame.unref();
      return pcm;
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
