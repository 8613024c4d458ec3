/**
 * One session's outgoing media: audio and video over one SRTP association, tied together by sender reports.
 * Hot path: `sendAudio` and `sendVideo` run for every packet and picture; no promise, no logging, preallocated packets.
 */
import { randomInt } from 'node:crypto';
import type { VideoPayloadFormat } from './video-payload.ts';
import { createVideoPacketizer } from './video-payload.ts';
import { PacketRing } from './packet-ring.ts';
import { readRtcp, type ReceptionReport, type RtcpHandler, type SenderReport, writeSenderReports } from './rtcp.ts';
import { createSrtpReceiver, createSrtpSender } from './srtp.ts';
import type { RtpTransport } from './udp-transport.ts';

export interface RtpSenderOptions {
  transport: RtpTransport;
  /** 28 bytes of AEAD_AES_128_GCM key and salt: ours for what we send, the peer's for the RTCP it answers with. */
  sendKey: Uint8Array;
  receiveKey: Uint8Array;
  cname: string;
  audio: { ssrc: number; payloadType: number };
  video: { ssrc: number; payloadType: number; format: VideoPayloadFormat };
  /** A viewer needs a key frame (PLI or FIR). */
  onKeyFrameRequest(): void;
  /** Wall-clock milliseconds since 1970 of media sample 0. */
  startWallClockMs: number;
}

export interface RtpSenderStats {
  audioPackets: number;
  videoPackets: number;
  /** RTP payload bytes of both streams. */
  payloadBytes: number;
  retransmitted: number;
  /** Asked for again, but no longer kept. */
  retransmitMisses: number;
  keyFrameRequests: number;
  /** Of the video stream, from the newest report: 0 to 1. */
  fractionLost: number;
  /** CPU spent since the start. */
  packetizeMs: number;
  protectMs: number;
  sendMs: number;
}

export function emptyRtpStats(): RtpSenderStats {
  return {
    audioPackets: 0,
    videoPackets: 0,
    payloadBytes: 0,
    retransmitted: 0,
    retransmitMisses: 0,
    keyFrameRequests: 0,
    fractionLost: 0,
    packetizeMs: 0,
    protectMs: 0,
    sendMs: 0,
  };
}

export interface RtpSender {
  readonly stats: Readonly<RtpSenderStats>;
  /** One Opus packet; `mediaSample` (48 kHz) is where its first sample stands. */
  sendAudio(packet: Uint8Array, mediaSample: number): void;
  /** One coded picture, due at `mediaSample` (48 kHz). */
  sendVideo(picture: Uint8Array, mediaSample: number, key: boolean): void;
  /** Sender reports and CNAME: call about once a second, or viewers can't bring sound and picture together. */
  sendReports(mediaSample: number): void;
  /** Hands in what arrived from the peer. Anything that isn't authentic RTCP is ignored. */
  receive(packet: Buffer): void;
  close(): void;
}

/** Leaves room for a viewer's own headers, SRTP tag and TURN framing within 1,280 bytes. */
const MAX_PAYLOAD_BYTES = 1180;
const VIDEO_SLOTS = 256;
const AUDIO_SLOTS = 32;
const VIDEO_TICKS_PER_8_SAMPLES = 15;
const RTCP_BUFFER_BYTES = 512;

