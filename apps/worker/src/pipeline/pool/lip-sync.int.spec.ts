/**
 * Real: the worker's threads and engine, the lip sync network, encoders, sockets, time, and the mesh that looks at pictures. Not real: the
 * voice, and the receiver (a socket).
 */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createBuiltinEngine, createEngineMemory } from '@visavis/engine-builtin';
import { i420ToRgb, measureLipGap, speechLikeSound } from '@visavis/engine-builtin/measure';
import { InferenceService, MOUTH_PARAMS, param, VISEMES } from '@visavis/viseme-net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PipelineEvent } from '../pipeline-event.ts';
import type { ShapedSpeech } from '../speech-feed.ts';
import { createPictureReceiver } from '../testing/picture-receiver.ts';
import { PipelinePool, type PooledAvatar, type PooledSessionOptions } from './pipeline-pool.ts';

const patience = { timeout: 60_000, interval: 20 };

describe('lip sync in a pool', () => {
  let inference: InferenceService;
  let pool: PipelinePool;
  let avatar: PooledAvatar;
  let sink: Socket;
  const lostThreads: Error[] = [];
  const lostInference: Error[] = [];

  beforeAll(async () => {
    const engine = createBuiltinEngine();
    const portrait = await readFile(new URL('../../../../../libs/engine-builtin/assets/stock/vermeer-girl-with-a-pearl-earring.jpg', import.meta.url));
    const { bundle, bundleSha256 } = await engine.prepare(portrait);
    sink = createSocket('udp4').bind(0, '127.0.0.1');
    await once(sink, 'listening');
    inference = new InferenceService({ onThreadLost: (error) => lostInference.push(error) });
    pool = new PipelinePool({
      threadUrl: new URL('./pipeline-thread.ts', import.meta.url),
      threads: 2,
      avatarThreadUrl: new URL('./avatar-thread.ts', import.meta.url),
      engineMemory: createEngineMemory(),
      inference,
      onThreadLost: (error) => lostThreads.push(error),
    });
    avatar = await pool.loadAvatar({ engine: engine.name, bundle, bundleSha256, usual: { width: 256, height: 256 } });
  });
  afterAll(async () => {
    await pool.close();
    sink.close();
  });

  async function open(events: PipelineEvent[], to = sink, key = randomBytes(28).toString('base64')) {
    const options: PooledSessionOptions = {
      avatar,
      width: 256,
      height: 256,
      fps: 25,
      codec: 'h264',
      seed: 1,
      onEvent: (event) => events.push(event),
      ingest: {
        address: '127.0.0.1',
        port: to.address().port,
        sendKey: key,
        receiveKey: key,
        audio: { ssrc: 1, payloadType: 111 },
        video: { ssrc: 2, payloadType: 102 },
        cname: 'x',
      },
    };
    return pool.createMediaSession(options);
  }

  async function* speech(seconds: number): AsyncGenerator<Float32Array> {
    const pcm16k = speechLikeSound(seconds);
    yield Float32Array.from({ length: pcm16k.length * 3 }, (_, i) => pcm16k[Math.floor(i / 3)]!);
  }

  const ended = (events: PipelineEvent[]): boolean => events.some(({ type }) => type === 'utterance.ended');
  const visemesOf = (events: PipelineEvent[]) => events.flatMap((event) => (event.type === 'utterance.visemes' ? event.visemes : []));

  it('hears all sessions of all threads, and tells what they look like', async () => {
    const logs = [0, 1, 2, 3].map((): PipelineEvent[] => []);
    const sessions = await Promise.all(logs.map((events) => open(events)));
    const before = inference.counts;
    sessions.forEach((session) => session.speak({ utteranceId: 'u', source: speech(2.5), visemes: true }));
    await vi.waitFor(() => expect(logs.every(ended)).toBe(true), patience);
    // 2.5 s are 125 steps.
    expect(inference.counts.steps - before.steps).toBeGreaterThanOrEqual(4 * 120);
    for (const events of logs) {
      const told = visemesOf(events);
      expect(told.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(2500);
      expect(told.every(({ viseme }) => (VISEMES as readonly string[]).includes(viseme))).toBe(true);
    }
    sessions.forEach((session) => session.close());
  });

  it('goes on when the inference thread dies', async () => {
    const events: PipelineEvent[] = [];
    const session = await open(events);
    session.speak({ utteranceId: 'u', source: speech(5), visemes: true });
    await vi.waitFor(() => expect(visemesOf(events).length).toBeGreaterThan(0), patience);
    // It leaves between two calls: one that is killed inside native code would take this process with it.
    (inference as unknown as { stop(): void }).stop();
    await vi.waitFor(() => expect(lostInference.length).toBe(1), patience);
    const { steps } = inference.counts;
    await vi.waitFor(() => expect(ended(events)).toBe(true), patience);
    expect(inference.counts.steps).toBeGreaterThan(steps);
    expect(events.some(({ type }) => type === 'failed')).toBe(false);
    expect(lostThreads).toEqual([]);
    session.close();
  });

  it('moves the mouth as a piece says, when the sound says nothing', async () => {
    const key = randomBytes(28);
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const pictures = createPictureReceiver(key, 2);
    socket.on('message', (packet) => pictures.receive(packet));
    const events: PipelineEvent[] = [];
    const session = await open(events, socket, key.toString('base64'));
    /** The gap between the lips a little later. */
    const lipGap = async (): Promise<number> => {
      const seen = pictures.count;
      await vi.waitFor(() => expect(pictures.count).toBeGreaterThan(seen + 8), patience);
      const { width, height, data } = pictures.newest!;
      return (await measureLipGap({ width, height, data: i420ToRgb({ width, height, data }) }))!.gap;
    };
    const before = await lipGap();
    session.speak({ utteranceId: 'u', source: openMouth(6) });
    await vi.waitFor(() => expect(events.some(({ type }) => type === 'utterance.started')).toBe(true), patience);
    const during = await lipGap();
    session.interrupt();
    await vi.waitFor(() => expect(ended(events)).toBe(true), patience);
    const after = await lipGap();
    session.close();
    socket.close();
    pictures.close();
    expect(during - before).toBeGreaterThan(0.06);
    expect(after - before).toBeLessThan((during - before) / 2);
  });

  /** Silence, in pieces of a second, with a mouth that stands open. */
  async function* openMouth(seconds: number): AsyncGenerator<ShapedSpeech> {
    for (let second = 0; second < seconds; second++) {
      yield { samples: new Float32Array(48_000), mouth: Float32Array.from({ length: 51 * MOUTH_PARAMS.length }, (_, i) => (i % MOUTH_PARAMS.length === param.jaw ? 0.85 : 0)) };
    }
  }
});
