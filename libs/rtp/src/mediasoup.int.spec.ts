/** Real: a mediasoup worker with its SRTP and RTCP, UDP on loopback. Not real: the pictures, which are only shaped like H.264. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createWorker, type types } from 'mediasoup';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRtpSender, createSrtpReceiver, openUdpTransport, readRtcp, type ReceptionReport, type RtpSender } from './index.ts';

const binary = process.env['MEDIASOUP_WORKER_BIN'];
const available = binary !== undefined && existsSync(binary);
if (!available) console.warn('SKIPPED: set MEDIASOUP_WORKER_BIN to a mediasoup worker to test against it');

const AUDIO = { ssrc: 1001, payloadType: 111 };
const VIDEO = { ssrc: 1002, payloadType: 102 };
const PICTURES = 50;
const PACKETS_PER_PICTURE = 4;

/** A slice of three fragments' size, after parameter sets when it is a key frame. */
function picture(key: boolean): Uint8Array {
  const sets = key ? [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xda, 0, 0, 0, 1, 0x68, 0xce, 0x1f, 0x20] : [0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 1];
  return Buffer.concat([Uint8Array.from(sets), Uint8Array.of(0, 0, 0, 1, key ? 0x65 : 0x41), Buffer.alloc(3000, 0x55)]);
}

