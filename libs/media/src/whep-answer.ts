import type { types } from 'mediasoup';
import { supportedFeedback } from './payload-mapping.ts';
import type { PlayPlan } from './play-plan.ts';
import type { OfferedCodec, OfferedSection, WhepOffer } from './whep-offer.ts';

/** The mediasoup side of one viewer's transport, as far as SDP shows it. */
export interface AnswerTransport {
  iceParameters: Pick<types.IceParameters, 'usernameFragment' | 'password'>;
  iceCandidates: readonly Pick<types.IceCandidate, 'foundation' | 'priority' | 'address' | 'protocol' | 'port' | 'tcpType'>[];
  fingerprint: types.DtlsFingerprint;
}

/**
 * The answer to a WHEP offer. It carries neither `a=ssrc` nor header extensions, because a viewer must go on playing when its streams are later replaced
 * by others with new SSRCs on the same payload types; with either of them browsers stay on the old stream.
 *
 * @param streamId both tracks belong to this media stream, so that the browser keeps them in step
 */
export function buildWhepAnswer(offer: WhepOffer, plan: PlayPlan, transport: AnswerTransport, streamId: string): string {
  const { usernameFragment, password } = transport.iceParameters;
  const mids = offer.sections.filter((section) => isAccepted(section, plan) && section.bundled).map((section) => section.mid);
  const lines = [
    'v=0',
    `o=- ${sessionNumber(usernameFragment)} 1 IN IP4 0.0.0.0`,
    's=-',
    't=0 0',
    'a=ice-lite',
    ...(mids.length > 0 ? [`a=group:BUNDLE ${mids.join(' ')}`] : []),
    'a=msid-semantic: WMS *',
    `a=fingerprint:${transport.fingerprint.algorithm} ${transport.fingerprint.value}`,
  ];
  for (const section of offer.sections) {
    if (section === plan.audio?.section) {
      lines.push(...mediaLines(section, plan.audio.codec, transport));
      lines.push(`a=ice-ufrag:${usernameFragment}`, `a=ice-pwd:${password}`, `a=setup:${answerSetup(offer)}`, `a=msid:${streamId} ${streamId}-audio`);
      lines.push(...opusLines(plan.audio.codec));
    } else if (section === plan.video?.section) {
      lines.push(...mediaLines(section, plan.video.codec, transport));
      lines.push(`a=ice-ufrag:${usernameFragment}`, `a=ice-pwd:${password}`, `a=setup:${answerSetup(offer)}`, `a=msid:${streamId} ${streamId}-video`);
      lines.push(...videoLines(plan.video.codec));
    } else {
      lines.push(...rejectedLines(section));
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** The role mediasoup's DTLS must assume for the viewer, given what the viewer offered. */
export function viewerDtlsRole(offer: WhepOffer): types.DtlsRole {
  return offer.dtls.setup === 'passive' ? 'server' : 'client';
}

export function candidateLines(candidates: AnswerTransport['iceCandidates']): string[] {
  return [
    ...candidates.map(({ foundation, priority, address, protocol, port, tcpType }) => {
      const tcp = protocol === 'tcp' ? ` tcptype ${tcpType ?? 'passive'}` : '';
      return `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ host${tcp}`;
    }),
    'a=end-of-candidates',
  ];
}

function isAccepted(section: OfferedSection, plan: PlayPlan): boolean {
  return section === plan.audio?.section || section === plan.video?.section;
}

function answerSetup(offer: WhepOffer): 'passive' | 'active' {
  return viewerDtlsRole(offer) === 'client' ? 'passive' : 'active';
}

function mediaLines(section: OfferedSection, codec: OfferedCodec, transport: AnswerTransport): string[] {
  // An ICE-lite answer names its default candidate in the m= and c= lines (RFC 8839).
  const first = transport.iceCandidates.find(({ protocol }) => protocol === 'udp') ?? transport.iceCandidates[0];
  const address = first?.address ?? '0.0.0.0';
  return [
    `m=${section.media} ${first?.port ?? 9} ${section.protocol} ${codec.payloadType}`,
    `c=IN ${address.includes(':') ? 'IP6' : 'IP4'} ${address}`,
    ...(section.mid === undefined ? [] : [`a=mid:${section.mid}`]),
    'a=sendonly',
    'a=rtcp-mux',
    ...(section.rtcpReducedSize ? ['a=rtcp-rsize'] : []),
    ...candidateLines(transport.iceCandidates),
  ];
}

function opusLines(codec: OfferedCodec): string[] {
  const echoed = ['minptime', 'useinbandfec'].flatMap((name) => (codec.parameters.has(name) ? `${name}=${codec.parameters.get(name)}` : []));
  return [`a=rtpmap:${codec.payloadType} opus/48000/2`, ...(echoed.length > 0 ? [`a=fmtp:${codec.payloadType} ${echoed.join(';')}`] : [])];
}

function videoLines(codec: OfferedCodec): string[] {
  const { payloadType } = codec;
  const lines = [`a=rtpmap:${payloadType} ${codec.name === 'h264' ? 'H264' : 'VP8'}/90000`];
  if (codec.name === 'h264') {
    // The profile has to be the offered one, where there is one; a constrained baseline stream is valid in each that is accepted.
    const profile = codec.parameters.get('profile-level-id') ?? '42e01f';
    const asymmetry = codec.parameters.get('level-asymmetry-allowed') === '1' ? 'level-asymmetry-allowed=1;' : '';
    lines.push(`a=fmtp:${payloadType} ${asymmetry}packetization-mode=1;profile-level-id=${profile}`);
  }
  return [...lines, ...supportedFeedback(codec.feedback).map((value) => `a=rtcp-fb:${payloadType} ${value}`)];
}

function rejectedLines(section: OfferedSection): string[] {
  return [
    `m=${section.media} 0 ${section.protocol} ${section.formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    ...(section.mid === undefined ? [] : [`a=mid:${section.mid}`]),
    'a=inactive',
  ];
}

/** SDP wants a number of up to 63 bits that differs between sessions; the ICE fragment already is one of a kind. */
function sessionNumber(usernameFragment: string): number {
  return [...usernameFragment].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % Number.MAX_SAFE_INTEGER, 7);
}
