import { describe, expect, it } from 'vitest';
import { buildRestartFragment, etagMatches, iceEtag, readIceFragment } from './ice-fragment.ts';

const candidate = 'a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1';

describe('a trickle fragment', () => {
  it('is read with its sections or without', () => {
    const whole = ['a=ice-ufrag:EsAw', 'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1', 'm=audio 9 UDP/TLS/RTP/SAVPF 0', 'a=mid:0', candidate, 'a=end-of-candidates', ''];
    expect(readIceFragment(whole.join('\r\n'))).toEqual({ ufrag: 'EsAw', password: 'P2uYro0UCOQ4zxjKXaWCBui1', candidates: [candidate.slice('a=candidate:'.length)] });
    expect(readIceFragment(candidate).candidates).toHaveLength(1);
    expect(readIceFragment('a=end-of-candidates').candidates).toEqual([]);
  });

  it('may carry TCP, IPv6, mDNS and end-of-candidates as an empty candidate', () => {
    for (const line of [
      'a=candidate:1 1 TCP 2105458943 fe80::1 9 typ host tcptype active',
      'a=candidate:0 1 UDP 2122187007 dd754da6-55b1-4db2-9734-f203de76846b.local 44522 typ host',
      'a=candidate:842163049 1 udp 1677729535 198.51.100.4 3478 typ srflx raddr 10.0.0.1 rport 61764',
      'a=candidate:',
    ]) {
      expect(readIceFragment(line).candidates).toHaveLength(1);
    }
  });

  it.each([
    ['sdp_malformed', 'hello'],
    ['sdp_malformed', 'a=candidate:nonsense'],
    ['sdp_malformed', 'a=ice-ufrag:EsAw'],
    ['sdp_malformed', 'a=ice-ufrag:E\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1'],
    ['sdp_malformed', 'a=ice-ufrag:EsAw\r\na=ice-pwd:short'],
    ['sdp_unsupported', ''],
    ['sdp_unsupported', 'a=mid:0'],
  ])('%s: %j', (code, text) => {
    expect(() => readIceFragment(text)).toThrow(expect.objectContaining({ code }));
  });
});

it('builds the answer to an ICE restart', () => {
  const iceCandidates = [{ foundation: 'udpcandidate', priority: 1, address: '198.51.100.7', protocol: 'udp', port: 44000 }] as const;
  const transport = { iceParameters: { usernameFragment: 'newufrag', password: 'newpassword' }, iceCandidates, fingerprint: { algorithm: 'sha-256', value: 'AA' } } as const;
  expect(buildRestartFragment([{ media: 'audio', mid: '0' }, { media: 'video', mid: '1' }], transport).split('\r\n')).toEqual([
    'a=ice-lite',
    'a=group:BUNDLE 0 1',
    ...['audio:0', 'video:1'].flatMap((section) => [
      `m=${section.split(':')[0]} 9 UDP/TLS/RTP/SAVPF 0`,
      `a=mid:${section.split(':')[1]}`,
      'a=ice-ufrag:newufrag',
      'a=ice-pwd:newpassword',
      'a=candidate:udpcandidate 1 udp 1 198.51.100.7 44000 typ host',
      'a=end-of-candidates',
    ]),
    '',
  ]);
});

it('admits the current ICE session, any, or one that is not named', () => {
  const current = iceEtag('abc');
  expect(current).toBe('"abc"');
  for (const header of [undefined, '*', '"abc"', 'W/"abc"', 'abc', '"old", "abc"']) expect(etagMatches(header, current)).toBe(true);
  for (const header of ['"old"', '', 'W/"old"']) expect(etagMatches(header, current)).toBe(false);
});