describe.skipIf(!available)('a mediasoup PlainTransport', () => {
  let worker: types.Worker;
  let router: types.Router;
  let transport: types.PlainTransport;
  let audio: types.Producer;
  let video: types.Producer;
  let sender: RtpSender | undefined;
  const startWallClockMs = Date.now();
  let keyFrameRequests = 0;
  /** The newest reception report on the video. */
  let reported: ReceptionReport | undefined;
  /** Swallows a packet of video when it returns true. */
  let loses = (_sequenceNumber: number): boolean => false;

  beforeAll(async () => {
    worker = await createWorker({ logLevel: 'warn' });
    const h264 = { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 };
    router = await worker.createRouter({
      mediaCodecs: [
        { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: 111 },
        { kind: 'video', mimeType: 'video/H264', clockRate: 90_000, parameters: h264, preferredPayloadType: 102 },
      ],
    });
    transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      rtcpMux: true,
      comedia: true,
      enableSrtp: true,
      srtpCryptoSuite: 'AEAD_AES_128_GCM',
    });
    const sendKey = randomBytes(28);
    await transport.connect({ srtpParameters: { cryptoSuite: 'AEAD_AES_128_GCM', keyBase64: sendKey.toString('base64') } });
    audio = await transport.produce({
      kind: 'audio',
      rtpParameters: { codecs: [{ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 111 }], encodings: [{ ssrc: AUDIO.ssrc }], rtcp: { cname: 'test' } },
    });
    video = await transport.produce({
      kind: 'video',
      rtpParameters: {
        codecs: [{ mimeType: 'video/H264', clockRate: 90_000, payloadType: 102, parameters: h264, rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }] }],
        encodings: [{ ssrc: VIDEO.ssrc }],
        rtcp: { cname: 'test' },
      },
    });
    const receiveKey = Buffer.from(transport.srtpParameters!.keyBase64, 'base64');
    const receiver = createSrtpReceiver(receiveKey);
    const onReceptionReport = (report: ReceptionReport): void => {
      if (report.ssrc === VIDEO.ssrc) reported = report;
    };
    const udp = await openUdpTransport({
      remote: { address: '127.0.0.1', port: transport.tuple.localPort },
      onMessage: (packet) => {
        sender?.receive(packet);
        const clear = receiver.unprotectRtcp(packet);
        if (clear !== undefined) readRtcp(clear, { onKeyFrameRequest: () => {}, onNack: () => {}, onReceptionReport });
      },
      onError: (error) => {
        throw error;
      },
    });
    sender = createRtpSender({
      transport: {
        send: (packet, length) => {
          if (packet.readUInt32BE(8) === VIDEO.ssrc && loses(packet.readUInt16BE(2))) return;
          udp.send(packet, length);
        },
        close: () => udp.close(),
      },
      sendKey,
      receiveKey,
      cname: 'test',
      audio: AUDIO,
      video: { ...VIDEO, format: 'h264' },
      onKeyFrameRequest: () => keyFrameRequests++,
      startWallClockMs,
    });
  });

  afterAll(() => {
    sender?.close();
    worker.close();
  });

  it('takes every packet and finds the key frames', async () => {
    for (let index = 0; index < PICTURES; index++) {
      sender!.sendAudio(Buffer.alloc(60, 1), index * 960);
      sender!.sendVideo(picture(index === 0), index * 960, index === 0);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await vi.waitFor(
      async () => {
        const [audioStats] = (await audio.getStats()) as types.ProducerStat[];
        const [videoStats] = (await video.getStats()) as types.ProducerStat[];
        expect(audioStats?.packetCount).toBe(PICTURES);
        expect(videoStats?.packetCount).toBe(PICTURES * PACKETS_PER_PICTURE);
        expect(videoStats?.packetsLost).toBe(0);
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(sender!.stats.videoPackets).toBe(PICTURES * PACKETS_PER_PICTURE);
  });

  it('asks for a key frame when a viewer comes, and is heard', async () => {
    const before = keyFrameRequests;
    const viewer = await router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' }, rtcpMux: true });
    await viewer.connect({ ip: '127.0.0.1', port: 9 });
    await viewer.consume({ producerId: video.id, rtpCapabilities: router.rtpCapabilities });
    await vi.waitFor(() => expect(keyFrameRequests).toBeGreaterThan(before), { timeout: 20_000 });
    viewer.close();
  });

  it('sends again what mediasoup missed', async () => {
    const lost = new Set<number>();
    loses = (sequenceNumber) => {
      if (sequenceNumber % 10 !== 0 || lost.has(sequenceNumber)) return false;
      lost.add(sequenceNumber);
      return true;
    };
    for (let index = 0; index < PICTURES; index++) {
      sender!.sendVideo(picture(false), (100 + index) * 960, false);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    loses = () => false;
    sender!.sendVideo(picture(false), 200 * 960, false);
    await vi.waitFor(() => expect(sender!.stats.retransmitted).toBeGreaterThanOrEqual(lost.size), { timeout: 20_000 });
    expect(lost.size).toBeGreaterThan(10);
    await vi.waitFor(
      async () => {
        const [stats] = (await video.getStats()) as types.ProducerStat[];
        expect(stats?.packetsRepaired).toBe(lost.size);
        expect(stats?.packetsLost).toBe(0);
      },
      { timeout: 20_000, interval: 200 },
    );
  });

  it('is told in reception reports which sender report was heard, and that packets never arrived', async () => {
    loses = (sequenceNumber) => sequenceNumber % 2 === 0;
    const sent = new Set<number>();
    await vi.waitFor(
      () => {
        const sample = (300 + sent.size * 10) * 960;
        sender!.sendReports(sample);
        sent.add(middleOfNtp(startWallClockMs + sample / 48));
        sender!.sendVideo(picture(false), sample, false);
        expect(reported?.fractionLost).toBeGreaterThan(0.2);
        expect(reported?.packetsLost).toBeGreaterThan(0);
        expect(sent).toContain(reported?.lastSenderReport);
      },
      { timeout: 20_000, interval: 300 },
    );
    loses = () => false;
    expect(sender!.stats.fractionLost).toBe(reported?.fractionLost);
    const [stats] = (await video.getStats()) as types.ProducerStat[];
    expect(stats?.packetsLost).toBeGreaterThan(0);
  });
});

/** The middle 32 bits of the NTP time (RFC 3550, 6.4.1) of wall-clock milliseconds since 1970. */
function middleOfNtp(wallClockMs: number): number {
  const since1900Ms = wallClockMs + 2_208_988_800_000;
  return Math.floor(((since1900Ms % (1000 * 2 ** 16)) / 1000) * 2 ** 16);
}
