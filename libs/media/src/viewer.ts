import type { types } from 'mediasoup';
import { etagMatches, buildRestartFragment, iceEtag, readIceFragment } from './ice-fragment.ts';
import { MediaError } from './media.errors.ts';
import type { PatchResult, ViewerAnswer, ViewerCloseReason } from './media-node.types.ts';
import type { PlayPlan } from './play-plan.ts';
import type { RouterLease } from './router-pool.ts';
import { buildWhepAnswer, viewerDtlsRole, type AnswerTransport } from './whep-answer.ts';
import type { WhepOffer } from './whep-offer.ts';

/** No ICE consent check from the viewer for this long means it is gone; it may still come back by an ICE restart until the connect timeout. */
const iceConsentTimeoutSeconds = 15;

export interface ViewerOptions {
  viewerId: string;
  offer: WhepOffer;
  plan: PlayPlan;
  lease: RouterLease;
  capabilities: types.RtpCapabilities;
  webRtcServer: types.WebRtcServer;
  connectTimeoutMs: number;
}

export interface ViewerEvents {
  /** Connected or no longer. */
  connection(): void;
  firstFrame(): void;
  closed(reason: ViewerCloseReason): void;
}

/** One WHEP player: a WebRTC transport that lives as long as the player, and two consumers that are exchanged whenever the session's ingest is. */
export class Viewer {
  readonly id: string;
  readonly lease: RouterLease;
  readonly #options: ViewerOptions;
  readonly #transport: types.WebRtcTransport;
  readonly #events: ViewerEvents;
  #audio: types.Consumer | undefined;
  #video: types.Consumer | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #remoteUfrag: string;
  #sawKeyFrame = false;
  #closed = false;

  private constructor(options: ViewerOptions, transport: types.WebRtcTransport, events: ViewerEvents) {
    this.id = options.viewerId;
    this.lease = options.lease;
    this.#options = options;
    this.#transport = transport;
    this.#events = events;
    this.#remoteUfrag = options.offer.ice.ufrag;
    this.#watchConnection();
  }

  static async open(options: ViewerOptions, events: ViewerEvents): Promise<Viewer> {
    const transport = await options.lease.router.createWebRtcTransport({
      webRtcServer: options.webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      iceConsentTimeout: iceConsentTimeoutSeconds,
    });
    try {
      const { offer } = options;
      const fingerprint = offer.dtls.fingerprints.find(({ algorithm }) => algorithm === 'sha-256') ?? offer.dtls.fingerprints[0];
      if (!fingerprint) throw new MediaError('sdp_unsupported', 'The offer has no a=fingerprint.');
      await transport.connect({ dtlsParameters: { role: viewerDtlsRole(offer), fingerprints: [fingerprint] } });
      return new Viewer(options, transport, events);
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  get connected(): boolean {
    const { dtlsState, iceState } = this.#transport;
    return !this.#closed && dtlsState === 'connected' && (iceState === 'connected' || iceState === 'completed');
  }

  answer(streamId: string): ViewerAnswer {
    const { plan, offer } = this.#options;
    const ufrag = this.#transport.iceParameters.usernameFragment;
    return {
      viewerId: this.id,
      answerSdp: buildWhepAnswer(offer, plan, this.#answerTransport(), streamId),
      iceUfrag: ufrag,
      etag: iceEtag(ufrag),
      accepted: { audio: plan.audio !== undefined, video: plan.video !== undefined },
    };
  }

  /**
   * Plays these producers from now on. mediasoup asks for a key frame by itself, at once on a connected transport and else when it connects. The payload
   * types stay as they were, which is all the browser goes by.
   */
  async play(audio: types.Producer, video: types.Producer): Promise<void> {
    const { plan } = this.#options;
    await Promise.all([plan.audio ? this.#playAudio(audio) : undefined, plan.video ? this.#playVideo(video) : undefined]);
  }

  async requestKeyFrame(): Promise<boolean> {
    if (!this.#video || this.#video.closed || !this.connected) return false;
    await this.#video.requestKeyFrame();
    return true;
  }

  async patch(sdpFragment: string, ifMatch: string | undefined): Promise<PatchResult> {
    const fragment = readIceFragment(sdpFragment);
    if (!etagMatches(ifMatch, iceEtag(this.#transport.iceParameters.usernameFragment))) {
      throw new MediaError('precondition_failed', 'If-Match names an ICE session that is over.');
    }
    // The same fragment as before means candidates of the running ICE session, another one a restart.
    if (fragment.ufrag === undefined || fragment.ufrag === this.#remoteUfrag) return { kind: 'trickle' };
    const iceParameters = await this.#transport.restartIce();
    this.#remoteUfrag = fragment.ufrag;
    const { plan, offer } = this.#options;
    const sections = offer.sections.filter((section) => section === plan.audio?.section || section === plan.video?.section);
    const transport = { ...this.#answerTransport(), iceParameters };
    return { kind: 'restart', fragment: buildRestartFragment(sections, transport), etag: iceEtag(iceParameters.usernameFragment) };
  }

  close(reason: ViewerCloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#connectTimer);
    this.#transport.close();
    this.lease.release();
    this.#events.closed(reason);
  }

  #answerTransport(): AnswerTransport {
    const { iceParameters, iceCandidates, dtlsParameters } = this.#transport;
    const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
    if (!fingerprint) throw new MediaError('node_unavailable', 'The media worker has no SHA-256 fingerprint.');
    return { iceParameters, iceCandidates, fingerprint };
  }

  async #playAudio(producer: types.Producer): Promise<void> {
    if (this.#audio?.producerId !== producer.id) {
      this.#audio?.close();
      this.#audio = await this.#consume(producer, false);
      return;
    }
    // Same stream, other source: a resumed consumer numbers on where it stopped, whatever numbers come in.
    await this.#audio.pause();
    await this.#audio.resume();
  }

  async #playVideo(producer: types.Producer): Promise<void> {
    this.#video?.close();
    // Paused until it is watched, so that the first key frame cannot slip by. A consumer on an unconnected transport sends, and traces, nothing.
    const consumer = await this.#consume(producer, !this.#sawKeyFrame);
    this.#video = consumer;
    if (!consumer.paused) return;
    consumer.on('trace', ({ type }) => {
      if (type !== 'keyframe' || this.#sawKeyFrame) return;
      this.#sawKeyFrame = true;
      consumer.enableTraceEvent([]).catch(() => undefined);
      this.#events.firstFrame();
    });
    await consumer.enableTraceEvent(['keyframe']);
    await consumer.resume();
  }

  #consume(producer: types.Producer, paused: boolean): Promise<types.Consumer> {
    return this.#transport.consume({ producerId: producer.id, rtpCapabilities: this.#options.capabilities, paused });
  }

  #watchConnection(): void {
    this.#startConnectTimer('connect_timeout');
    const transport = this.#transport;
    const changed = () => {
      if (this.#closed) return;
      if (this.connected) clearTimeout(this.#connectTimer);
      this.#events.connection();
    };
    transport.on('dtlsstatechange', (state) => {
      if (state === 'failed') this.close('failed');
      else if (state === 'closed') this.close('disconnected');
      else changed();
    });
    transport.on('icestatechange', (state) => {
      if (state === 'closed') return this.close('disconnected');
      if (state === 'disconnected') this.#startConnectTimer('disconnected');
      changed();
    });
  }

  #startConnectTimer(reason: ViewerCloseReason): void {
    clearTimeout(this.#connectTimer);
    this.#connectTimer = setTimeout(() => this.close(reason), this.#options.connectTimeoutMs);
    this.#connectTimer.unref();
  }
}
