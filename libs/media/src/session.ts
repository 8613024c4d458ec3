import { randomUUID } from 'node:crypto';
import type { types } from 'mediasoup';
import { AudioRelay } from './audio-relay.ts';
import { Ingest } from './ingest.ts';
import { MediaError } from './media.errors.ts';
import type { IngestInfo, MediaNodeEvents, PatchResult, VideoCodec, ViewerAnswer, ViewerCloseReason } from './media-node.types.ts';
import type { MediaWorker } from './media-worker.ts';
import { homeMapping, viewerCapabilities, viewerMapping } from './payload-mapping.ts';
import { planPlayback } from './play-plan.ts';
import { ProducerPipes } from './producer-pipes.ts';
import type { RouterLease } from './router-pool.ts';
import { SerialQueue } from './serial-queue.ts';
import { Viewer } from './viewer.ts';
import { readWhepOffer } from './whep-offer.ts';

export interface SessionOptions {
  sessionId: string;
  epoch: number;
  videoCodec: VideoCodec;
  worker: MediaWorker;
  ingestListenInfo: types.TransportListenInfo;
  keyFrameIntervalMs: number;
  viewerConnectTimeoutMs: number;
  maxViewers: number;
  events: Required<MediaNodeEvents>;
}

/** One session's media: the ingest of its current epoch, the one sound stream made of all epochs, and the viewers; all on one mediasoup worker. */
export class MediaSession {
  readonly id: string;
  readonly worker: MediaWorker;
  readonly #options: SessionOptions;
  readonly #home: RouterLease;
  readonly #pipes: ProducerPipes;
  readonly #audio: AudioRelay;
  readonly #viewers = new Map<string, Viewer>();
  /** Joining and moving viewers exclude one another, or a viewer could be left on an ingest that is gone. */
  readonly #moves = new SerialQueue();
  #ingest: Ingest;
  #retiredAudioPackets = 0;
  #lastViewerCount = 0;
  #joining = 0;
  #closed = false;

  private constructor(options: SessionOptions, home: RouterLease, ingest: Ingest, audio: AudioRelay) {
    this.id = options.sessionId;
    this.worker = options.worker;
    this.#options = options;
    this.#home = home;
    this.#pipes = new ProducerPipes(home);
    this.#audio = audio;
    this.#ingest = ingest;
  }

  static async open(options: SessionOptions): Promise<MediaSession> {
    const home = await options.worker.routers.lease(homeMapping(options.videoCodec));
    let ingest: Ingest | undefined;
    try {
      const [loop, opened] = await Promise.all([home.relayLoop(), openIngest(options, home, options.epoch)]);
      ingest = opened;
      return new MediaSession(options, home, ingest, await AudioRelay.open(loop, ingest.audio));
    } catch (error) {
      ingest?.close();
      home.release();
      throw error;
    }
  }

  get ingestInfo(): IngestInfo {
    return this.#ingest.info;
  }

  get epoch(): number {
    return this.#ingest.info.epoch;
  }

  ingestAlive(): Promise<boolean> {
    return this.#ingest.isAlive();
  }

