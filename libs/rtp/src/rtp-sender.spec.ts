import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRtpSender, type RtpSender } from './rtp-sender.ts';
import { createSrtpReceiver, createSrtpSender, SRTCP_OVERHEAD_BYTES, type SrtpSender } from './srtp.ts';

const sendKey = randomBytes(28);
const receiveKey = randomBytes(28);
const AUDIO = 0xaaaa;
const VIDEO = 0xbbbb;

interface Rig {
  sender: RtpSender;
  wire: Buffer[];
  keyFrameRequests: () => number;
}

function openRig(): Rig {
  const wire: Buffer[] = [];
  let keyFrameRequests = 0;
  const sender = createRtpSender({
    transport: { send: (packet, length) => wire.push(Buffer.from(packet.subarray(0, length))), close: () => undefined },
    sendKey,
    receiveKey,
    cname: 'c',
    audio: { ssrc: AUDIO, payloadType: 111 },
    video: { ssrc: VIDEO, payloadType: 102, format: 'h264' },
    onKeyFrameRequest: () => keyFrameRequests++,
    startWallClockMs: 1_000_000,
  });
  return { sender, wire, keyFrameRequests: () => keyFrameRequests };
}

function slice(bytes: number): Uint8Array {
  return Buffer.concat([Uint8Array.of(0, 0, 0, 1, 0x65), Buffer.alloc(bytes, 7)]);
}

const sequenceOf = (packet: Buffer): number => packet.readUInt16BE(2);
const timestampOf = (packet: Buffer): number => packet.readUInt32BE(4);

function feedback(peer: SrtpSender, ...words: number[]): Buffer {
  const packet = Buffer.alloc(words.length * 4 + SRTCP_OVERHEAD_BYTES);
  words.forEach((word, index) => packet.writeUInt32BE(word >>> 0, index * 4));
  peer.protectRtcp(packet, packet.length - SRTCP_OVERHEAD_BYTES);
  return packet;
}

describe('RTP sender', () => {
  it('numbers packets on, marks the end of each picture and encrypts for the peer', () => {
    const { sender, wire } = openRig();
    sender.sendVideo(slice(3000), 0, true);
    sender.sendVideo(slice(100), 1920, false);
    const receiver = createSrtpReceiver(sendKey);
    const clear = wire.map((packet) => receiver.unprotectRtp(packet, 0)!);
    expect(clear.map((packet) => packet[1]! >> 7)).toEqual([0, 0, 1, 1]);
    expect(clear.map((packet) => packet[1]! & 0x7f)).toEqual([102, 102, 102, 102]);
    expect(clear.map((packet) => sequenceOf(packet) - sequenceOf(clear[0]!))).toEqual([0, 1, 2, 3]);
    expect(timestampOf(clear[3]!) - timestampOf(clear[0]!)).toBe(3600);
    expect(new Set(clear.slice(0, 3).map(timestampOf)).size).toBe(1);
  });

  it('takes both streams from one clock, and its reports say so', () => {
    const { sender, wire } = openRig();
    const base = 2 ** 33;
    sender.sendAudio(Buffer.alloc(80, 1), base);
    sender.sendVideo(slice(50), base, true);
    sender.sendReports(base + 48_000);
    const report = createSrtpReceiver(sendKey).unprotectRtcp(wire[2]!)!;
    const modulo = (value: number): number => ((value % 2 ** 32) + 2 ** 32) % 2 ** 32;
    expect(modulo(report.readUInt32BE(16) - timestampOf(wire[0]!))).toBe(48_000);
    expect(modulo(report.readUInt32BE(28 + 16) - timestampOf(wire[1]!))).toBe(90_000);
    expect(report.readUInt32BE(8)).toBe(report.readUInt32BE(28 + 8));
    expect(report.readUInt32BE(20)).toBe(1);
  });

  it('answers NACKs with the very same packets until they are overwritten', () => {
    const { sender, wire } = openRig();
    const peer = createSrtpSender(receiveKey);
    sender.sendVideo(slice(3000), 0, true);
    sender.receive(feedback(peer, 0x81cd0003, 1, VIDEO, sequenceOf(wire[1]!) << 16));
    expect(wire[3]).toEqual(wire[1]);
    expect(sender.stats.retransmitted).toBe(1);
    for (let picture = 0; picture < 300; picture++) sender.sendVideo(slice(20), 1920 * picture, false);
    const sent = wire.length;
    sender.receive(feedback(peer, 0x81cd0003, 1, VIDEO, sequenceOf(wire[1]!) << 16));
    expect(wire.length).toBe(sent);
    expect(sender.stats.retransmitMisses).toBe(1);
  });

  it('passes key-frame requests for its video on, once per packet, and ignores forgeries', () => {
    const { sender, keyFrameRequests } = openRig();
    const request = feedback(createSrtpSender(receiveKey), 0x81ce0002, 1, VIDEO);
    sender.receive(request);
    sender.receive(request);
    expect(keyFrameRequests()).toBe(1);
    const forged = Buffer.from(request);
    forged[forged.length - 1]! ^= 2;
    sender.receive(forged);
    sender.receive(Buffer.alloc(0));
    sender.receive(Buffer.alloc(40, 200));
    expect(keyFrameRequests()).toBe(1);
  });

  it('sends pictures of more packets than it keeps, complete and in order', () => {
    const { sender, wire } = openRig();
    sender.sendVideo(slice(600_000), 0, true);
    const receiver = createSrtpReceiver(sendKey);
    expect(wire.length).toBeGreaterThan(500);
    wire.forEach((packet, index) => {
      expect(receiver.unprotectRtp(packet, 0)).toBeDefined();
      expect((sequenceOf(packet) - sequenceOf(wire[0]!)) & 0xffff).toBe(index);
    });
  });

  it('counts the rollover of its sequence numbers', () => {
    const { sender, wire } = openRig();
    for (let index = 0; index < 70_000; index++) sender.sendAudio(Uint8Array.of(1), index * 960);
    const last = wire.at(-1)!;
    const receiver = createSrtpReceiver(sendKey);
    expect(receiver.unprotectRtp(last, 1)).toBeDefined();
    expect(receiver.unprotectRtp(last, 0)).toBeUndefined();
  });

  it('sends nothing after close', () => {
    const { sender, wire } = openRig();
    sender.close();
    sender.sendAudio(Uint8Array.of(1), 0);
    sender.sendVideo(slice(10), 0, true);
    sender.sendReports(0);
    expect(wire).toEqual([]);
  });
});
