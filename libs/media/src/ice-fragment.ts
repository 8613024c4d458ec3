import { MediaError } from './media.errors.ts';
import { attribute, attributeValues, readSdpFragment } from './sdp-text.ts';
import { candidateLines, type AnswerTransport } from './whep-answer.ts';

export interface IceFragment {
  ufrag: string | undefined;
  password: string | undefined;
  candidates: string[];
}

/**
 * Reads the body of a WHEP PATCH (`application/trickle-ice-sdpfrag`).
 * @throws MediaError sdp_malformed, sdp_unsupported
 */
export function readIceFragment(text: string): IceFragment {
  const sdp = readSdpFragment(text);
  const attributes = [...sdp.attributes, ...sdp.sections.flatMap((section) => section.attributes)];
  const ufrag = attribute(attributes, 'ice-ufrag');
  const password = attribute(attributes, 'ice-pwd');
  const candidates = attributeValues(attributes, 'candidate');
  if (ufrag !== undefined && !/^[A-Za-z0-9+/=_-]{4,256}$/.test(ufrag)) throw new MediaError('sdp_malformed', 'Unreadable a=ice-ufrag.');
  if (password !== undefined && !/^[A-Za-z0-9+/=_-]{22,256}$/.test(password)) throw new MediaError('sdp_malformed', 'Unreadable a=ice-pwd.');
  if ((ufrag === undefined) !== (password === undefined)) throw new MediaError('sdp_malformed', 'a=ice-ufrag and a=ice-pwd come together.');
  for (const candidate of candidates) checkCandidate(candidate);
  if (ufrag === undefined && candidates.length === 0 && attribute(attributes, 'end-of-candidates') === undefined) {
    throw new MediaError('sdp_unsupported', 'The fragment has neither candidates nor ICE credentials.');
  }
  return { ufrag, password, candidates };
}

/** The node's side of an ICE restart: new credentials, same candidates, for each section the viewer plays. */
export function buildRestartFragment(sections: readonly { media: string; mid: string | undefined }[], transport: AnswerTransport): string {
  const mids = sections.flatMap(({ mid }) => mid ?? []);
  const lines = ['a=ice-lite', ...(mids.length > 1 ? [`a=group:BUNDLE ${mids.join(' ')}`] : [])];
  for (const { media, mid } of sections) {
    lines.push(`m=${media} 9 UDP/TLS/RTP/SAVPF 0`);
    if (mid !== undefined) lines.push(`a=mid:${mid}`);
    lines.push(`a=ice-ufrag:${transport.iceParameters.usernameFragment}`, `a=ice-pwd:${transport.iceParameters.password}`);
    lines.push(...candidateLines(transport.iceCandidates));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** The entity tag of an ICE session, as RFC 9725 wants one. */
export function iceEtag(usernameFragment: string): string {
  return `"${usernameFragment}"`;
}

/** Whether an `If-Match` value admits the current ICE session. A missing header is let pass: many players send none. */
export function etagMatches(ifMatch: string | undefined, current: string): boolean {
  if (ifMatch === undefined) return true;
  return ifMatch.split(',').some((entry) => {
    const tag = entry.trim().replace(/^W\//, '');
    return tag === '*' || tag === current || `"${tag}"` === current;
  });
}

function checkCandidate(candidate: string): void {
  // An empty value is how some players say "end of candidates".
  if (candidate === '') return;
  const form = /^[A-Za-z0-9+/:-]{1,64} \d{1,5} [A-Za-z0-9-]+ \d{1,10} [A-Za-z0-9.:%_-]{1,255} \d{1,5} typ [a-z]+( .*)?$/;
  if (!form.test(candidate)) throw new MediaError('sdp_malformed', `Not a candidate: ${JSON.stringify(candidate.slice(0, 80))}.`);
}
