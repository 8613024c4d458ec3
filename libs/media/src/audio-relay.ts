import type { types } from 'mediasoup';
import ortc from 'mediasoup/ortc';

/** Two pipe transports of one router, joined: what leaves by the one comes in by the other. */
export interface RelayLoop {
  out: types.PipeTransport;
  into: types.PipeTransport;
}

export async function openRelayLoop(router: types.Router): Promise<RelayLoop> {
  const listenInfo = { protocol: 'udp', ip: '127.0.0.1', recvBufferSize: 4_194_304 } as const;
  const [out, into] = await Promise.all([router.createPipeTransport({ listenInfo }), router.createPipeTransport({ listenInfo })]);
  await Promise.all([
    out.connect({ ip: into.tuple.localAddress, port: into.tuple.localPort }),
    into.connect({ ip: out.tuple.localAddress, port: out.tuple.localPort }),
  ]);
  return { out, into };
}

/**
 * One audio producer for a session's whole life, fed by the ingest of the current epoch, so that viewers hear one RTP stream throughout.
 *
 * Pictures need no such thing: a browser drops the old stream when another takes its place. Sound streams it keeps, and Chromium then goes on steering the
 * pictures by the first one it had, which is silent: after a change of workers, lips and voice would drift apart for good. The detour costs mediasoup
 * under 1 ms of CPU per second and session.
 */
export class AudioRelay {
  readonly producer: types.Producer;
  readonly #loop: RelayLoop;
  #source: types.Consumer;

  private constructor(loop: RelayLoop, source: types.Consumer, producer: types.Producer) {
    this.#loop = loop;
    this.#source = source;
    this.producer = producer;
  }

  static async open(loop: RelayLoop, ingestAudio: types.Producer): Promise<AudioRelay> {
    const source = await loop.out.consume({ producerId: ingestAudio.id });
    try {
      return new AudioRelay(loop, source, await loop.into.produce({ kind: 'audio', rtpParameters: source.rtpParameters }));
    } catch (error) {
      source.close();
      throw error;
    }
  }

  /** From now on what this ingest sends. Consumers have to be paused and resumed once, to number on from where they are. */
  async switchTo(ingestAudio: types.Producer): Promise<void> {
    const ssrc = ssrcOf(this.#source);
    this.#source.close();
    this.#source = await consumeAs(ssrc, this.#loop.out, ingestAudio.id);
    if (ssrcOf(this.#source) !== ssrc) throw new Error('this mediasoup chooses SSRCs in another way: see AudioRelay');
  }

  close(): void {
    this.#source.close();
    this.producer.close();
  }
}

function ssrcOf(consumer: types.Consumer): number {
  return consumer.rtpParameters.encodings?.[0]?.ssrc ?? 0;
}

/**
 * mediasoup gives each consumer a random SSRC and has no option for another. It computes the parameters before its first await, so the exported function
 * that does it is exchanged for just this call.
 */
function consumeAs(ssrc: number, transport: types.PipeTransport, producerId: string): Promise<types.Consumer> {
  const original = ortc.getPipeConsumerRtpParameters;
  ortc.getPipeConsumerRtpParameters = (options) => {
    const parameters = original(options);
    return { ...parameters, encodings: [{ ...parameters.encodings?.[0], ssrc }] };
  };
  try {
    return transport.consume({ producerId });
  } finally {
    ortc.getPipeConsumerRtpParameters = original;
  }
}
