import { Worker } from 'node:worker_threads';
import type { LoadOptions } from '@visavis/engine';
import { emptyRtpStats, type RtpSenderStats } from '@visavis/rtp';
import type { InferenceConnection, InferenceService } from '@visavis/viseme-net';
import type { CreatedMediaSession, CreateMediaSessionOptions } from '../create-media-session.ts';
import type { IdleLoopOptions } from '../idle-loop/encode-idle-loop.ts';
import { DEFAULT_MAX_BITRATE } from '../media-session.ts';
import { emptyStats, type MediaSessionStats } from '../media-stats.ts';
import type { SpeakOptions } from '../speech-line.ts';
import { AvatarThreads, type LoadedHandle } from './avatar-threads.ts';
import { IdleLoops, type LoopedAvatar, type LoopStore } from './idle-loops.ts';
import { SessionLoad } from './session-load.ts';
import { createSpeechRelay, type SpeechRelay } from './speech-relay.ts';
import { stopThread } from './stop-thread.ts';
import { warmUpSpeech } from './warm-up.ts';
import type { FromThread, PipelineThreadData, SessionOrder, ToThread } from './thread-messages.ts';

/** An avatar in memory: one copy, whatever the number of threads and sessions. */
export interface PooledAvatar {
  /** Its idle loops included, which come by and by. */
  readonly memoryBytes: number;
  close(): void;
}

export interface AvatarBundle {
  engine: string;
  bundle: Uint8Array;
  /** Of `bundle`, lower-case hex. */
  bundleSha256: string;
  /** What its sessions will have. */
  usual: LoadOptions;
}

export type PooledSessionOptions = Omit<CreateMediaSessionOptions, 'avatar'> & { avatar: PooledAvatar };

export interface PipelinePoolOptions {
  /** The pipeline threads' program: one that calls `hostPipelineThread`. */
  threadUrl: URL;
  threads: number;
  /** The program of the threads that load avatars and encode idle loops: one that calls `hostAvatarThread`. */
  avatarThreadUrl: URL;
  /** What the engines of all threads share; can be sent by message. */
  engineMemory?: unknown;
  /** Keeps idle loops between runs. */
  loopStore?: LoopStore;
  /** Runs the lip sync network for all threads; closed with the pool. */
  inference?: InferenceService;
  /** A thread died and is replaced; its sessions have failed. */
  onThreadLost(error: Error): void;
  /** An idle loop was not made: its sessions draw all pictures. */
  onLoopError?(error: Error): void;
}

interface Avatar {
  engine: string;
  usual: LoadOptions;
  loaded: LoadedHandle;
  looped: LoopedAvatar;
  adopting: Set<Thread>;
  leaving: Set<Thread> | undefined;
  settle: { resolve(): void; reject(error: Error): void };
  failure?: string;
}

interface Session {
  thread: Thread;
  load: SessionLoad;
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
  /** The loops that it has. */
  loops: Set<number>;
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
  private readonly avatarThreads: AvatarThreads;
  private readonly loops: IdleLoops;
  private readonly loopNumbers = new WeakMap<SharedArrayBuffer, number>();
  private nextNumber = 1;
  private threadsStarted = 0;
  private closed = false;

  constructor(options: PipelinePoolOptions) {
    this.options = options;
    // Speech is decoded here, not in the threads. Should it fail, the first utterance will say so.
    warmUpSpeech().catch(() => undefined);
    const { avatarThreadUrl, engineMemory, onThreadLost, onLoopError, loopStore } = options;
    this.avatarThreads = new AvatarThreads({ threadUrl: avatarThreadUrl, engineMemory, onThreadLost });
    this.loops = new IdleLoops(loopStore, (error) => this.closed || onLoopError?.(error));
    for (let index = 0; index < Math.max(1, options.threads); index++) this.threads.push(this.startThread());
  }

  /** Loads a bundle once for all threads. @throws Error when the engine refuses it. */
  async loadAvatar({ engine, bundle, bundleSha256, usual }: AvatarBundle): Promise<PooledAvatar> {
    const loaded = await this.avatarThreads.load(engine, bundle, usual);
    const number = this.nextNumber++;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const looped: LoopedAvatar = { bundleSha256, encode: (options, stored) => this.avatarThreads.loop(engine, loaded.handle, options, stored) };
    this.avatars.set(number, { engine, usual, loaded, looped, adopting: new Set(this.threads), leaving: undefined, settle: { resolve, reject } });
    for (const thread of this.threads) tell(thread, { type: 'adopt', avatar: number, engine, handle: loaded.handle, usual });
    try {
      await promise;
    } catch (error) {
      this.unload(number);
      throw error;
    }
    const { loops } = this;
    const pooled: PooledAvatar = {
      get memoryBytes() {
        return loaded.memoryBytes + loops.bytesOf(looped);
      },
      close: () => this.unload(number),
    };
    this.avatarNumbers.set(pooled, number);
    return pooled;
  }

