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

export interface ProducerPair {
  audio: types.Producer;
  video: types.Producer;
}

const srtpSuite = 'AEAD_AES_128_GCM';
/** Key and salt of AEAD_AES_128_GCM (RFC 7714). */
const srtpKeyBytes = 28;

/**
 * The way in for one epoch of a session: a PlainTransport that only takes packets protected with this epoch's key, and its two producers. Viewers in
 * routers with other payload types get the producers through a pipe, one per router, closed with the last of those viewers.
 */
export class Ingest {
  readonly info: IngestInfo;
  readonly #transport: types.PlainTransport;
  readonly #producers: ProducerPair;
  readonly #home: RouterLease;
  readonly #pipes = new Map<string, Promise<ProducerPair>>();
  #audioPackets = 0;

  private constructor(info: IngestInfo, transport: types.PlainTransport, producers: ProducerPair, home: RouterLease) {
    this.info = info;
    this.#transport = transport;
    this.#producers = producers;
    this.#home = home;
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
      return new Ingest(info, transport, { audio, video }, options.home);
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
      const stats = await this.#producers.audio.getStats();
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
      return (await this.#producers.audio.getStats()).some(({ bitrate }) => bitrate > 0);
    } catch {
      return false;
    }
  }

  /** The producers as seen in a viewer's router. */
  producersIn(lease: RouterLease): Promise<ProducerPair> {
    if (lease.key === this.#home.key) return Promise.resolve(this.#producers);
    const known = this.#pipes.get(lease.key);
    if (known) return known;
    const pipe = this.#pipeTo(lease.router);
    this.#pipes.set(lease.key, pipe);
    pipe.catch(() => this.#pipes.delete(lease.key));
    return pipe;
  }

  /** Ends the pipe to a router in which the session has no viewer left. */
  closePipe(routerKey: string): void {
    const pipe = this.#pipes.get(routerKey);
    this.#pipes.delete(routerKey);
    void pipe?.then(closePair, () => undefined);
  }

  close(): void {
    this.#transport.close();
    this.#pipes.clear();
  }

  async #pipeTo(router: types.Router): Promise<ProducerPair> {
    // keepId must be false between routers of one worker, where producer ids are unique. Buffers: key frames of many sessions can meet on this socket.
    const options = { router, keepId: false, enableSctp: false, listenInfo: { protocol: 'udp', ip: '127.0.0.1', recvBufferSize: 4_194_304 } } as const;
    const [audio, video] = await Promise.all([
      this.#home.router.pipeToRouter({ ...options, producerId: this.#producers.audio.id }),
      this.#home.router.pipeToRouter({ ...options, producerId: this.#producers.video.id }),
    ]);
    if (!audio.pipeProducer || !video.pipeProducer) throw new Error('mediasoup piped no producer');
    return { audio: audio.pipeProducer, video: video.pipeProducer };
  }
}

function closePair(pair: ProducerPair): void {
  pair.audio.close();
  pair.video.close();
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
