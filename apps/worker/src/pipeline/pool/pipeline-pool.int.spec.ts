/** Real: threads, encoders, sockets, time. Not real: the engine (a gradient), the disk (a map) and the receiver (a socket that counts, or decodes). */
import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PipelineEvent } from '../pipeline-event.ts';
import { createPictureReceiver, type PictureReceiver } from '../testing/picture-receiver.ts';
import { tone } from '../testing/speech.ts';
import type { CreatedMediaSession } from '../create-media-session.ts';
import { PipelinePool, type AvatarBundle, type PooledAvatar, type PooledSessionOptions } from './pipeline-pool.ts';

const patience = { timeout: 30_000, interval: 20 };

describe('a pool of pipeline threads', () => {
  let pool: PipelinePool;
  let sink: Socket;
  let avatar: PooledAvatar;
  let packets: number;
  let lost: Error[];

  let stored: Map<string, Uint8Array>;

  function bundleOf(...bytes: number[]): AvatarBundle {
    const bundle = Uint8Array.from(bytes);
    return { engine: 'gradient', bundle, bundleSha256: createHash('sha256').update(bundle).digest('hex'), usual: { width: 128, height: 128 } };
  }

  beforeEach(async () => {
    packets = 0;
    stored = new Map();
    lost = [];
    sink = createSocket('udp4').bind(0, '127.0.0.1');
    sink.on('message', () => packets++);
    await once(sink, 'listening');
    pool = new PipelinePool({
      threadUrl: new URL('../testing/gradient-thread.ts', import.meta.url),
      threads: 2,
      avatarThreadUrl: new URL('../testing/gradient-avatar-thread.ts', import.meta.url),
      loopStore: {
        read: (name) => Promise.resolve(stored.get(name)),
        write: (name, bytes) => {
          stored.set(name, bytes);
          return Promise.resolve();
        },
      },
      onThreadLost: (error) => lost.push(error),
    });
    avatar = await pool.loadAvatar(bundleOf(1));
  });
  afterEach(async () => {
    await pool.close();
    sink.close();
  });

  function options(events: PipelineEvent[], chosen = avatar): PooledSessionOptions {
    const key = randomBytes(28).toString('base64');
    return {
      avatar: chosen,
      width: 128,
      height: 128,
      fps: 25,
      codec: 'h264',
      seed: 1,
      onEvent: (event) => events.push(event),
      ingest: {
        address: '127.0.0.1',
        port: sink.address().port,
        sendKey: key,
        receiveKey: key,
        audio: { ssrc: 1, payloadType: 111 },
        video: { ssrc: 2, payloadType: 102 },
        cname: 'x',
      },
    };
  }

  /** A thread ends that the pool didn't end. Between two calls: one that is killed inside native code would take this process with it. */
  const leave = (thread: Worker): void => thread.postMessage({ type: 'stop' });
  const typesOf = (events: PipelineEvent[]): string[] => events.map(({ type }) => type);

  it('runs sessions side by side, with speech from this thread, exact ends and stats', async () => {
    const logs = [0, 1, 2].map((): PipelineEvent[] => []);
    const sessions = await Promise.all(logs.map((events) => pool.createMediaSession(options(events))));
    sessions.forEach((session, index) => session.speak({ utteranceId: `u${index}`, source: index === 0 ? tone(700) : () => tone(700) }));
    await vi.waitFor(() => logs.forEach((events) => expect(typesOf(events)).toContain('utterance.ended')), patience);
    logs.forEach((events, index) => {
      const ofSpeech = events.filter(({ type }) => type !== 'sending');
      expect(typesOf(events)).toContain('sending');
      expect(ofSpeech).toEqual([
        { type: 'utterance.started', utteranceId: `u${index}` },
        { type: 'utterance.ended', utteranceId: `u${index}`, interrupted: false, playedMs: 700 },
      ]);
    });
    await vi.waitFor(() => expect(sessions[0]!.stats.framesSent).toBeGreaterThan(5), patience);
    expect(sessions[0]!.rtpStats.videoPackets).toBeGreaterThan(5);
    expect(packets).toBeGreaterThan(100);
    sessions.forEach((session) => session.close());
  });

  it('tells visemes of speech that asked for them', async () => {
    const events: PipelineEvent[] = [];
    const session = await pool.createMediaSession(options(events));
    session.speak({ utteranceId: 'u', source: tone(500), visemes: true });
    await vi.waitFor(() => expect(typesOf(events)).toContain('utterance.ended'), patience);
    const told = events.flatMap((event) => (event.type === 'utterance.visemes' ? event.visemes : []));
    expect(told.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(500);
    session.close();
  });

  it('interrupts: the source is closed here, and each utterance ends once', async () => {
    const events: PipelineEvent[] = [];
    const session = await pool.createMediaSession(options(events));
    let closed = 0;
    const source = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => closed++);
      return tone(60_000);
    };
    session.speak({ utteranceId: 'a', source });
    session.speak({ utteranceId: 'b', source });
    session.speak({ utteranceId: 'c', source: () => Promise.reject(new Error('never opened')) as never });
    await vi.waitFor(() => expect(typesOf(events)).toContain('utterance.started'), patience);
    session.interrupt();
    await vi.waitFor(() => expect(typesOf(events).filter((type) => type === 'utterance.ended').length).toBe(3), patience);
    expect(events.filter(({ type }) => type === 'utterance.ended')).toMatchObject(['a', 'b', 'c'].map((utteranceId) => ({ utteranceId, interrupted: true })));
    await vi.waitFor(() => expect(closed).toBe(2), patience);
    session.close();
  });

  it('carries the reason of a failed source over, and goes on', async () => {
    const events: PipelineEvent[] = [];
    const session = await pool.createMediaSession(options(events));
    const failing = async function* (): AsyncGenerator<Float32Array> {
      yield new Float32Array(9600).fill(0.2);
      throw Object.assign(new Error('Say less.'), { name: 'SpeechDecodeError', code: 'speech_too_long' });
    };
    session.speak({ utteranceId: 'a', source: failing });
    session.speak({ utteranceId: 'b', source: tone(100) });
    await vi.waitFor(() => expect(typesOf(events).filter((type) => type === 'utterance.ended').length).toBe(2), patience);
    expect(events.filter(({ type }) => type === 'utterance.ended')).toEqual([
      { type: 'utterance.ended', utteranceId: 'a', interrupted: false, playedMs: 200, error: { code: 'speech_too_long', detail: 'Say less.' } },
      { type: 'utterance.ended', utteranceId: 'b', interrupted: false, playedMs: 100 },
    ]);
    session.close();
  });

  it('ends what is unfinished when closed, and nothing when handed over', async () => {
    const logs = [0, 1].map((): PipelineEvent[] => []);
    const sessions = await Promise.all(logs.map((events) => pool.createMediaSession(options(events))));
    sessions.forEach((session) => session.speak({ utteranceId: 'a', source: tone(60_000) }));
    await vi.waitFor(() => logs.forEach((events) => expect(typesOf(events)).toContain('utterance.started')), patience);
    sessions[0]!.close();
    sessions[1]!.close({ handOver: true });
    await vi.waitFor(() => expect(typesOf(logs[0]!)).toContain('utterance.ended'), patience);
    expect(typesOf(logs[1]!)).not.toContain('utterance.ended');
    const seen = packets;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(packets - seen).toBeLessThanOrEqual(4);
  });

  it('refuses a damaged bundle, an unknown engine and an address that is none', async () => {
    await expect(pool.loadAvatar(bundleOf())).rejects.toThrow('empty bundle');
    await expect(pool.loadAvatar({ ...bundleOf(1), engine: 'other' })).rejects.toThrow('no engine other');
    const bad = options([]);
    bad.ingest.address = 'not an address';
    await expect(pool.createMediaSession(bad)).rejects.toThrow();
  });

  it('frees an avatar when the last thread has let go of it, also where one died meanwhile', async () => {
    const inside = pool as unknown as { avatars: Map<number, unknown>; threads: { worker: Worker }[] };
    const other = await pool.loadAvatar(bundleOf(2));
    expect(inside.avatars.size).toBe(2);
    avatar.close();
    avatar.close();
    await vi.waitFor(() => expect(inside.avatars.size).toBe(1), patience);
    leave(inside.threads[0]!.worker);
    other.close();
    await vi.waitFor(() => expect(inside.avatars.size).toBe(0), patience);
    avatar = await pool.loadAvatar(bundleOf(1));
    const events: PipelineEvent[] = [];
    const session = await pool.createMediaSession(options(events));
    await vi.waitFor(() => expect(typesOf(events)).toEqual(['sending']), patience);
    session.close();
  });

  it('reports a broken engine to its own session only', async () => {
    const [good, broken]: PipelineEvent[][] = [[], []];
    const session = await pool.createMediaSession(options(good!));
    await pool.createMediaSession(options(broken!, await pool.loadAvatar(bundleOf(13))));
    await vi.waitFor(() => expect(typesOf(broken!)).toEqual(['sending', 'failed']), patience);
    expect(typesOf(good!)).toEqual(['sending']);
    expect(lost).toEqual([]);
    session.close();
  });

  describe('with idle loops', () => {
    async function watch(changed: Partial<PooledSessionOptions> = {}): Promise<{ session: CreatedMediaSession; events: PipelineEvent[]; pictures: PictureReceiver; close(): void }> {
      const key = randomBytes(28);
      const socket = createSocket('udp4').bind(0, '127.0.0.1');
      await once(socket, 'listening');
      const pictures = createPictureReceiver(key, 2);
      socket.on('message', (packet) => pictures.receive(packet));
      const events: PipelineEvent[] = [];
      const chosen = { ...options(events), ...changed };
      Object.assign(chosen.ingest, { port: socket.address().port, sendKey: key.toString('base64'), receiveKey: key.toString('base64') });
      const session = await pool.createMediaSession(chosen);
      return {
        session,
        events,
        pictures,
        close() {
          session.close();
          socket.close();
          pictures.close();
        },
      };
    }

    it('encodes one for all sessions, keeps it, and viewers decode across every change', async () => {
      const before = avatar.memoryBytes;
      const watched = await Promise.all([watch(), watch(), watch()]);
      const [first] = watched;
      await vi.waitFor(() => watched.forEach(({ session }) => expect(session.stats.framesFromLoop).toBeGreaterThan(0)), patience);
      expect(stored.size).toBe(1);
      expect(avatar.memoryBytes - before).toBe([...stored.values()][0]!.length);
      first!.session.speak({ utteranceId: 'u', source: tone(500) });
      await vi.waitFor(() => expect(typesOf(first!.events)).toContain('utterance.ended'), patience);
      await vi.waitFor(() => expect(first!.session.stats.loopSwitches).toBe(2), patience);
      first!.session.act({ type: 'gesture', gesture: 'nod' });
      first!.session.requestKeyFrame();
      await vi.waitFor(() => expect(first!.session.stats.loopSwitches).toBe(3), patience);
      for (const { session, pictures } of watched) {
        // Counted once a second; every picture was decoded, or the receiver would have thrown.
        await vi.waitFor(() => expect(pictures.count).toBeGreaterThanOrEqual(session.stats.framesSent), patience);
      }
      watched.forEach(({ close }) => close());
    });

    it('sends pictures of twice the width for a transparent background, looped and live', async () => {
      const background = { type: 'transparent' } as const;
      const bundle = bundleOf(1);
      const transparent = await pool.loadAvatar({ ...bundle, usual: { ...bundle.usual, background } });
      const one = await watch({ avatar: transparent, background });
      await vi.waitFor(() => expect(one.pictures.newest).toMatchObject({ width: 256, height: 128 }), patience);
      await vi.waitFor(() => expect(one.session.stats.framesFromLoop).toBeGreaterThan(0), patience);
      const { count } = one.pictures;
      await vi.waitFor(() => expect(one.pictures.count).toBeGreaterThan(count), patience);
      expect(one.pictures.newest).toMatchObject({ width: 256, height: 128 });
      one.close();
    });

    it('takes one that was kept, without encoding it again', async () => {
      const one = await watch();
      await vi.waitFor(() => expect(one.session.stats.framesFromLoop).toBeGreaterThan(0), patience);
      one.close();
      avatar.close();
      const [kept] = [...stored.values()];
      avatar = await pool.loadAvatar(bundleOf(1));
      const two = await watch();
      await vi.waitFor(() => expect(two.session.stats.framesFromLoop).toBeGreaterThan(0), patience);
      two.close();
      // What is written is another object each time.
      expect([...stored.values()]).toEqual([kept]);
      expect([...stored.values()][0]).toBe(kept);
    });

    it('goes on drawing when the thread that encodes them dies, and makes them for the next session', async () => {
      const one = await watch();
      const threads = pool as unknown as { avatarThreads: { loops: { worker: Worker } } };
      await vi.waitFor(() => expect(threads.avatarThreads.loops.worker).toBeDefined(), patience);
      leave(threads.avatarThreads.loops.worker);
      await vi.waitFor(() => expect(lost.length).toBe(1), patience);
      const { framesSent } = one.session.stats;
      await vi.waitFor(() => expect(one.session.stats.framesSent).toBeGreaterThan(framesSent), patience);
      const two = await watch();
      await vi.waitFor(() => expect(two.session.stats.framesFromLoop).toBeGreaterThan(0), patience);
      expect(typesOf(one.events)).toEqual(['sending']);
      one.close();
      two.close();
    });
  });

  it('replaces a thread that died: its sessions fail, the next one finds its avatar there', async () => {
    const logs = [0, 1].map((): PipelineEvent[] => []);
    await Promise.all(logs.map((events) => pool.createMediaSession(options(events))));
    const threads = (pool as unknown as { threads: { worker: Worker }[] }).threads;
    leave(threads[0]!.worker);
    await vi.waitFor(() => expect(lost.length).toBe(1), patience);
    expect(logs.map((events) => typesOf(events).includes('failed')).sort()).toEqual([false, true]);
    const again: PipelineEvent[] = [];
    const session = await pool.createMediaSession(options(again));
    await vi.waitFor(() => expect(typesOf(again)).toContain('sending'), patience);
    session.close();
  });
});
