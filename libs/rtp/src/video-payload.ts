import { randomInt } from 'node:crypto';
import { createH264Packetizer } from './h264-packetizer.ts';
import type { Packetizer } from './packetizer.ts';
import { createVp8Packetizer } from './vp8-packetizer.ts';

export type VideoPayloadFormat = 'h264' | 'vp8';

export function createVideoPacketizer(format: VideoPayloadFormat): Packetizer {
  return format === 'h264' ? createH264Packetizer() : createVp8Packetizer(randomInt(0x8000));
}
