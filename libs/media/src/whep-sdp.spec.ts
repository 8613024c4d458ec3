import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mappingKey, viewerMapping } from './payload-mapping.ts';
import { planPlayback } from './play-plan.ts';
import { buildWhepAnswer, type AnswerTransport } from './whep-answer.ts';
import { readWhepOffer } from './whep-offer.ts';

const offersFolder = new URL('./testing/offers/', import.meta.url);
const offer = (name: string): string => readFileSync(new URL(`${name}.sdp`, offersFolder), 'utf8');
const names = readdirSync(offersFolder).map((file) => file.replace(/\.sdp$/, ''));

const transport: AnswerTransport = {
  iceParameters: { usernameFragment: 'ufrag0123456789', password: 'password0123456789abcdef' },
  iceCandidates: [
    { foundation: 'udpcandidate', priority: 1076558079, address: '198.51.100.7', protocol: 'udp', port: 44000 },
    { foundation: 'tcpcandidate', priority: 1076276479, address: '198.51.100.7', protocol: 'tcp', port: 44000, tcpType: 'passive' },
  ],
  fingerprint: { algorithm: 'sha-256', value: 'AA:BB' },
};

function answer(text: string, codec: 'h264' | 'vp8'): string {
  const read = readWhepOffer(text);
  return buildWhepAnswer(read, planPlayback(read, codec), transport, 'ses_1');
}

function edit(name: string, ...replacements: [RegExp | string, string][]): string {
  return replacements.reduce((text, [from, to]) => text.replaceAll(from instanceof RegExp ? new RegExp(from, 'gm') : from, to), offer(name));
}

describe('the answer to a real offer', () => {
  // Firefox without its H.264 plug-in is the one that cannot take H.264.
  it.each(names.filter((name) => !name.startsWith('firefox')))('%s, H.264', (name) => {
    expect(answer(offer(name), 'h264')).toMatchSnapshot();
  });

  it.each(names.filter((name) => !name.startsWith('gstreamer')))('%s, VP8', (name) => {
    expect(answer(offer(name), 'vp8')).toMatchSnapshot();
  });

  it.each(names)('%s: nothing in it pins a stream', (name) => {
    const text = answer(offer(name), name.startsWith('firefox') ? 'vp8' : 'h264');
    expect(text).not.toMatch(/^a=(ssrc|extmap|rid|simulcast)/m);
    expect(text.match(/^m=/gm)?.length).toBe(offer(name).match(/^m=/gm)?.length);
    expect(text).toMatch(/^a=end-of-candidates\r\n/m);
    expect(text.endsWith('\r\n')).toBe(true);
  });
});

describe('payload types', () => {
  it.each([
    ['chromium-156-audio-video', 'h264', 'h264:111:108'],
    ['chromium-156-video-audio', 'vp8', 'vp8:111:96'],
    ['chromium-156-audio', 'h264', 'h264:111:108'],
    ['chromium-156-video', 'vp8', 'vp8:111:96'],
    ['firefox-153-audio-video', 'vp8', 'vp8:109:120'],
    ['aiortc-1.16-audio-video', 'h264', 'h264:96:101'],
    ['gstreamer-like-video-audio', 'h264', 'h264:97:96'],
  ] as const)('of %s with %s need the router %s', (name, codec, key) => {
    const plan = planPlayback(readWhepOffer(offer(name)), codec);
    expect(mappingKey(viewerMapping(codec, { audio: plan.audio?.codec.payloadType, video: plan.video?.codec.payloadType }))).toBe(key);
  });

  it('differ within a router even if the viewer takes sound alone on the usual number of the picture', () => {
    expect(viewerMapping('h264', { audio: 108 })).toEqual({ videoCodec: 'h264', audioPayloadType: 108, videoPayloadType: 111 });
    expect(viewerMapping('h264', { video: 111 })).toEqual({ videoCodec: 'h264', audioPayloadType: 108, videoPayloadType: 111 });
  });
});

