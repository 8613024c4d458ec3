import { AV_CHANNEL_ORDER_NATIVE, type AVSampleFormat } from 'node-av/constants';
import { type CodecContext, Frame } from 'node-av/lib';
import { check } from './ffmpeg.ts';

export const MONO = { nbChannels: 1, order: AV_CHANNEL_ORDER_NATIVE, mask: 4n };

export interface SoundFrameFormat {
  format: AVSampleFormat;
  nbSamples: number;
  sampleRate: number;
  channelLayout: CodecContext['channelLayout'];
}

/** A frame to encode sound from. */
export function allocateSoundFrame({ format, nbSamples, sampleRate, channelLayout }: SoundFrameFormat): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = format;
  frame.nbSamples = nbSamples;
  frame.sampleRate = sampleRate;
  frame.channelLayout = channelLayout;
  check(frame.getBuffer(0), 'sound frame');
  return frame;
}
