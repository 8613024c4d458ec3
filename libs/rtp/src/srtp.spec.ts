import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deriveBytes, deriveSessionKeys, type SrtpSessionKeys } from './srtp-keys.ts';
import {
  createSrtpReceiver,
  createSrtpReceiverFromSessionKeys,
  createSrtpSender,
  createSrtpSenderFromSessionKeys,
  SRTCP_OVERHEAD_BYTES,
  TAG_BYTES,
} from './srtp.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** RFC 7714 sections 16.1 and 17.1: session keys are given there, not derived. */
const vectorKeys: SrtpSessionKeys = {
  rtpKey: createSecretKey(hex('000102030405060708090a0b0c0d0e0f')),
  rtpSalt: hex('517569642070726f2071756f'),
  rtcpKey: createSecretKey(hex('000102030405060708090a0b0c0d0e0f')),
  rtcpSalt: hex('517569642070726f2071756f'),
};
const rtpClear = hex('8040f17b 8041f8d3 5501a0b2 47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573');
const rtpProtected = hex(
  '8040f17b 8041f8d3 5501a0b2 f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833 899d7f27beb16a9152cf765ee4390cce',
);
const rtcpClear = hex('81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef deadbeef');
const rtcpProtected = hex(
  '81c8000d 4d617273 63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b c84aa45896cf4d2fc5abf87245d9eade 800005d4',
);

function withRoom(packet: Buffer, room: number): Buffer {
  return Buffer.concat([packet, Buffer.alloc(room)]);
}

describe('vectors', () => {
  it('derives keys as RFC 3711 B.3', () => {
    const key = hex('E1F97A0D3E018BE0D64FA32C06DE4139');
    const salt = hex('0EC675AD498AFEEBB6960B3AABE6');
    expect(deriveBytes(key, salt, 0, 16)).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
    expect(deriveBytes(key, salt, 2, 14)).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
    expect(deriveBytes(key, salt, 1, 16)).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A15'));
  });

  it('protects RTP as RFC 7714 16.1', () => {
    const packet = withRoom(rtpClear, TAG_BYTES);
    const length = createSrtpSenderFromSessionKeys(vectorKeys).protectRtp(packet, 12, rtpClear.length, 0);
    expect(packet.subarray(0, length)).toEqual(rtpProtected);
    expect(createSrtpReceiverFromSessionKeys(vectorKeys).unprotectRtp(rtpProtected, 0)).toEqual(rtpClear);
  });

  it('protects RTCP as RFC 7714 17.1', () => {
    const packet = withRoom(rtcpClear, SRTCP_OVERHEAD_BYTES);
    const length = createSrtpSenderFromSessionKeys(vectorKeys, 0x5d4).protectRtcp(packet, rtcpClear.length);
    expect(packet.subarray(0, length)).toEqual(rtcpProtected);
    expect(createSrtpReceiverFromSessionKeys(vectorKeys).unprotectRtcp(rtcpProtected)).toEqual(rtcpClear);
  });
});

describe('both ends', () => {
  const master = randomBytes(28);

  it('agree on derived keys and the rollover count', () => {
    const packet = withRoom(rtpClear, TAG_BYTES);
    const length = createSrtpSender(master).protectRtp(packet, 12, rtpClear.length, 3);
    const receiver = createSrtpReceiver(master);
    expect(receiver.unprotectRtp(packet.subarray(0, length), 3)).toEqual(rtpClear);
    expect(receiver.unprotectRtp(packet.subarray(0, length), 2)).toBeUndefined();
  });

  it('refuse a changed, a truncated and a foreign packet', () => {
    const receiver = createSrtpReceiver(master);
    for (let at = 0; at < rtcpProtected.length; at += 7) {
      const packet = withRoom(rtcpClear, SRTCP_OVERHEAD_BYTES);
      createSrtpSender(master).protectRtcp(packet, rtcpClear.length);
      packet[at]! ^= 1;
      expect(receiver.unprotectRtcp(packet)).toBeUndefined();
    }
    expect(receiver.unprotectRtcp(rtcpProtected)).toBeUndefined();
    for (let length = 0; length < 30; length++) {
      expect(receiver.unprotectRtcp(rtcpProtected.subarray(0, length))).toBeUndefined();
      expect(receiver.unprotectRtp(rtpProtected.subarray(0, length), 0)).toBeUndefined();
    }
  });

  it('take each RTCP packet once', () => {
    const sender = createSrtpSender(master);
    const receiver = createSrtpReceiver(master);
    const packets = [0, 1].map(() => {
      const packet = withRoom(rtcpClear, SRTCP_OVERHEAD_BYTES);
      sender.protectRtcp(packet, rtcpClear.length);
      return packet;
    });
    expect(receiver.unprotectRtcp(packets[0]!)).toEqual(rtcpClear);
    expect(receiver.unprotectRtcp(packets[0]!)).toBeUndefined();
    expect(receiver.unprotectRtcp(packets[1]!)).toEqual(rtcpClear);
  });

  it('keep a count per RTCP sender, as mediasoup sends feedback under another source than its reports', () => {
    const receiver = createSrtpReceiver(master);
    const from = (ssrc: number): Buffer => {
      const clear = Buffer.from(rtcpClear);
      clear.writeUInt32BE(ssrc, 4);
      return clear;
    };
    for (const ssrc of [0, 4711]) {
      const packet = withRoom(from(ssrc), SRTCP_OVERHEAD_BYTES);
      createSrtpSender(master).protectRtcp(packet, rtcpClear.length);
      expect(receiver.unprotectRtcp(packet)).toEqual(from(ssrc));
      expect(receiver.unprotectRtcp(packet)).toBeUndefined();
    }
  });

  it('want 28 bytes of key', () => {
    expect(() => deriveSessionKeys(randomBytes(30))).toThrow(RangeError);
  });
});