describe('choosing a format', () => {
  const h264 = (profile: string, mode = '1') => edit('chromium-156-video', [/^a=fmtp:(\d+) .*profile-level-id=.*$/, `a=fmtp:$1 packetization-mode=${mode};profile-level-id=${profile}`]);

  it.each(['42e01f', '42001f', '4d001f', '64001f', '640C1F'])('takes a decoder for profile %s', (profile) => {
    expect(answer(h264(profile), 'h264')).toContain(`profile-level-id=${profile}`);
  });

  it.each([['f4001f', '1'], ['42e01f', '0'], ['nonsense', '1']])('leaves profile %s in packetization mode %s alone', (profile, mode) => {
    expect(() => answer(h264(profile, mode), 'h264')).toThrow(expect.objectContaining({ code: 'codec_not_supported' }));
  });

  it('rejects what it does not play and bundles the rest', () => {
    const extra = 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\na=sctp-port:5000\r\n';
    const text = answer(`${edit('chromium-156-audio-video', ['a=group:BUNDLE 0 1', 'a=group:BUNDLE 2 0 1'])}${extra}`, 'h264');
    expect(text).toContain('m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\na=inactive\r\n');
    expect(text).toContain('a=group:BUNDLE 0 1\r\n');
  });

  it('rejects a second section of a kind', () => {
    const [head = '', audio = '', video = ''] = offer('chromium-156-audio-video').split(/^(?=m=)/m);
    const second = audio.replace('a=mid:0', 'a=mid:2');
    const text = answer(`${head.replace('BUNDLE 0 1', 'BUNDLE 0 1 2')}${audio}${video}${second}`, 'h264');
    expect(text.match(/^m=\w+ \d+/gm)).toEqual(['m=audio 44000', 'm=video 44000', 'm=audio 0']);
  });

  it('plays the picture alone where the sound section has no Opus', () => {
    const text = answer(edit('chromium-156-audio-video', ['opus/48000/2', 'speex/16000']), 'h264');
    expect(text.match(/^m=\w+ \d+/gm)).toEqual(['m=audio 0', 'm=video 44000']);
    expect(text).toContain('a=group:BUNDLE 1\r\n');
  });

  it('answers sendrecv with sendonly, and takes the direction from the session level', () => {
    expect(answer(edit('chromium-156-audio-video', ['a=recvonly', 'a=sendrecv']), 'h264').match(/a=sendonly/g)).toHaveLength(2);
    expect(() => answer(edit('chromium-156-audio-video', [/^a=recvonly\r\n/, ''], ['a=extmap-allow-mixed', 'a=sendonly']), 'h264')).toThrow(/neither audio nor video/);
  });

  it('takes the active DTLS part where the viewer insists on the passive one', () => {
    expect(answer(edit('chromium-156-audio-video', ['a=setup:actpass', 'a=setup:passive']), 'h264').match(/a=setup:active/g)).toHaveLength(2);
  });
});

describe('an offer that cannot be played', () => {
  const chromium = 'chromium-156-audio-video';
  it.each([
    ['codec_not_supported', 'has no H.264', offer('firefox-153-audio-video')],
    ['codec_not_supported', 'takes sound alone and has no Opus', edit('chromium-156-audio', ['opus/48000/2', 'speex/16000'])],
    ['sdp_malformed', 'is empty', ''],
    ['sdp_malformed', 'is JSON', '{"type":"offer"}'],
    ['sdp_malformed', 'has a broken line', `${offer(chromium)}hello\r\n`],
    ['sdp_malformed', 'has a broken media line', edit(chromium, [/^m=audio .*$/, 'm=audio'])],
    ['sdp_malformed', 'has a broken rtpmap', edit(chromium, ['a=rtpmap:111 opus/48000/2', 'a=rtpmap:111 opus'])],
    ['sdp_malformed', 'has a broken fingerprint', edit(chromium, [/^a=fingerprint:sha-256 .*$/, 'a=fingerprint:sha-256 12:34'])],
    ['sdp_malformed', 'is far too long', offer(chromium) + 'a=x\r\n'.repeat(20_000)],
    ['sdp_malformed', 'has far too many sections', offer(chromium) + 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n'.repeat(40)],
    ['sdp_unsupported', 'has no section', 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n'],
    ['sdp_unsupported', 'has no fingerprint', edit(chromium, [/^a=fingerprint.*\r\n/, ''])],
    ['sdp_unsupported', 'has no ICE credentials', edit(chromium, [/^a=ice-pwd.*\r\n/, ''])],
    ['sdp_unsupported', 'does not bundle', edit(chromium, [/^a=group.*\r\n/, ''])],
    ['sdp_unsupported', 'does not multiplex RTCP', edit(chromium, [/^a=rtcp-mux\r\n/, ''])],
    ['sdp_unsupported', 'only sends', edit(chromium, ['a=recvonly', 'a=sendonly'])],
    ['sdp_unsupported', 'uses one payload type twice', edit(chromium, ['a=rtpmap:108 ', 'a=rtpmap:999 '], ['a=rtpmap:111 opus', 'a=rtpmap:102 opus'], ['SAVPF 111', 'SAVPF 102'])],
  ] as const)('%s: it %s', (code, _what, text) => {
    expect(() => answer(text, 'h264')).toThrow(expect.objectContaining({ code }));
  });

  it('says which codecs were offered and what to do', () => {
    expect(() => answer(offer('firefox-153-audio-video'), 'h264')).toThrow('The session sends H.264 constrained baseline with packetization-mode=1; the offer lists vp8, vp9, av1.');
  });
});
