/**
 * Real: the whole pipeline in real time with its encoders and sockets, a mediasoup worker that decrypts, relays and asks for key frames,
 * and decoders at the end. Not real: the engine (a gradient), the viewer (a socket that takes plain RTP).
 */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createOpusDecoder, createVideoDecoder } from '@visavis/codec';
import { createH264Depacketizer, createVp8Depacketizer } from '@visavis/rtp';
import { createWorker, type types } from 'mediasoup';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMediaSession, type CreatedMediaSession, type PipelineEvent } from './index.ts';
import { DEFAULT_MAX_BITRATE, VIDEO_HOLD_MS } from './media-session.ts';
import { createGradientAvatar } from './testing/gradient-avatar.ts';
import { idleLoopOf } from './testing/session-rig.ts';
import { tone } from './testing/speech.ts';

const binary = process.env['MEDIASOUP_WORKER_BIN'];
const available = binary !== undefined && existsSync(binary);
if (!available) console.warn('SKIPPED: set MEDIASOUP_WORKER_BIN to a mediasoup worker to test against it');

const h264Parameters = { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 };
const codecs = {
  h264: { mimeType: 'video/H264', parameters: h264Parameters, payloadType: 102, depacketizer: createH264Depacketizer },
  vp8: { mimeType: 'video/VP8', parameters: {}, payloadType: 96, depacketizer: createVp8Depacketizer },
} as const;

interface Received {
  pictures: { timestamp: number; data: Uint8Array; atMs: number }[];
  sound: { timestamp: number; data: Uint8Array; atMs: number }[];
  /** NTP milliseconds and RTP timestamp of each sender report, by SSRC. */
  reports: Map<number, { ntpMs: number; timestamp: number }[]>;
  audioSsrc: number;
  videoSsrc: number;
}

