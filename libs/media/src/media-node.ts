import { setTimeout as sleep } from 'node:timers/promises';
import type { types } from 'mediasoup';
import { announcedFor } from './listen-address.ts';
import { isMediaError, MediaError } from './media.errors.ts';
import type { IngestInfo, MediaLoad, MediaNode, MediaNodeConfig, MediaNodeEvents, OpenSessionRequest, PatchResult, ViewerAnswer } from './media-node.types.ts';
import { MediaWorker } from './media-worker.ts';
import { MediaSession } from './session.ts';

/**
 * Starts the mediasoup workers and gives the node that owns them. Needs nothing else: no HTTP, no database, no framework.
 * @throws Error if a worker cannot start or its port is taken
 */
export async function createMediaNode(config: MediaNodeConfig, events: MediaNodeEvents = {}): Promise<MediaNode> {
  const node = new Node(config, events);
  await node.start();
  return node;
}

class Node implements MediaNode {
  readonly #config: MediaNodeConfig;
  readonly #events: Required<MediaNodeEvents>;
  readonly #announcedAddress: string;
  readonly #ingestListenInfo: types.TransportListenInfo;
  /** By index; a hole is a worker that died and isn't back yet. */
  readonly #workers: (MediaWorker | undefined)[] = [];
  readonly #sessions = new Map<string, MediaSession>();
  readonly #opening = new Set<string>();
  #closed = false;

  constructor(config: MediaNodeConfig, events: MediaNodeEvents) {
    if (!Number.isInteger(config.workers) || config.workers < 1) throw new RangeError('workers must be a whole number of at least 1');
    this.#config = config;
    this.#events = guarded(events);
    this.#announcedAddress = announcedFor(config.listenIp, config.announcedAddress);
    this.#ingestListenInfo = ingestListenInfo(config, this.#announcedAddress);
  }