  /** As `createMediaSession`, in the thread with the least to do. */
  async createMediaSession(options: PooledSessionOptions): Promise<CreatedMediaSession> {
    const avatar = this.avatarNumbers.get(options.avatar);
    if (avatar === undefined || this.closed) throw new Error('the avatar is not of this pool, or the pool is closed');
    const thread = this.leastLoaded();
    const number = this.nextNumber++;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const session: Session = {
      thread,
      load: new SessionLoad(options, performance.now()),
      options,
      stats: emptyStats(),
      rtpStats: emptyRtpStats(),
      settle: { resolve, reject },
      opened: false,
      closed: false,
      speeches: new Map(),
    };
    this.sessions.set(number, session);
    const { looped } = this.avatars.get(avatar)!;
    const buffer = this.loops.peek(looped, loopOptionsOf(options));
    const loop = buffer && this.giveLoop(thread, avatar, buffer);
    tell(thread, { type: 'open', session: number, avatar, loop, order: orderOf(options) });
    try {
      await promise;
    } catch (error) {
      this.forget(number);
      throw error;
    }
    session.opened = true;
    if (loop === undefined) void this.giveLoopLater(number, session, avatar, looped);
    return {
      stats: session.stats,
      rtpStats: session.rtpStats,
      speak: (speech) => this.speak(number, session, speech),
      interrupt: () => tellOpen(session, { type: 'interrupt', session: number }),
      act: (cue) => tellOpen(session, { type: 'act', session: number, cue }),
      requestKeyFrame: () => tellOpen(session, { type: 'key frame', session: number }),
      close: ({ handOver = false } = {}) => {
        tellOpen(session, { type: 'close', session: number, handOver });
        session.closed = true;
      },
    };
  }

  /** What resting sessions leave of their places, in pixels a second. */
  get sparePixelRate(): number {
    const nowMs = performance.now();
    let spare = 0;
    for (const { load } of this.sessions.values()) spare += load.spare(nowMs);
    return spare;
  }

  /**
   * Ends all threads; unfinished sessions just stop. Wait for it before ending the process: a thread that is killed inside FFmpeg takes
   * the process with it.
   */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.all([...this.threads.map(({ worker }) => stopThread(worker)), this.avatarThreads.close()]);
    await this.options.inference?.close();
  }

  private leastLoaded(): Thread {
    const loads = new Map<Thread, number>(this.threads.map((thread) => [thread, 0]));
    for (const { thread, load } of this.sessions.values()) loads.set(thread, (loads.get(thread) ?? 0) + load.now);
    return this.threads.reduce((least, candidate) => (loads.get(candidate)! < loads.get(least)! ? candidate : least));
  }

  /** The session sends its avatar's idle loop as soon as it is there. */
  private async giveLoopLater(number: number, session: Session, avatar: number, looped: LoopedAvatar): Promise<void> {
    const buffer = await this.loops.get(looped, loopOptionsOf(session.options));
    if (buffer === undefined || session.closed || this.closed) return;
    tell(session.thread, { type: 'use loop', session: number, loop: this.giveLoop(session.thread, avatar, buffer) });
  }

  /** The loop's number, by which the thread knows it from now on. */
  private giveLoop(thread: Thread, avatar: number, buffer: SharedArrayBuffer): number {
    const loop = this.loopNumbers.get(buffer) ?? this.nextNumber++;
    this.loopNumbers.set(buffer, loop);
    if (!thread.loops.has(loop)) tell(thread, { type: 'loop', loop, avatar, buffer });
    thread.loops.add(loop);
    return loop;
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
    const worker = new Worker(this.options.threadUrl, {
      workerData: { inference, engineMemory: this.options.engineMemory } satisfies PipelineThreadData,
      name: `pipeline ${++this.threadsStarted}`,
    });
    const thread: Thread = { worker, inference, loops: new Set() };
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
      this.hasLeft(number, avatar, dead);
      if (avatar.leaving !== undefined) continue;
      if (avatar.adopting.delete(dead)) avatar.adopting.add(thread);
      tell(thread, { type: 'adopt', avatar: number, engine: avatar.engine, handle: avatar.loaded.handle, usual: avatar.usual });
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
      case 'adopted':
      case 'not adopted': {
        const avatar = this.avatars.get(message.avatar);
        if (avatar === undefined) return;
        avatar.adopting.delete(thread);
        if (message.type === 'not adopted') avatar.failure = message.message;
        if (avatar.adopting.size > 0) return;
        if (avatar.failure === undefined) avatar.settle.resolve();
        else avatar.settle.reject(new Error(avatar.failure));
        return;
      }
      case 'unloaded': {
        const avatar = this.avatars.get(message.avatar);
        if (avatar !== undefined) this.hasLeft(message.avatar, avatar, thread);
        return;
      }
      case 'opened':
        this.sessions.get(message.session)?.settle.resolve();
        return;
      case 'not opened':
        this.sessions.get(message.session)?.settle.reject(new Error(message.message));
        return;
      case 'event': {
        const session = this.sessions.get(message.session);
        session?.load.note(message.event, performance.now());
        session?.options.onEvent(message.event);
        return;
      }
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
    for (const [speech, relay] of session.speeches) {
      relay.drop();
      this.speechSessions.delete(speech);
    }
    session.speeches.clear();
  }

  /** Its memory is shared: it is freed when the last thread has let go of it. */
  private unload(number: number): void {
    const avatar = this.avatars.get(number);
    if (avatar === undefined || avatar.leaving !== undefined) return;
    this.loops.forget(avatar.looped);
    avatar.leaving = new Set(this.threads);
    for (const thread of this.threads) tell(thread, { type: 'unload', avatar: number });
  }

  private hasLeft(number: number, avatar: Avatar, thread: Thread): void {
    if (!avatar.leaving?.delete(thread) || avatar.leaving.size > 0) return;
    this.avatars.delete(number);
    avatar.loaded.unload();
  }
}

function tell({ worker }: Thread, message: ToThread): void {
  worker.postMessage(message);
}

function tellOpen(session: Session, message: ToThread): void {
  if (!session.closed) tell(session.thread, message);
}

function orderOf(options: PooledSessionOptions): SessionOrder {
  const { width, height, fps, codec, maxBitrate, seed, background, ingest } = options;
  return { width, height, fps, codec, maxBitrate, seed, background, ingest };
}

function loopOptionsOf({ width, height, fps, codec, maxBitrate = DEFAULT_MAX_BITRATE, background }: PooledSessionOptions): IdleLoopOptions {
  return { width, height, fps, codec, maxBitrate, background };
}