describe.skipIf(!available)('a live session through mediasoup', () => {
  let worker: types.Worker;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    worker = await createWorker({ logLevel: 'warn' });
  });
  afterAll(() => {
    worker.close();
    sockets.forEach((socket) => socket.close());
  });

  async function open(codec: 'h264' | 'vp8', looped = false): Promise<{ session: CreatedMediaSession; events: PipelineEvent[]; received: Received; videoConsumer: types.Consumer }> {
    const video = codecs[codec];
    const router = await worker.createRouter({
      mediaCodecs: [
        { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: 111 },
        { kind: 'video', mimeType: video.mimeType, clockRate: 90_000, parameters: video.parameters, preferredPayloadType: video.payloadType },
      ],
    });
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      rtcpMux: true,
      comedia: true,
      enableSrtp: true,
      srtpCryptoSuite: 'AEAD_AES_128_GCM',
    });
    const sendKey = randomBytes(28).toString('base64');
    await transport.connect({ srtpParameters: { cryptoSuite: 'AEAD_AES_128_GCM', keyBase64: sendKey } });
    const audioProducer = await transport.produce({
      kind: 'audio',
      rtpParameters: { codecs: [{ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 111 }], encodings: [{ ssrc: 5001 }], rtcp: { cname: 'x' } },
    });
    const videoProducer = await transport.produce({
      kind: 'video',
      rtpParameters: {
        codecs: [
          { mimeType: video.mimeType, clockRate: 90_000, payloadType: video.payloadType, parameters: video.parameters, rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }] },
        ],
        encodings: [{ ssrc: 5002 }],
        rtcp: { cname: 'x' },
      },
    });
    const viewer = await router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' }, rtcpMux: true });
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'listening');
    await viewer.connect({ ip: '127.0.0.1', port: socket.address().port });
    const audioConsumer = await viewer.consume({ producerId: audioProducer.id, rtpCapabilities: router.rtpCapabilities });
    const videoConsumer = await viewer.consume({ producerId: videoProducer.id, rtpCapabilities: router.rtpCapabilities });
    const received: Received = {
      pictures: [],
      sound: [],
      reports: new Map(),
      audioSsrc: audioConsumer.rtpParameters.encodings![0]!.ssrc!,
      videoSsrc: videoConsumer.rtpParameters.encodings![0]!.ssrc!,
    };
    const depacketizer = video.depacketizer();
    socket.on('message', (packet) => {
      if (packet[1]! >= 192 && packet[1]! <= 223) return keepReports(packet, received);
      const [ssrc, timestamp, atMs] = [packet.readUInt32BE(8), packet.readUInt32BE(4), performance.now()];
      if (ssrc === received.audioSsrc) received.sound.push({ timestamp, data: rtpPayload(packet), atMs });
      // mediasoup also probes the bandwidth, with packets of a stream of its own.
      else if (ssrc === received.videoSsrc) {
        const data = depacketizer.push(rtpPayload(packet), packet[1]! >= 0x80);
        if (data !== undefined) received.pictures.push({ timestamp, data, atMs });
      }
    });
    const events: PipelineEvent[] = [];
    const avatar = createGradientAvatar();
    const format = { width: 256, height: 256, fps: 25, codec };
    const session = await createMediaSession({
      avatar,
      ...format,
      seed: 1,
      ...(looped && { idleLoop: idleLoopOf(avatar, { ...format, maxBitrate: DEFAULT_MAX_BITRATE }) }),
      onEvent: (event) => events.push(event),
      ingest: {
        address: '127.0.0.1',
        port: transport.tuple.localPort,
        sendKey,
        receiveKey: transport.srtpParameters!.keyBase64,
        audio: { ssrc: 5001, payloadType: 111 },
        video: { ssrc: 5002, payloadType: video.payloadType },
        cname: 'x',
      },
    });
    return { session, events, received, videoConsumer };
  }

  it.each(['h264', 'vp8'] as const)('%s: every picture and packet arrives and decodes, speech is heard, requests are answered', async (codec) => {
    const { session, events, received, videoConsumer } = await open(codec);
    await vi.waitFor(() => expect(received.sound.length).toBeGreaterThan(10), { timeout: 20_000 });
    session.speak({ utteranceId: 'u', source: tone(1500) });
    await vi.waitFor(() => expect(events.some(({ type }) => type === 'utterance.ended')).toBe(true), { timeout: 20_000 });
    const keyFrames = session.stats.keyFrames;
    await videoConsumer.requestKeyFrame();
    await vi.waitFor(() => expect(session.stats.keyFrames).toBeGreaterThan(keyFrames), { timeout: 20_000 });
    await vi.waitFor(() => expect(received.reports.get(received.videoSsrc)?.length ?? 0).toBeGreaterThan(0), { timeout: 20_000 });
    session.close();

    const ofSpeech = events.map(({ type }) => type).filter((type) => type !== 'sending');
    expect(ofSpeech).toEqual(['utterance.started', 'utterance.position', 'utterance.ended']);
    expect(events.length).toBe(4);
    const opus = createOpusDecoder();
    const loud = received.sound.filter(({ data }) => opus.decode(data).some((value) => Math.abs(value) > 0.3));
    expect(Math.abs(loud.length - 75)).toBeLessThanOrEqual(2);
    opus.close();
    const decoder = createVideoDecoder(codec);
    for (const { data } of received.pictures) expect(decoder.decode(data)).toMatchObject({ width: 256, height: 256 });
    decoder.close();
    const gaps = received.pictures.slice(1).map(({ timestamp }, index) => (timestamp - received.pictures[index]!.timestamp) >>> 0);
    expect(gaps.every((gap) => gap % 3600 === 0)).toBe(true);
    expect(session.rtpStats.retransmitMisses).toBe(0);
  });

  it.each(['h264', 'vp8'] as const)('%s: a viewer decodes the idle loop, what bridges to it, and speech, without a border', async (codec) => {
    const { session, events, received, videoConsumer } = await open(codec, true);
    await vi.waitFor(() => expect(session.stats.framesFromLoop).toBeGreaterThan(20), { timeout: 20_000 });
    const switches = session.stats.loopSwitches;
    await videoConsumer.requestKeyFrame();
    await vi.waitFor(() => expect(session.stats.loopSwitches).toBe(switches + 1), { timeout: 20_000 });
    session.speak({ utteranceId: 'u', source: tone(300) });
    await vi.waitFor(() => expect(session.stats.loopSwitches).toBe(switches + 2), { timeout: 20_000 });
    session.close();
    expect(events.filter(({ type }) => type === 'failed')).toEqual([]);
    // Grey at rest, coloured while it speaks.
    const decoder = createVideoDecoder(codec);
    const chroma = received.pictures.map(({ data }) => decoder.decode(data)!.data.subarray(256 * 256).reduce((sum, value) => sum + value, 0) / (256 * 128));
    decoder.close();
    expect(chroma.length).toBeGreaterThan(session.stats.framesSent - 5);
    const coloured = chroma.filter((value) => value > 140).length;
    // 300 ms of sound, and 200 until it is at rest again.
    expect(Math.abs(coloured - 13)).toBeLessThanOrEqual(3);
  });

  it('relates both streams to one clock: a picture and the sound of its instant carry the same time', async () => {
    const { session, received } = await open('h264');
    await vi.waitFor(
      () => {
        expect(received.reports.get(received.audioSsrc)?.length ?? 0).toBeGreaterThan(1);
        expect(received.reports.get(received.videoSsrc)?.length ?? 0).toBeGreaterThan(1);
      },
      { timeout: 30_000 },
    );
    session.close();
    const wallOf = (ssrc: number, timestamp: number, rateHz: number): number => {
      const report = received.reports.get(ssrc)!.at(-1)!;
      return report.ntpMs + (((timestamp - report.timestamp) | 0) * 1000) / rateHz;
    };
    // For each picture, the sound that left with it, by arrival; then by what the streams say: it is the sound of VIDEO_HOLD_MS later.
    const offsets = received.pictures.slice(5).map((picture) => {
      const arrival = received.sound.reduce((best, packet) => (Math.abs(packet.atMs - picture.atMs) < Math.abs(best.atMs - picture.atMs) ? packet : best));
      return wallOf(received.videoSsrc, picture.timestamp, 90_000) - wallOf(received.audioSsrc, arrival.timestamp, 48_000);
    });
    const median = offsets.sort((a, b) => a - b)[Math.floor(offsets.length / 2)]!;
    expect(Math.abs(median + VIDEO_HOLD_MS)).toBeLessThanOrEqual(20);
  });
});

function rtpPayload(packet: Buffer): Uint8Array {
  let offset = 12 + 4 * (packet[0]! & 0x0f);
  if ((packet[0]! & 0x10) !== 0) offset += 4 + 4 * packet.readUInt16BE(offset + 2);
  return packet.subarray(offset);
}

function keepReports(packet: Buffer, received: Received): void {
  for (let offset = 0; offset + 28 <= packet.length; offset += 4 * (packet.readUInt16BE(offset + 2) + 1)) {
    if (packet[offset + 1] !== 200) continue;
    const ssrc = packet.readUInt32BE(offset + 4);
    const ntpMs = packet.readUInt32BE(offset + 8) * 1000 + (packet.readUInt32BE(offset + 12) * 1000) / 2 ** 32;
    const list = received.reports.get(ssrc) ?? [];
    list.push({ ntpMs, timestamp: packet.readUInt32BE(offset + 16) });
    received.reports.set(ssrc, list);
  }
}
