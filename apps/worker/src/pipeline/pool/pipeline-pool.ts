import { type RtpSenderStats } from '@visavis/rtp';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { InferenceConnection, InferenceService } from '@visavis/viseme-net';
import type { CreatedMediaSession, CreateMediaSessionOptions } from '../create-media-session.ts';
import { emptyStats, type MediaSessionStats } from '../media-stats.ts';
import type { SpeakOptions } from '../speech-line.ts';
import { createSpeechRelay, type SpeechRelay } from './speech-relay.ts';
import { warmUpSpeech } from './warm-up.ts';
import type { FromThread, PipelineThreadData, SessionOrder, ToThread } from './thread-messages.ts';

/** An avatar in the memory of every thread of a pool. */
export interface PooledAvatar {
  readonly memoryBytes: number;
  close(): void;
}

export type PooledSessionOptions = Omit<CreateMediaSessionOptions, 'avatar'> & { avatar: PooledAvatar };

export interface PipelinePoolOptions {
  /** The thread's program: one that calls `hostPipelineThread`. */
  threadUrl: URL;
  threads: number;
  /** Runs the lip sync network for all threads; closed with the pool. */
  inference?: InferenceService;
  /** A thread died and is replaced; its sessions have failed. */
  onThreadLost(error: Error): void;
}

const STOP_TIMEOUT_MS = 3_000;

interface Avatar {
  engine: string;
  /** Shared, not copied, between the threads. */
  bundle: Uint8Array;
  memoryBytes: number;
  loading: Set<Thread>;
  settle: { resolve(): void; reject(error: Error): void };
  failure?: string;
}

interface Session {
  thread: Thread;
  weight: number;
  options: PooledSessionOptions;
  stats: MediaSessionStats;
  rtpStats: RtpSenderStats;
  settle: { resolve(): void; reject(error: Error): void };
  opened: boolean;
  closed: boolean;
  speeches: Map<number, SpeechRelay>;
}

interface Thread {
  worker: Worker;
  inference: InferenceConnection | undefined;
  weight: number;
}

/**
 * Media sessions in threads: rendering and encoding use all cores, and nothing that the main thread does delays a packet. Has the same
 * face as `createMediaSession`; sources of speech are read in the main thread.
 */
export class PipelinePool {
  private readonly options: PipelinePoolOptions;
  private readonly threads: Thread[] = [];
  private readonly avatars = new Map<number, Avatar>();
  private readonly avatarNumbers = new WeakMap<PooledAvatar, number>();
  private readonly sessions = new Map<number, Session>();
  private readonly speechSessions = new Map<number, Session>();
  private nextNumber = 1;
  private closed = false;

  constructor(options: PipelinePoolOptions) {
    this.options = options;
    // Speech is decoded here, not in the threads. Should it fail, the first utterance will say so.
    warmUpSpeech().catch(() => undefined);
    for (let index = 0; index < Math.max(1, options.threads); index++) this.threads.push(this.startThread());
  }

  /** Loads a bundle in every thread. @throws Error when the engine refuses it. */
  async loadAvatar(engine: string, bundle: Uint8Array): Promise<PooledAvatar> {
    const shared = new Uint8Array(new SharedArrayBuffer(bundle.length));
    shared.set(bundle);
    const number = this.nextNumber++;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const avatar: Avatar = { engine, bundle: shared, memoryBytes: 0, loading: new Set(this.threads), settle: { resolve, reject } };
    this.avatars.set(number, avatar);
    for (const thread of this.threads) tell(thread, { type: 'load', avatar: number, engine, bundle: shared });
    try {
      await promise;
    } catch (error) {
      this.unload(number);
      throw error;
    }
    const pooled: PooledAvatar = { memoryBytes: avatar.memoryBytes + bundle.length, close: () => this.unload(number) };
    this.avatarNumbers.set(pooled, number);
    return pooled;
  }

  /** As `createMediaSession`, in the thread with the least to do. */
  async createMediaSession(options: PooledSessionOptions): Promise<CreatedMediaSession> {
    const avatar = this.avatarNumbers.get(options.avatar);
    if (avatar === undefined || this.closed) throw new Error('the avatar is not of this pool, or the pool is closed');
    const thread = this.threads.reduce((least, candidate) => (candidate.weight < least.weight ? candidate : least));
    const number = this.nextNumber++;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const session: Session = {
      thread,
      weight: options.width * options.height * options.fps,
      options,
      stats: emptyStats(),
      rtpStats: emptyRtpStats(),
      settle: { resolve, reject },
      opened: false,
      closed: false,
      speeches: new Map(),
    };
    thread.weight += session.weight;
    this.sessions.set(number, session);
    tell(thread, { type: 'open', session: number, avatar, order: orderOf(options) });
    try {
      await promise;
    } catch (error) {
      this.forget(number);
      throw error;
    }
    session.opened = true;
    return {
      stats: session.stats,
      rtpStats: session.rtpStats,
      speak: (speech) => this.speak(number, session, speech),
      interrupt: () => tellOpen(session, { type: 'interrupt', session: number }),
      requestKeyFrame: () => tellOpen(session, { type: 'key frame', session: number }),
      close: ({ handOver = false } = {}) => {
        tellOpen(session, { type: 'close', session: number, handOver });
        session.closed = true;
      },
    };
  }