  async start(): Promise<void> {
    try {
      // One after another: free ports are looked for by trying.
      for (let index = 0; index < this.#config.workers; index += 1) await this.#startWorker(index, this.#portOf(index));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  get iceServers() {
    return this.#config.iceServers ?? [];
  }

  async openSession(request: OpenSessionRequest): Promise<IngestInfo> {
    const { sessionId, epoch, video } = request;
    if (this.#sessions.has(sessionId) || this.#opening.has(sessionId)) throw new MediaError('session_exists', `Session ${sessionId} is already open here.`);
    const worker = this.#leastLoaded();
    this.#opening.add(sessionId);
    try {
      const session = await MediaSession.open({
        sessionId,
        epoch,
        videoCodec: video.codec,
        worker,
        ingestListenInfo: this.#ingestListenInfo,
        keyFrameIntervalMs: this.#config.keyFrameIntervalMs ?? 500,
        viewerConnectTimeoutMs: this.#config.viewerConnectTimeoutMs ?? 30_000,
        maxViewers: this.#config.maxViewersPerSession ?? 100,
        events: this.#events,
      });
      if (!worker.alive || this.#closed) {
        session.close('session_closed');
        throw new MediaError('node_unavailable', 'The media worker went away.');
      }
      this.#sessions.set(sessionId, session);
      return session.ingestInfo;
    } finally {
      this.#opening.delete(sessionId);
    }
  }

  async replaceIngest(sessionId: string, epoch: number): Promise<IngestInfo> {
    return this.#on(sessionId, (session) => session.replaceIngest(epoch));
  }

  async answerViewer(sessionId: string, offerSdp: string): Promise<ViewerAnswer> {
    return this.#on(sessionId, (session) => session.answerViewer(offerSdp));
  }

  async patchViewer(sessionId: string, viewerId: string, sdpFragment: string, ifMatch?: string): Promise<PatchResult> {
    return this.#on(sessionId, (session) => session.patchViewer(viewerId, sdpFragment, ifMatch));
  }

  async closeViewer(sessionId: string, viewerId: string): Promise<boolean> {
    return this.#sessions.get(sessionId)?.closeViewer(viewerId) ?? false;
  }

  async closeSession(sessionId: string): Promise<{ audioPackets: number } | null> {
    const session = this.#sessions.get(sessionId);
    if (!session) return null;
    this.#sessions.delete(sessionId);
    const audioPackets = await session.readAudioPackets();
    session.close('session_closed');
    return { audioPackets };
  }

  async requestKeyFrame(sessionId: string): Promise<void> {
    await this.#on(sessionId, (session) => session.requestKeyFrame());
  }

  async audioPacketCount(sessionId: string): Promise<number> {
    return this.#session(sessionId).readAudioPackets();
  }

  async audioPacketCounts(): Promise<Record<string, number>> {
    const sessions = [...this.#sessions.values()];
    await Promise.all(sessions.map((session) => session.readAudioPackets()));
    return Object.fromEntries(sessions.map((session) => [session.id, session.audioPackets]));
  }

  async ingestAlive(sessionId: string): Promise<boolean> {
    return this.#session(sessionId).ingestAlive();
  }

  viewerCount(sessionId: string): number {
    return this.#session(sessionId).connectedViewers;
  }

  async load(): Promise<MediaLoad> {
    const workers = this.#runningWorkers();
    const loads = await Promise.allSettled(workers.map((worker) => worker.load(this.#countsOf(worker))));
    return {
      sessions: this.#sessions.size,
      viewers: [...this.#sessions.values()].reduce((sum, session) => sum + session.connectedViewers, 0),
      workers: loads.flatMap((load) => (load.status === 'fulfilled' ? [load.value] : [])),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const session of this.#sessions.values()) session.close('session_closed');
    this.#sessions.clear();
    for (const worker of this.#workers) worker?.close();
    this.#workers.length = 0;
  }

  #session(sessionId: string): MediaSession {
    const session = this.#sessions.get(sessionId);
    if (!session) throw new MediaError('session_not_found', `Session ${sessionId} is not open on this media node.`);
    return session;
  }

  /** What mediasoup throws because its worker died under the call means that the session is gone. */
  async #on<T>(sessionId: string, task: (session: MediaSession) => Promise<T>): Promise<T> {
    const session = this.#session(sessionId);
    try {
      return await task(session);
    } catch (error) {
      if (isMediaError(error) || session.worker.alive) throw error;
      throw new MediaError('session_not_found', `Session ${sessionId} was lost with its media worker.`);
    }
  }

  #portOf(index: number): number {
    return this.#config.mediaPort === 0 ? 0 : this.#config.mediaPort + index;
  }

  #runningWorkers(): MediaWorker[] {
    return this.#workers.filter((worker) => worker !== undefined);
  }

  #countsOf(worker: MediaWorker): { sessions: number; viewers: number } {
    const sessions = [...this.#sessions.values()].filter((session) => session.worker === worker);
    return { sessions: sessions.length, viewers: sessions.reduce((sum, session) => sum + session.connectedViewers, 0) };
  }

  /** What a worker does is copy packets: once in per session, once out per viewer. */
  #leastLoaded(): MediaWorker {
    const [least] = this.#runningWorkers()
      .map((worker) => ({ worker, counts: this.#countsOf(worker) }))
      .sort((a, b) => a.counts.sessions + a.counts.viewers - (b.counts.sessions + b.counts.viewers));
    if (this.#closed || !least) throw new MediaError('node_unavailable', 'No media worker is running.');
    return least.worker;
  }

  async #startWorker(index: number, port: number): Promise<void> {
    const { workerBin, listenIp } = this.#config;
    const worker = await MediaWorker.start({ index, workerBin, listenIp, announcedAddress: this.#announcedAddress, port });
    if (this.#closed) return worker.close();
    this.#workers[index] = worker;
    worker.onDied((error) => this.#workerDied(worker, error));
  }

  #workerDied(worker: MediaWorker, error: Error): void {
    this.#workers[worker.index] = undefined;
    this.#events.onWorkerDied({ index: worker.index, error: error.message });
    for (const session of [...this.#sessions.values()].filter((each) => each.worker === worker)) {
      this.#sessions.delete(session.id);
      session.close('session_lost');
      this.#events.onSessionLost(session.id, { epoch: session.epoch, audioPackets: session.audioPackets });
    }
    void this.#replaceWorker(worker.index, worker.port);
  }

  /** On the port the dead one had, as firewalls and port mappings name it. */
  async #replaceWorker(index: number, port: number): Promise<void> {
    for (let waitMs = 100; !this.#closed; waitMs = Math.min(waitMs * 2, 5000)) {
      try {
        return await this.#startWorker(index, port);
      } catch (error) {
        this.#events.onWorkerDied({ index, error: `no replacement yet: ${String(error)}` });
        await sleep(waitMs, undefined, { ref: false });
      }
    }
  }
}

function ingestListenInfo(config: MediaNodeConfig, announcedAddress: string): types.TransportListenInfo {
  const ip = config.ingest?.listenIp ?? config.listenIp;
  const announced = config.ingest ? announcedFor(ip, config.ingest.announcedAddress) : announcedAddress;
  return {
    protocol: 'udp',
    ip,
    ...(announced === ip ? {} : { announcedAddress: announced }),
    ...(config.ingest?.portRange ? { portRange: config.ingest.portRange } : {}),
    recvBufferSize: 1_048_576,
  };
}

/** A listener that throws must not end a mediasoup callback half-way. */
function guarded(events: MediaNodeEvents): Required<MediaNodeEvents> {
  const call = <A extends unknown[]>(listener: ((...args: A) => void) | undefined) => (...args: A) => {
    try {
      listener?.(...args);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
  return {
    onSessionLost: call(events.onSessionLost?.bind(events)),
    onFirstFrame: call(events.onFirstFrame?.bind(events)),
    onViewerCount: call(events.onViewerCount?.bind(events)),
    onViewerClosed: call(events.onViewerClosed?.bind(events)),
    onWorkerDied: call(events.onWorkerDied?.bind(events)),
  };
}
