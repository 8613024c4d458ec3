import { MediaError } from './media.errors.ts';

/** One `a=` line, split at its first colon. A flag such as `a=rtcp-mux` has an empty value. */
export interface SdpAttribute {
  name: string;
  value: string;
}

export interface SdpSection {
  /** `audio`, `video`, `application` … */
  media: string;
  port: number;
  protocol: string;
  formats: string[];
  attributes: SdpAttribute[];
}

export interface SdpText {
  attributes: SdpAttribute[];
  sections: SdpSection[];
}

/** A browser's offer is 3 to 9 KB. */
const maxSdpLength = 64 * 1024;
const maxSections = 32;

/**
 * Splits SDP (RFC 8866) into attributes and media sections. Accepts LF line ends and a missing last one, as players differ.
 * @throws MediaError sdp_malformed
 */
export function readSdp(text: string): SdpText {
  const lines = sdpLines(text);
  if (lines[0] !== 'v=0') throw new MediaError('sdp_malformed', 'The body is not SDP: it must start with "v=0".');
  return readLines(lines);
}

/** The same for a trickle fragment (RFC 8840), which has no session lines and may have no media section either. */
export function readSdpFragment(text: string): SdpText {
  return readLines(sdpLines(text));
}

export function attribute(attributes: readonly SdpAttribute[], name: string): string | undefined {
  return attributes.find((entry) => entry.name === name)?.value;
}

export function attributeValues(attributes: readonly SdpAttribute[], name: string): string[] {
  return attributes.filter((entry) => entry.name === name).map((entry) => entry.value);
}

function sdpLines(text: string): string[] {
  if (text.length > maxSdpLength) throw new MediaError('sdp_malformed', `The SDP is longer than ${maxSdpLength} characters.`);
  const lines = text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  for (const line of lines) {
    if (!/^[a-z]=/.test(line)) throw new MediaError('sdp_malformed', `Not an SDP line: ${quote(line)}.`);
  }
  return lines;
}

function readLines(lines: readonly string[]): SdpText {
  const sdp: SdpText = { attributes: [], sections: [] };
  let attributes = sdp.attributes;
  for (const line of lines) {
    const value = line.slice(2);
    if (line.startsWith('m=')) {
      const section = readMediaLine(value);
      attributes = section.attributes;
      if (sdp.sections.push(section) > maxSections) throw new MediaError('sdp_malformed', `More than ${maxSections} media sections.`);
    } else if (line.startsWith('a=')) {
      const colon = value.indexOf(':');
      attributes.push(colon < 0 ? { name: value, value: '' } : { name: value.slice(0, colon), value: value.slice(colon + 1).trim() });
    }
  }
  return sdp;
}

function readMediaLine(value: string): SdpSection {
  const match = /^(\S+) (\d{1,5})(?:\/\d+)? (\S+) (.+)$/.exec(value);
  if (!match) throw new MediaError('sdp_malformed', `Not a media line: ${quote(`m=${value}`)}.`);
  const [, media = '', port = '', protocol = '', formats = ''] = match;
  return { media, port: Number(port), protocol, formats: formats.split(' ').filter((format) => format !== ''), attributes: [] };
}

function quote(line: string): string {
  return JSON.stringify(line.slice(0, 80));
}
