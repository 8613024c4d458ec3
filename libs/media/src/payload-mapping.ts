import type { types } from 'mediasoup';
import type { VideoCodec } from './media-node.types.ts';

/**
 * The payload types one side uses. A mediasoup consumer sends with its router's payload types and no others, so viewers with the same mapping share a
 * router, and a viewer with another mapping needs another router.
 */
export interface PayloadMapping {
  videoCodec: VideoCodec;
  audioPayloadType: number;
  videoPayloadType: number;
}

/** What Chromium 156 offers. Ingests use the same, so that most viewers sit in the ingest's own router and need no pipe. */
export function homeMapping(videoCodec: VideoCodec): PayloadMapping {
  return { videoCodec, audioPayloadType: 111, videoPayloadType: videoCodec === 'h264' ? 108 : 96 };
}

/** The mapping for a viewer; for a kind it doesn't play, whatever keeps it closest to the home mapping. */
export function viewerMapping(videoCodec: VideoCodec, viewer: { audio?: number; video?: number }): PayloadMapping {
  const home = homeMapping(videoCodec);
  const audioPayloadType = viewer.audio ?? (viewer.video === home.audioPayloadType ? home.videoPayloadType : home.audioPayloadType);
  const videoPayloadType = viewer.video ?? (viewer.audio === home.videoPayloadType ? home.audioPayloadType : home.videoPayloadType);
  return { videoCodec, audioPayloadType, videoPayloadType };
}

export function mappingKey({ videoCodec, audioPayloadType, videoPayloadType }: PayloadMapping): string {
  return `${videoCodec}:${audioPayloadType}:${videoPayloadType}`;
}

/** Payload types that may be assigned at will beside RTCP on the same port (RFC 5761, RFC 3551). */
export function isDynamicPayloadType(payloadType: number): boolean {
  return (payloadType >= 35 && payloadType <= 63) || (payloadType >= 96 && payloadType <= 127);
}

const h264Parameters = { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 };

/** Parameters of the video codec as every producer, router and consumer here declares them. */
export function videoParameters(videoCodec: VideoCodec): Record<string, string | number> {
  return videoCodec === 'h264' ? h264Parameters : {};
}

export function videoMimeType(videoCodec: VideoCodec): 'video/H264' | 'video/VP8' {
  return videoCodec === 'h264' ? 'video/H264' : 'video/VP8';
}

/** Codecs of a router with this mapping. Opus comes first: mediasoup gives the video codec's RTX the first payload type that is still free. */
export function routerCodecs(mapping: PayloadMapping): types.RouterRtpCodecCapability[] {
  return [
    { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: mapping.audioPayloadType },
    {
      kind: 'video',
      mimeType: videoMimeType(mapping.videoCodec),
      clockRate: 90_000,
      preferredPayloadType: mapping.videoPayloadType,
      parameters: videoParameters(mapping.videoCodec),
    },
  ];
}

/** What a viewer can receive, in mediasoup's terms: its own payload types and feedback, no RTX (repairs come on the stream itself), no header extensions. */
export function viewerCapabilities(mapping: PayloadMapping, videoFeedback: readonly string[]): types.RtpCapabilities {
  return {
    codecs: [
      { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: mapping.audioPayloadType, parameters: {}, rtcpFeedback: [] },
      {
        kind: 'video',
        mimeType: videoMimeType(mapping.videoCodec),
        clockRate: 90_000,
        preferredPayloadType: mapping.videoPayloadType,
        parameters: videoParameters(mapping.videoCodec),
        rtcpFeedback: supportedFeedback(videoFeedback).map((value) => {
          const [type = '', parameter = ''] = value.split(' ');
          return { type, parameter };
        }),
      },
    ],
    headerExtensions: [],
  };
}

/** The part of a viewer's RTCP feedback that mediasoup acts upon without header extensions. */
export function supportedFeedback(offered: readonly string[]): string[] {
  return ['nack', 'nack pli', 'ccm fir'].filter((value) => offered.includes(value));
}