export function createRtpSender(options: RtpSenderOptions): RtpSender {
  const { transport, audio, video, cname } = options;
  const srtp = createSrtpSender(options.sendKey);
  const srtcpIn = createSrtpReceiver(options.receiveKey);
  const send = (packet: Buffer, length: number): void => transport.send(packet, length);
  const common = { srtp, maxPayloadBytes: MAX_PAYLOAD_BYTES };
  const audioRing = new PacketRing({ ...common, ...audio, slots: AUDIO_SLOTS, firstSequenceNumber: randomInt(0x8000) }, send);
  const videoRing = new PacketRing({ ...common, ...video, slots: VIDEO_SLOTS, firstSequenceNumber: randomInt(0x8000) }, send);
  const packetizer = createVideoPacketizer(video.format);
  // From the wall clock rather than at random (what they tell is encrypted anyway): to the viewers a session that a second worker takes over
  // is one stream, whose time must go on and never back.
  const audioTimestampBase = Math.floor(options.startWallClockMs * 48) % 2 ** 32;
  const videoTimestampBase = Math.floor(options.startWallClockMs * 90) % 2 ** 32;
  const rtcpBuffer = Buffer.alloc(RTCP_BUFFER_BYTES);
  const reports: [SenderReport, SenderReport] = [emptyReport(audio.ssrc), emptyReport(video.ssrc)];
  const stats = emptyRtpStats();
  let closed = false;

  const handler: RtcpHandler = {
    onKeyFrameRequest(ssrc) {
      if (ssrc !== video.ssrc) return;
      stats.keyFrameRequests++;
      options.onKeyFrameRequest();
    },
    onNack(ssrc, sequenceNumber) {
      const ring = ssrc === video.ssrc ? videoRing : ssrc === audio.ssrc ? audioRing : undefined;
      if (ring === undefined) return;
      if (ring.resend(sequenceNumber)) stats.retransmitted++;
      else stats.retransmitMisses++;
    },
    onReceptionReport(report: ReceptionReport) {
      if (report.ssrc === video.ssrc) stats.fractionLost = report.fractionLost;
    },
  };

  const finish = (ring: PacketRing, startedAt: number): void => {
    const packetized = performance.now();
    ring.protectPending();
    const protectedAt = performance.now();
    ring.sendPending();
    stats.packetizeMs += packetized - startedAt;
    stats.protectMs += protectedAt - packetized;
    stats.sendMs += performance.now() - protectedAt;
    stats.audioPackets = audioRing.packetCount;
    stats.videoPackets = videoRing.packetCount;
    stats.payloadBytes = audioRing.octetCount + videoRing.octetCount;
  };

  return {
    stats,
    sendAudio(packet, mediaSample) {
      if (closed) return;
      if (packet.length > MAX_PAYLOAD_BYTES) throw new RangeError(`an audio packet of ${packet.length} bytes is too large`);
      const startedAt = performance.now();
      audioRing.begin(audioTimestampBase + (mediaSample % 2 ** 32));
      audioRing.payload.set(packet);
      audioRing.commit(packet.length, false);
      finish(audioRing, startedAt);
    },
    sendVideo(picture, mediaSample, key) {
      if (closed) return;
      const startedAt = performance.now();
      videoRing.begin(videoTimestampBase + videoTicks(mediaSample));
      packetizer.packetize(picture, key, videoRing);
      finish(videoRing, startedAt);
    },
    sendReports(mediaSample) {
      if (closed) return;
      const wallClockMs = options.startWallClockMs + mediaSample / 48;
      fillReport(reports[0], audioRing, wallClockMs, audioTimestampBase + (mediaSample % 2 ** 32));
      fillReport(reports[1], videoRing, wallClockMs, videoTimestampBase + videoTicks(mediaSample));
      const length = srtp.protectRtcp(rtcpBuffer, writeSenderReports(rtcpBuffer, reports, cname));
      // A copy, because the socket may still hold the last one when the next is written.
      transport.send(Buffer.from(rtcpBuffer.subarray(0, length)), length);
    },
    receive(packet) {
      if (closed || packet.length < 2 || packet[1]! < 192 || packet[1]! > 223) return;
      const clear = srtcpIn.unprotectRtcp(packet);
      if (clear !== undefined) readRtcp(clear, handler);
    },
    close() {
      if (closed) return;
      closed = true;
      transport.close();
    },
  };
}

/** Media samples at 48 kHz as ticks of the 90 kHz video clock, modulo 2³². */
function videoTicks(mediaSample: number): number {
  return Math.floor((mediaSample * VIDEO_TICKS_PER_8_SAMPLES) / 8) % 2 ** 32;
}

function emptyReport(ssrc: number): SenderReport {
  return { ssrc, wallClockMs: 0, rtpTimestamp: 0, packetCount: 0, octetCount: 0 };
}

function fillReport(report: SenderReport, ring: PacketRing, wallClockMs: number, rtpTimestamp: number): void {
  report.wallClockMs = wallClockMs;
  report.rtpTimestamp = rtpTimestamp % 2 ** 32;
  report.packetCount = ring.packetCount;
  report.octetCount = ring.octetCount;
}
