import { MediaError } from './media.errors.ts';
import { attribute, attributeValues, readSdp, type SdpSection, type SdpText } from './sdp-text.ts';

export interface OfferedCodec {
  payloadType: number;
  /** Lower case, without the kind: `opus`, `h264`. */
  name: string;
  clockRateHz: number;
  channels: number;
  parameters: ReadonlyMap<string, string>;
  /** `nack`, `nack pli`, `ccm fir` … */
  feedback: readonly string[];
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface OfferedSection {
  media: string;
  protocol: string;
  formats: readonly string[];
  mid: string | undefined;
  /** What the viewer offered to do; SDP's default is `sendrecv`. */
  direction: Direction;
  /** The viewer itself gave this section up (port 0 outside a bundle). */
  rejected: boolean;
  bundled: boolean;
  rtcpMux: boolean;
  rtcpReducedSize: boolean;
  codecs: readonly OfferedCodec[];
}

export type FingerprintAlgorithm = 'sha-1' | 'sha-224' | 'sha-256' | 'sha-384' | 'sha-512';

export interface OfferedDtls {
  setup: 'actpass' | 'active' | 'passive';
  fingerprints: { algorithm: FingerprintAlgorithm; value: string }[];
}

export interface WhepOffer {
  sections: readonly OfferedSection[];
  dtls: OfferedDtls;
  ice: { ufrag: string; password: string };
}

const directions: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
const fingerprintBytes: Record<FingerprintAlgorithm, number> = { 'sha-1': 20, 'sha-224': 28, 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 };

/**
 * Reads a viewer's offer: what it can take in, its ICE and DTLS credentials.
 * @throws MediaError sdp_malformed if it cannot be read, sdp_unsupported if it is no WebRTC offer
 */
export function readWhepOffer(text: string): WhepOffer {
  const sdp = readSdp(text);
  if (sdp.sections.length === 0) throw new MediaError('sdp_unsupported', 'The offer has no media section.');
  const bundled = bundledMids(sdp);
  const fallback = directionOf(sdp.attributes) ?? 'sendrecv';
  return { sections: sdp.sections.map((section) => readSection(section, bundled, fallback)), dtls: readDtls(sdp), ice: readIce(sdp) };
}

function bundledMids(sdp: SdpText): Set<string> {
  const groups = attributeValues(sdp.attributes, 'group').map((value) => value.split(/\s+/));
  return new Set(groups.find(([semantics]) => semantics === 'BUNDLE')?.slice(1));
}

function directionOf(attributes: SdpSection['attributes']): Direction | undefined {
  return directions.find((direction) => attribute(attributes, direction) !== undefined);
}

function readSection(section: SdpSection, bundled: ReadonlySet<string>, fallback: Direction): OfferedSection {
  const mid = attribute(section.attributes, 'mid');
  if (mid !== undefined && !/^[^\s]{1,64}$/.test(mid)) throw new MediaError('sdp_malformed', 'A media section has an unreadable a=mid.');
  const inBundle = mid !== undefined && bundled.has(mid);
  return {
    media: section.media,
    protocol: section.protocol,
    formats: section.formats,
    mid,
    direction: directionOf(section.attributes) ?? fallback,
    // Port 0 together with a=bundle-only means "only if bundled" (RFC 9143), not "no".
    rejected: section.port === 0 && attribute(section.attributes, 'bundle-only') === undefined,
    bundled: inBundle,
    rtcpMux: attribute(section.attributes, 'rtcp-mux') !== undefined,
    rtcpReducedSize: attribute(section.attributes, 'rtcp-rsize') !== undefined,
    codecs: section.media === 'audio' || section.media === 'video' ? readCodecs(section) : [],
  };
}

function readCodecs(section: SdpSection): OfferedCodec[] {
  const formatParameters = byPayloadType(attributeValues(section.attributes, 'fmtp'));
  const feedback = byPayloadType(attributeValues(section.attributes, 'rtcp-fb'));
  return attributeValues(section.attributes, 'rtpmap').flatMap((value) => {
    const match = /^(\d{1,3})\s+([\w.-]+)\/(\d{1,6})(?:\/(\d{1,2}))?$/.exec(value);
    if (!match) throw new MediaError('sdp_malformed', `Not an rtpmap: ${JSON.stringify(value.slice(0, 80))}.`);
    const [, payloadType = '', name = '', clockRate = '', channels = '1'] = match;
    if (!section.formats.includes(payloadType)) return [];
    return {
      payloadType: Number(payloadType),
      name: name.toLowerCase(),
      clockRateHz: Number(clockRate),
      channels: Number(channels),
      parameters: readParameters(formatParameters.get(payloadType)?.join(';') ?? ''),
      feedback: [...(feedback.get('*') ?? []), ...(feedback.get(payloadType) ?? [])],
    };
  });
}

function byPayloadType(values: readonly string[]): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const value of values) {
    const space = value.search(/\s/);
    if (space < 0) continue;
    const payloadType = value.slice(0, space);
    const list = lists.get(payloadType) ?? [];
    list.push(value.slice(space + 1).trim());
    lists.set(payloadType, list);
  }
  return lists;
}

function readParameters(config: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of config.split(';')) {
    const [name = '', ...rest] = part.trim().split('=');
    if (name !== '' && rest.length > 0) parameters.set(name.toLowerCase(), rest.join('=').trim());
  }
  return parameters;
}

function readDtls(sdp: SdpText): OfferedDtls {
  const scope = [sdp.attributes, ...sdp.sections.map((section) => section.attributes)];
  const lines = scope.map((attributes) => attributeValues(attributes, 'fingerprint')).find((values) => values.length > 0) ?? [];
  const fingerprints = lines.flatMap((line) => {
    const [algorithm = '', value = ''] = line.split(/\s+/);
    const known = algorithm.toLowerCase();
    if (!isFingerprintAlgorithm(known)) return [];
    if (!new RegExp(`^([0-9a-f]{2}:){${fingerprintBytes[known] - 1}}[0-9a-f]{2}$`, 'i').test(value)) {
      throw new MediaError('sdp_malformed', `The ${known} fingerprint has the wrong form.`);
    }
    return { algorithm: known, value: value.toUpperCase() };
  });
  if (fingerprints.length === 0) throw new MediaError('sdp_unsupported', 'The offer has no a=fingerprint: media here is DTLS-SRTP only.');
  const setup = firstOf(scope, 'setup') ?? 'actpass';
  if (setup !== 'actpass' && setup !== 'active' && setup !== 'passive') throw new MediaError('sdp_unsupported', `The offer has a=setup:${setup.slice(0, 20)}.`);
  return { setup, fingerprints };
}

function readIce(sdp: SdpText): { ufrag: string; password: string } {
  const scope = [sdp.attributes, ...sdp.sections.map((section) => section.attributes)];
  const ufrag = firstOf(scope, 'ice-ufrag');
  const password = firstOf(scope, 'ice-pwd');
  if (!ufrag || !password) throw new MediaError('sdp_unsupported', 'The offer has no ICE credentials (a=ice-ufrag, a=ice-pwd).');
  return { ufrag, password };
}

function firstOf(scope: readonly SdpText['attributes'][], name: string): string | undefined {
  return scope.map((attributes) => attribute(attributes, name)).find((value) => value !== undefined);
}

function isFingerprintAlgorithm(name: string): name is FingerprintAlgorithm {
  return Object.hasOwn(fingerprintBytes, name);
}