  get connectedViewers(): number {
    return [...this.#viewers.values()].filter(({ connected }) => connected).length;
  }

  /** Over all epochs, as last read. */
  get audioPackets(): number {
    return this.#retiredAudioPackets + this.#ingest.audioPackets;
  }

  async readAudioPackets(): Promise<number> {
    await this.#ingest.readAudioPackets();
    return this.audioPackets;
  }

  replaceIngest(epoch: number): Promise<IngestInfo> {
    return this.#moves.run(async () => {
      this.#assertOpen();
      if (epoch <= this.epoch) throw new MediaError('stale_epoch', `Epoch ${epoch} is over: the session is at ${this.epoch}.`);
      const next = await openIngest(this.#options, this.#home, epoch);
      const previous = this.#ingest;
      // From here on the old epoch counts for nothing more, even if its worker still sends.
      const retired = await previous.readAudioPackets();
      if (this.#closed) {
        next.close();
        throw notOpen(this.id);
      }
      this.#retiredAudioPackets += retired;
      this.#ingest = next;
      await this.#audio.switchTo(next.audio);
      await Promise.all([...this.#viewers.values()].map((viewer) => this.#move(viewer)));
      previous.close();
      return next.info;
    });
  }

  async answerViewer(offerSdp: string): Promise<ViewerAnswer> {
    this.#assertOpen();
    const offer = readWhepOffer(offerSdp);
    const { videoCodec, maxViewers, worker } = this.#options;
    const plan = planPlayback(offer, videoCodec);
    if (this.#viewers.size + this.#joining >= maxViewers) throw new MediaError('too_many_viewers', `The session already has ${maxViewers} viewers.`);
    const mapping = viewerMapping(videoCodec, { audio: plan.audio?.codec.payloadType, video: plan.video?.codec.payloadType });
    this.#joining += 1;
    try {
      const lease = await worker.routers.lease(mapping);
      const viewerId = randomUUID();
      const viewer = await Viewer.open(
        {
          viewerId,
          offer,
          plan,
          lease,
          capabilities: viewerCapabilities(mapping, plan.video?.codec.feedback ?? []),
          webRtcServer: worker.webRtcServer,
          connectTimeoutMs: this.#options.viewerConnectTimeoutMs,
        },
        {
          connection: () => this.#reportViewerCount(),
          firstFrame: () => this.#options.events.onFirstFrame(this.id, viewerId),
          closed: (reason) => this.#viewerClosed(viewer, reason),
        },
      ).catch((error: unknown) => {
        lease.release();
        throw error;
      });
      if (this.#closed) viewer.close('session_closed');
      this.#assertOpen();
      this.#viewers.set(viewerId, viewer);
      try {
        await this.#moves.run(() => this.#play(viewer));
      } catch (error) {
        viewer.close('failed');
        throw this.#closed ? notOpen(this.id) : error;
      }
      return viewer.answer(this.id);
    } finally {
      this.#joining -= 1;
    }
  }

  async patchViewer(viewerId: string, sdpFragment: string, ifMatch: string | undefined): Promise<PatchResult> {
    const viewer = this.#viewers.get(viewerId);
    if (!viewer) throw new MediaError('viewer_not_found', 'There is no such viewer, or it is gone.');
    return viewer.patch(sdpFragment, ifMatch);
  }

  closeViewer(viewerId: string): boolean {
    const viewer = this.#viewers.get(viewerId);
    viewer?.close('closed');
    return viewer !== undefined;
  }

  /** Asks for a key frame on behalf of the first viewer that could show one; without any there is nobody to need it. */
  async requestKeyFrame(): Promise<void> {
    for (const viewer of this.#viewers.values()) {
      if (await viewer.requestKeyFrame()) return;
    }
  }

  close(reason: 'session_closed' | 'session_lost'): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const viewer of [...this.#viewers.values()]) viewer.close(reason);
    this.#audio.close();
    this.#ingest.close();
    this.#home.release();
  }

  #assertOpen(): void {
    if (this.#closed) throw notOpen(this.id);
  }

  async #play(viewer: Viewer): Promise<void> {
    const { lease } = viewer;
    const [audio, video] = await Promise.all([this.#pipes.in(lease, this.#audio.producer), this.#pipes.in(lease, this.#ingest.video)]);
    await viewer.play(audio, video);
  }

  /** A viewer that cannot be moved is dropped rather than left frozen: its player sees the connection end and can ask again. */
  async #move(viewer: Viewer): Promise<void> {
    try {
      await this.#play(viewer);
    } catch {
      viewer.close('failed');
    }
  }

  #viewerClosed(viewer: Viewer, reason: ViewerCloseReason): void {
    this.#viewers.delete(viewer.id);
    const routerInUse = [...this.#viewers.values()].some(({ lease }) => lease.key === viewer.lease.key);
    if (!routerInUse) this.#pipes.closeRouter(viewer.lease.key);
    this.#options.events.onViewerClosed(this.id, viewer.id, reason);
    this.#reportViewerCount();
  }

  #reportViewerCount(): void {
    const count = this.connectedViewers;
    if (count === this.#lastViewerCount) return;
    this.#lastViewerCount = count;
    this.#options.events.onViewerCount(this.id, count);
  }
}

function openIngest(options: SessionOptions, home: RouterLease, epoch: number): Promise<Ingest> {
  const { sessionId, videoCodec, ingestListenInfo: listenInfo, keyFrameIntervalMs } = options;
  return Ingest.open({ sessionId, epoch, videoCodec, home, listenInfo, keyFrameIntervalMs });
}

function notOpen(sessionId: string): MediaError {
  return new MediaError('session_not_found', `Session ${sessionId} is not open on this media node.`);
}
