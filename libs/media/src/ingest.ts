import { randomBytes, randomInt } from 'node:crypto';
import type { types } from 'mediasoup';
import type { IngestInfo, VideoCodec } from './media-node.types.ts';
import { homeMapping, videoMimeType, videoParameters } from './payload-mapping.ts';
import type { RouterLease } from './router-pool.ts';

export interface IngestOptions {
  sessionId: string;
  epoch: number;
  videoCodec: VideoCodec;
  home: RouterLease;
  listenInfo: types.TransportListenInfo;
  keyFrameIntervalMs: number;
}

const srtpSuite = 'AEAD_AES_128_GCM';
/** Key and salt of AEAD_AES_128_GCM (RFC 7714). */
const srtpKeyBytes = 28;

/** The way in for one epoch of a session: a PlainTransport that only takes packets protected with this epoch's key, and its two producers. */
export class Ingest {
  readonly info: IngestInfo;
  readonly audio: types.Producer;
  readonly video: types.Producer;
  readonly #transport: types.PlainTransport;
  #audioPackets = 0;

  private constructor(info: IngestInfo, transport: types.PlainTransport, audio: types.Producer, video: types.Producer) {
    this.info = info;
    this.audio = audio;
    this.video = video;
    this.#transport = transport;
  }

  static async open(options: IngestOptions): Promise<Ingest> {
    const transport = await options.home.router.createPlainTransport({
      listenInfo: options.listenInfo,
      rtcpMux: true,
      comedia: true,
      enableSrtp: true,
      srtpCryptoSuite: srtpSuite,
    });
    try {
      const sendKey = randomBytes(srtpKeyBytes).toString('base64');
      await transport.connect({ srtpParameters: { cryptoSuite: srtpSuite, keyBase64: sendKey } });
      const info = ingestInfo(options, transport, sendKey);
      const [audio, video] = await Promise.all([transport.produce(audioOptions(info)), transport.produce(videoOptions(info, options.keyFrameIntervalMs))]);
      return new Ingest(info, transport, audio, video);
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  /** Audio packets as last read: what arrived once and in good order. Repeated packets fail the replay check before they are counted. */
  get audioPackets(): number {
    return this.#audioPackets;
  }

  /** Reads the count anew; on a transport that is gone the last reading stands. */
  async readAudioPackets(): Promise<number> {
    try {
      const stats = await this.audio.getStats();
      const received = stats.reduce((sum, stream) => sum + stream.packetCount, 0);
      this.#audioPackets = Math.max(this.#audioPackets, received);
    } catch {
      // The producer closed meanwhile, or its worker died.
    }
    return this.#audioPackets;
  }

  /** Whether audio arrived within mediasoup's rate window, 2.5 s. */
  async isAlive(): Promise<boolean> {
    try {
      return (await this.audio.getStats()).some(({ bitrate }) => bitrate > 0);
    } catch {
      return false;
    }
  }

  close(): void {
    this.#transport.close();
  }
}

function ingestInfo(options: IngestOptions, transport: types.PlainTransport, sendKey: string): IngestInfo {
  const mapping = homeMapping(options.videoCodec);
  const ssrc = randomInt(1, 0x7fff_ffff);
  return {
    sessionId: options.sessionId,
    epoch: options.epoch,
    address: transport.tuple.localAddress,
    port: transport.tuple.localPort,
    srtpSuite,
    sendKey,
    receiveKey: transport.srtpParameters?.keyBase64 ?? '',
    cname: randomBytes(12).toString('base64url'),
    audio: { codec: 'opus', ssrc, payloadType: mapping.audioPayloadType, clockRateHz: 48_000 },
    video: { codec: options.videoCodec, ssrc: ssrc + 1, payloadType: mapping.videoPayloadType, clockRateHz: 90_000 },
  };
}

function audioOptions(info: IngestInfo): types.ProducerOptions {
  const codec = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: info.audio.payloadType, parameters: {}, rtcpFeedback: [] };
  return { kind: 'audio', rtpParameters: rtpParameters(info, info.audio.ssrc, codec) };
}

function videoOptions(info: IngestInfo, keyFrameRequestDelay: number): types.ProducerOptions {
  const codec = {
    mimeType: videoMimeType(info.video.codec),
    clockRate: 90_000,
    payloadType: info.video.payloadType,
    parameters: videoParameters(info.video.codec),
    // Only what the sender answers.
    rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
  };
  return { kind: 'video', keyFrameRequestDelay, rtpParameters: rtpParameters(info, info.video.ssrc, codec) };
}

function rtpParameters(info: IngestInfo, ssrc: number, codec: types.RtpCodecParameters): types.RtpParameters {
  return { codecs: [codec], headerExtensions: [], encodings: [{ ssrc }], rtcp: { cname: info.cname, reducedSize: true } };
}