  /**
   * Ends all threads; unfinished sessions just stop. Wait for it before ending the process: a thread that is killed inside FFmpeg takes
   * the process with it.
   */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.all(this.threads.map(stopThread));
    await this.options.inference?.close();
  }

  private speak(number: number, session: Session, { utteranceId, source, startAtMs = 0, visemes = false }: SpeakOptions): void {
    if (session.closed) return;
    const speech = this.nextNumber++;
    const forget = (): void => {
      session.speeches.delete(speech);
      this.speechSessions.delete(speech);
    };
    const relay = createSpeechRelay(source, {
      // A piece may be a view of a larger buffer that its maker still uses: copied, not moved.
      give: (piece) => tell(session.thread, { type: 'piece', speech, piece }),
      end: (failure) => {
        forget();
        tell(session.thread, { type: 'end of speech', speech, failure });
      },
    });
    session.speeches.set(speech, relay);
    this.speechSessions.set(speech, session);
    tell(session.thread, { type: 'speak', session: number, speech, utteranceId, startAtMs, visemes });
  }

  private startThread(): Thread {
    const inference = this.options.inference?.connect();
    const worker = new Worker(this.options.threadUrl, { workerData: { inference } satisfies PipelineThreadData });
    const thread: Thread = { worker, inference, weight: 0 };
    worker.on('message', (message: FromThread) => this.handle(thread, message));
    worker.on('error', (error) => this.replace(thread, error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => this.replace(thread, new Error(`a pipeline thread ended with ${code}`)));
    return thread;
  }

  /** A dead thread's sessions have failed; a new one gets its avatars. */
  private replace(dead: Thread, error: Error): void {
    const index = this.threads.indexOf(dead);
    if (index < 0 || this.closed) return;
    if (dead.inference) this.options.inference?.disconnect(dead.inference);
    const thread = this.startThread();
    this.threads[index] = thread;
    for (const [number, avatar] of this.avatars) {
      if (avatar.loading.delete(dead)) avatar.loading.add(thread);
      tell(thread, { type: 'load', avatar: number, engine: avatar.engine, bundle: avatar.bundle });
    }
    for (const [number, session] of this.sessions) {
      if (session.thread !== dead) continue;
      this.forget(number);
      if (session.opened) session.options.onEvent({ type: 'failed', error });
      else session.settle.reject(error);
    }
    this.options.onThreadLost(error);
  }

  private handle(thread: Thread, message: FromThread): void {
    switch (message.type) {
      case 'loaded':
      case 'not loaded': {
        const avatar = this.avatars.get(message.avatar);
        if (avatar === undefined) return;
        avatar.loading.delete(thread);
        if (message.type === 'loaded') avatar.memoryBytes += message.memoryBytes;
        else avatar.failure = message.message;
        if (avatar.loading.size > 0) return;
        if (avatar.failure === undefined) avatar.settle.resolve();
        else avatar.settle.reject(new Error(avatar.failure));
        return;
      }
      case 'opened':
        this.sessions.get(message.session)?.settle.resolve();
        return;
      case 'not opened':
        this.sessions.get(message.session)?.settle.reject(new Error(message.message));
        return;
      case 'event':
        this.sessions.get(message.session)?.options.onEvent(message.event);
        return;
      case 'network error':
        this.sessions.get(message.session)?.options.onNetworkError?.(new Error(message.message));
        return;
      case 'stats': {
        const session = this.sessions.get(message.session);
        if (session === undefined) return;
        Object.assign(session.stats, message.stats);
        Object.assign(session.rtpStats, message.rtpStats);
        return;
      }
      case 'closed':
        this.forget(message.session);
        return;
      case 'pull':
        this.speechSessions.get(message.speech)?.speeches.get(message.speech)?.pull();
        return;
      case 'drop': {
        const session = this.speechSessions.get(message.speech);
        session?.speeches.get(message.speech)?.drop();
        session?.speeches.delete(message.speech);
        this.speechSessions.delete(message.speech);
      }
    }
  }

  private forget(number: number): void {
    const session = this.sessions.get(number);
    if (session === undefined) return;
    this.sessions.delete(number);
    session.closed = true;
    session.thread.weight -= session.weight;
    for (const [speech, relay] of session.speeches) {
      relay.drop();
      this.speechSessions.delete(speech);
    }
    session.speeches.clear();
  }

  private unload(number: number): void {
    this.avatars.delete(number);
    for (const thread of this.threads) tell(thread, { type: 'unload', avatar: number });
  }
}

async function stopThread(thread: Thread): Promise<void> {
  const ended = once(thread.worker, 'exit');
  tell(thread, { type: 'stop' });
  await Promise.race([ended, setTimeout(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  await thread.worker.terminate();
}

function tell({ worker }: Thread, message: ToThread): void {
  worker.postMessage(message);
}

function tellOpen(session: Session, message: ToThread): void {
  if (!session.closed) tell(session.thread, message);
}

function orderOf(options: PooledSessionOptions): SessionOrder {
  const { width, height, fps, codec, maxBitrate, seed, ingest } = options;
  return { width, height, fps, codec, maxBitrate, seed, ingest };
}

function emptyRtpStats(): RtpSenderStats {
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
