import { MediaError } from './media.errors.ts';
import type { VideoCodec } from './media-node.types.ts';
import { isDynamicPayloadType } from './payload-mapping.ts';
import type { OfferedCodec, OfferedSection, WhepOffer } from './whep-offer.ts';

export type MediaKind = 'audio' | 'video';

/** Which section of an offer gets which stream; every other section is rejected in the answer. */
export interface PlayPlan {
  audio?: { section: OfferedSection; codec: OfferedCodec };
  video?: { section: OfferedSection; codec: OfferedCodec };
}

/**
 * Chooses what to play into an offer: the first section of each kind that wants media and can take the session's codec.
 * @throws MediaError codec_not_supported if video (or, in an audio-only offer, audio) is wanted but cannot be decoded, sdp_unsupported otherwise
 */
export function planPlayback(offer: WhepOffer, videoCodec: VideoCodec): PlayPlan {
  const wanting = (kind: MediaKind) => offer.sections.filter((section) => section.media === kind && wantsMedia(section));
  const audioSections = wanting('audio');
  const videoSections = wanting('video');
  if (audioSections.length + videoSections.length === 0) {
    throw new MediaError('sdp_unsupported', 'The offer asks to receive neither audio nor video over RTP/SAVPF.');
  }
  const video = firstMatch(videoSections, (codecs) => chooseVideoCodec(codecs, videoCodec));
  if (videoSections.length > 0 && !video) throw new MediaError('codec_not_supported', noVideoCodec(videoCodec, videoSections));
  const audio = firstMatch(audioSections, chooseOpus);
  if (!audio && !video) throw new MediaError('codec_not_supported', 'The session sends Opus, which the offer does not list.');
  checkTransport([audio, video].filter((choice) => choice !== undefined));
  return { audio, video };
}

function wantsMedia(section: OfferedSection): boolean {
  const receives = section.direction === 'recvonly' || section.direction === 'sendrecv';
  return receives && !section.rejected && section.protocol.endsWith('RTP/SAVPF');
}

function firstMatch(sections: readonly OfferedSection[], choose: (codecs: readonly OfferedCodec[]) => OfferedCodec | undefined) {
  for (const section of sections) {
    const codec = choose(section.codecs.filter(({ payloadType }) => isDynamicPayloadType(payloadType)));
    if (codec) return { section, codec };
  }
  return undefined;
}

function chooseOpus(codecs: readonly OfferedCodec[]): OfferedCodec | undefined {
  return codecs.find((codec) => codec.name === 'opus' && codec.clockRateHz === 48_000 && codec.channels === 2);
}

function chooseVideoCodec(codecs: readonly OfferedCodec[], wanted: VideoCodec): OfferedCodec | undefined {
  const named = codecs.filter((codec) => codec.name === wanted && codec.clockRateHz === 90_000);
  if (wanted === 'vp8') return named[0];
  return named
    .map((codec) => ({ codec, rank: h264Rank(codec) }))
    .filter(({ rank }) => rank < unusable)
    .sort((a, b) => a.rank - b.rank)[0]?.codec;
}

const unusable = 9;

/**
 * How well an offered H.264 format suits a constrained baseline stream in packetization mode 1. Every Baseline, Main and High decoder takes
 * constrained baseline, so those follow in order; a decoder for single NAL units (mode 0) cannot take fragmented ones. GStreamer's players name no mode
 * at all and take either: the last resort.
 */
function h264Rank(codec: OfferedCodec): number {
  const mode = codec.parameters.get('packetization-mode');
  if (mode === undefined) return 4;
  if (mode !== '1') return unusable;
  const match = /^([0-9a-f]{2})([0-9a-f]{2})[0-9a-f]{2}$/i.exec(codec.parameters.get('profile-level-id') ?? '420010');
  if (!match) return unusable;
  const profile = Number.parseInt(match[1] ?? '', 16);
  const constrained = (Number.parseInt(match[2] ?? '', 16) & 0x40) !== 0;
  if (profile === 0x42) return constrained ? 0 : 1;
  if (profile === 0x4d) return 2;
  return profile === 0x64 ? 3 : unusable;
}

function noVideoCodec(wanted: VideoCodec, sections: readonly OfferedSection[]): string {
  const offered = [...new Set(sections.flatMap((section) => section.codecs.map((codec) => codec.name)))];
  const resilience = new Set(['rtx', 'red', 'ulpfec', 'flexfec-03']);
  const list = offered.filter((name) => !resilience.has(name)).join(', ') || 'none';
  const session = wanted === 'h264' ? 'H.264 constrained baseline with packetization-mode=1' : 'VP8';
  return `The session sends ${session}; the offer lists ${list}. Ask for another codec when the session is created.`;
}

function checkTransport(choices: readonly { section: OfferedSection; codec: OfferedCodec }[]): void {
  if (choices.some(({ section }) => !section.rtcpMux)) throw new MediaError('sdp_unsupported', 'The offer lacks a=rtcp-mux.');
  if (choices.length < 2) return;
  if (choices.some(({ section }) => !section.bundled)) throw new MediaError('sdp_unsupported', 'The offer does not bundle audio and video (a=group:BUNDLE).');
  if (choices[0]?.codec.payloadType === choices[1]?.codec.payloadType) {
    throw new MediaError('sdp_unsupported', 'The offer uses one payload type for both audio and video.');
  }
}
