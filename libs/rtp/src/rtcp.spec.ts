import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRtcp, type RtcpHandler, writeSenderReports } from './rtcp.ts';

interface Heard {
  keyFrames: number[];
  nacks: [number, number][];
  losses: [number, number, number, number][];
}

function read(packet: Buffer): Heard {
  const heard: Heard = { keyFrames: [], nacks: [], losses: [] };
  const handler: RtcpHandler = {
    onKeyFrameRequest: (ssrc) => heard.keyFrames.push(ssrc),
    onNack: (ssrc, sequenceNumber) => heard.nacks.push([ssrc, sequenceNumber]),
    onReceptionReport: ({ ssrc, fractionLost, packetsLost, lastSenderReport }) => heard.losses.push([ssrc, fractionLost, packetsLost, lastSenderReport]),
  };
  readRtcp(packet, handler);
  return heard;
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32BE(value >>> 0, index * 4));
  return buffer;
}

const pli = words(0x81ce0002, 1, 0x1111);
const fir = words(0x84ce0004, 1, 0, 0x2222, 0x05000000);
const nack = words(0x81cd0003, 1, 0x1111, (0xfffe << 16) | 0b101);
const receiverReport = words(0x81c90007, 1, 0x1111, (64 << 24) | 0xfffffe, 100, 7, 0xabcd1234, 0);

describe('reading', () => {
  it('finds PLI, FIR, lost packets and reports in a compound packet', () => {
    expect(read(Buffer.concat([receiverReport, pli, fir, nack]))).toEqual({
      keyFrames: [0x1111, 0x2222],
      nacks: [
        [0x1111, 0xfffe],
        [0x1111, 0xffff],
        [0x1111, 1],
      ],
      losses: [[0x1111, 0.25, -2, 0xabcd1234]],
    });
  });

  it('survives anything the network brings', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        read(Buffer.from(bytes));
      }),
    );
    for (let cut = 0; cut < nack.length; cut++) read(nack.subarray(0, cut));
  });
});

describe('sender reports', () => {
  it('carry both streams, NTP time from 1900 and one CNAME, padded to words', () => {
    const buffer = Buffer.alloc(512);
    const report = { wallClockMs: 1_500, rtpTimestamp: 0xffffffff, packetCount: 3, octetCount: 2 ** 32 + 5 };
    const length = writeSenderReports(buffer, [{ ...report, ssrc: 10 }, { ...report, ssrc: 11 }], 'avatar');
    expect(length % 4).toBe(0);
    const second = buffer.subarray(28, 56);
    expect(second.readUInt32BE(0)).toBe(0x80c80006);
    expect(second.readUInt32BE(4)).toBe(11);
    expect(second.readUInt32BE(8)).toBe(2_208_988_801);
    expect(second.readUInt32BE(12)).toBe(2 ** 31);
    expect(second.readUInt32BE(16)).toBe(0xffffffff);
    expect(second.readUInt32BE(24)).toBe(5);
    const description = buffer.subarray(56, length);
    expect(description.readUInt16BE(0)).toBe(0x82ca);
    expect(description.length).toBe(4 * (description.readUInt16BE(2) + 1));
    expect(description.subarray(8, 16).toString('latin1')).toBe('\x01\x06avatar');
  });
});
