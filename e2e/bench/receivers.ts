// A process of viewers that receive and don't decode: ICE, DTLS and SRTP by werift, in JavaScript, and then only counting. Started by load.ts.
import { RTCPeerConnection, RTCRtpCodecParameters } from 'werift';

export type ReceiverOrder = { type: 'watch'; id: string; whepUrl: string; token: string } | { type: 'drop' } | { type: 'begin' } | { type: 'read' };

export interface ReceivedVideo {
  frames: number;
  /** Pictures that came more than 40 ms after the schedule of their own time stamps, and by how much the worst. */
  late: number;
  maxLateMs: number;
  /** Pictures that the time stamps say are missing. */
  missing: number;
  packets: number;
}
export type ReceiverAnswer = { type: 'playing'; id: string } | { type: 'failed'; id: string; detail: string } | { type: 'figures'; viewers: ReceivedVideo[]; cpuMs: number } | { type: 'dropped' };

const LATE_MS = 40;
const FRAME_TICKS = 3600;
const VIDEO_PAYLOAD_TYPE = 108;

class Receiver {
  readonly #connection: RTCPeerConnection;
  #figures: ReceivedVideo = { frames: 0, late: 0, maxLateMs: 0, missing: 0, packets: 0 };
  #lastTimestamp: number | undefined;
  #earliestMs = Infinity;

  constructor() {
    this.#connection = new RTCPeerConnection({
      codecs: {
        audio: [new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 111 })],
        video: [
          new RTCRtpCodecParameters({
            mimeType: 'video/H264',
            clockRate: 90_000,
            payloadType: VIDEO_PAYLOAD_TYPE,
            parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
          }),
        ],
      },
      bundlePolicy: 'max-bundle',
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
      iceInterfaceAddresses: { udp4: '127.0.0.1' },
    });
  }

  async watch(whepUrl: string, token: string): Promise<void> {
    this.#connection.addTransceiver('audio', { direction: 'recvonly' });
    this.#connection.addTransceiver('video', { direction: 'recvonly' });
    const offer = await this.#connection.createOffer();
    // Not awaited: it waits 5 s for a STUN server on the internet, and the media node, being ICE-lite, needs no candidates of ours.
    void this.#connection.setLocalDescription(offer);
    const headers = { 'content-type': 'application/sdp', authorization: `Bearer ${token}` };
    const response = await fetch(whepUrl, { method: 'POST', headers, body: offer.sdp });
    const sdp = await response.text();
    if (response.status !== 201) throw new Error(`WHEP answered ${response.status}: ${sdp}`);
    await this.#connection.setRemoteDescription({ type: 'answer', sdp });
    // Straight from the transport: the answer names no SSRCs, without which werift would not hand packets to its tracks.
    const [transport] = this.#connection.dtlsTransports;
    await new Promise<void>((resolve) => {
      transport!.onRtp.subscribe(({ header }) => {
        if (header.payloadType !== VIDEO_PAYLOAD_TYPE) return;
        this.#take(header.timestamp);
        resolve();
      });
    });
  }

  begin(): void {
    this.#figures = { frames: 0, late: 0, maxLateMs: 0, missing: 0, packets: 0 };
    this.#lastTimestamp = undefined;
  }

  get figures(): ReceivedVideo {
    return this.#figures;
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** A picture counts by its first packet. The earliest one ever stands for no delay at all. */
  #take(timestamp: number): void {
    const figures = this.#figures;
    figures.packets++;
    if (timestamp === this.#lastTimestamp) return;
    const sinceStartMs = this.#unwrapped(timestamp) / 90;
    const delayMs = performance.now() - sinceStartMs;
    this.#earliestMs = Math.min(this.#earliestMs, delayMs);
    const lateMs = delayMs - this.#earliestMs;
    if (this.#lastTimestamp !== undefined) {
      figures.frames++;
      figures.missing += Math.max(0, Math.round(((timestamp - this.#lastTimestamp) >>> 0) / FRAME_TICKS) - 1);
      if (lateMs > LATE_MS) figures.late++;
      figures.maxLateMs = Math.max(figures.maxLateMs, lateMs);
    }
    this.#lastTimestamp = timestamp;
  }

  #first: number | undefined;
  #unwrapped(timestamp: number): number {
    this.#first ??= timestamp;
    return (timestamp - this.#first) >>> 0;
  }
}

const receivers = new Map<string, Receiver>();
const answer = (message: ReceiverAnswer): void => void process.send?.(message);

process.on('message', (order: ReceiverOrder) => {
  if (order.type === 'watch') {
    const receiver = new Receiver();
    receivers.set(order.id, receiver);
    receiver.watch(order.whepUrl, order.token).then(
      () => answer({ type: 'playing', id: order.id }),
      (error: unknown) => answer({ type: 'failed', id: order.id, detail: String(error) }),
    );
  } else if (order.type === 'begin') for (const receiver of receivers.values()) receiver.begin();
  else if (order.type === 'read') {
    const { user, system } = process.cpuUsage();
    answer({ type: 'figures', viewers: [...receivers.values()].map(({ figures }) => figures), cpuMs: (user + system) / 1000 });
  } else {
    void Promise.allSettled([...receivers.values()].map((receiver) => receiver.close())).then(() => {
      receivers.clear();
      answer({ type: 'dropped' });
    });
  }
});
process.on('disconnect', () => process.exit(0));
