import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionEvent } from '@visavis/contracts';
import { newId } from '@visavis/ids';
import { createCommandReader, createFeed, createFleet, createRedis, createSessionChannel, SLOT_PIXELS, type CommandEntry, type Redis, type WorkerReport } from './index.ts';
import { keys } from './keys.ts';

// Real: Redis. Everything else is the code under test.
const url = process.env['TEST_REDIS_URL'] ?? '';

const until = async (ready: () => boolean) => {
  for (let i = 0; i < 500 && !ready(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ready()).toBe(true);
};

describe.skipIf(!url)('queue', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = createRedis(url);
    await redis.flushdb();
  });
  afterAll(() => redis.disconnect());

  const beat = (workerId: string, slots: number, warmAvatarIds: string[] = [], draining = false) =>
    createFleet(redis).beat({ workerId, slots, draining, warmAvatarIds, info: { host: 'test' } });

  it('never gives the last slot twice', async () => {
    const fleet = createFleet(redis);
    await beat('w1', 3);
    await beat('w2', 2);
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, i) => fleet.claim({ sessionId: `s${i}`, epoch: 1, avatarId: 'a', weightPixels: SLOT_PIXELS })),
    );
    expect(claims.filter(Boolean)).toHaveLength(5);
    expect(await fleet.freeSlots()).toBe(0);
    await Promise.all(claims.map((worker, i) => worker && fleet.release(worker, `s${i}`, 1)));
    expect(await fleet.freeSlots()).toBe(5);
  });

  it('prefers the worker that has the avatar warm, avoids the draining and the silent', async () => {
    const fleet = createFleet(redis);
    await beat('w1', 9);
    await beat('w2', 2, ['warm']);
    const claim = (sessionId: string) => fleet.claim({ sessionId, epoch: 1, avatarId: 'warm', weightPixels: SLOT_PIXELS });
    expect(await claim('x')).toBe('w2');
    expect(await claim('x')).toBe('w2'); // again, the same claim
    await beat('w2', 2, ['warm'], true);
    expect(await claim('z')).toBe('w1');
    await fleet.leave('w1');
    expect(await claim('q')).toBeNull();
  });

  it('delivers commands and audio in order, from the first kept, to a reader that came late', async () => {
    const channel = createSessionChannel(redis);
    const reader = createCommandReader(url, redis, 'w1', () => undefined);
    const [a, b] = [newId('ses'), newId('ses')];
    const utterance = newId('utt');
    await channel.command(a, { type: 'speak', utterance_id: utterance, source: { kind: 'stream', sample_rate: 16000 } });
    await channel.audio(a, utterance, Uint8Array.of(1, 0, 2, 0));
    const seen: CommandEntry[] = [];
    reader.subscribe(a, (entry) => seen.push(entry));
    await until(() => seen.length === 2);
    const other: CommandEntry[] = [];
    reader.subscribe(b, (entry) => other.push(entry));
    await channel.command(b, { type: 'interrupt' });
    await channel.command(a, { type: 'stream_end', utterance_id: utterance });
    await until(() => seen.length === 3 && other.length === 1);
    expect(seen[1]).toMatchObject({ kind: 'audio', utteranceId: utterance });
    expect([...(seen[1] as { pcm: Buffer }).pcm]).toEqual([1, 0, 2, 0]);
    expect(other[0]).toEqual({ kind: 'command', command: { type: 'interrupt' } });
    await reader.close();
  });

  it('numbers cues in the order in which they are read, and keeps how the face was left', async () => {
    const channel = createSessionChannel(redis);
    const reader = createCommandReader(url, redis, 'w3', () => undefined);
    const session = newId('ses');
    expect(await channel.face(session)).toEqual({ cues: [], number: 0 });
    const seen: CommandEntry[] = [];
    reader.subscribe(session, (entry) => seen.push(entry));
    const told = [0.1, 0.2, 0.3].map((strength) => ({ type: 'expression', expression: 'happy', strength }) as const);
    await Promise.all([...told, { type: 'gesture', gesture: 'nod' } as const, { type: 'state', state: 'listening' } as const].map((cue) => channel.cue(session, cue)));
    await until(() => seen.length === 5);
    const commands = seen.map((entry) => (entry.kind === 'command' && entry.command.type === 'cue' ? entry.command : undefined));
    expect(commands.map((command) => command?.number)).toEqual([1, 2, 3, 4, 5]);
    const last = commands.findLast((command) => command?.cue.type === 'expression')!.cue;
    const face = await channel.face(session);
    expect(face.number).toBe(5);
    expect(face.cues).toHaveLength(2);
    expect(face.cues).toEqual(expect.arrayContaining([last, { type: 'state', state: 'listening' }]));
    await channel.remove(session);
    expect(await channel.face(session)).toEqual({ cues: [], number: 0 });
    await reader.close();
  });

  it('forgets no cue that a worker may not have read when the utterance before it ends', async () => {
    const channel = createSessionChannel(redis);
    const session = newId('ses');
    const [first, second] = [newId('utt'), newId('utt')];
    const speak = (utterance_id: string) => channel.command(session, { type: 'speak', utterance_id, source: { kind: 'stream', sample_rate: 16000 } });
    await speak(first);
    await channel.cue(session, { type: 'gesture', gesture: 'nod' });
    await speak(second);
    await channel.forget(session, first);
    const seen: CommandEntry[] = [];
    const reader = createCommandReader(url, redis, 'w4', () => undefined);
    reader.subscribe(session, (entry) => seen.push(entry));
    await until(() => seen.some((entry) => entry.kind === 'command' && entry.command.type === 'speak' && entry.command.utterance_id === second));
    expect(seen.some((entry) => entry.kind === 'command' && entry.command.type === 'cue')).toBe(true);
    await reader.close();
  });

  it('repeats a report until it was handled, once per group', async () => {
    const channel = createSessionChannel(redis);
    const handled: WorkerReport[] = [];
    let failures = 1;
    const consumer = channel.consumeReports(
      url,
      'node-a',
      async (report) => {
        if (failures-- > 0) throw new Error('database away');
        handled.push(report);
      },
      () => undefined,
    );
    await channel.report({ sessionId: newId('ses'), epoch: 1, workerId: 'w1', event: { type: 'sending' } });
    await until(() => handled.length === 1);
    expect(handled[0]?.event).toEqual({ type: 'sending' });
    await consumer.close();
    // What was handled takes no memory: reports carry texts and visemes.
    expect(await redis.xlen(keys.reports)).toBe(0);
  });

  it('carries events to listeners and stops when they leave', async () => {
    const feed = createFeed(url, redis);
    const id = newId('ses');
    const seen: number[] = [];
    const event = (seq: number): SessionEvent => ({ seq, type: 'session.started', at: new Date().toISOString(), session_id: id, data: {} });
    const stop = await feed.subscribe(id, (e) => seen.push(e.seq));
    await feed.publish(event(1));
    await until(() => seen.length === 1);
    await stop();
    await feed.publish(event(2));
    expect(seen).toEqual([1]);
    feed.close();
  });

  it('tells of new timings only those who listen for them', async () => {
    const feed = createFeed(url, redis);
    const id = newId('ses');
    const events: SessionEvent[] = [];
    const utterances: string[] = [];
    await feed.subscribe(id, (event) => events.push(event));
    const stop = await feed.subscribeTimings(id, (utteranceId) => utterances.push(utteranceId));
    await feed.publishTimings(id, 'constructor');
    await until(() => utterances.length === 1);
    await stop();
    await feed.publishTimings(id, 'greeting');
    await feed.publish({ seq: 1, type: 'session.started', at: new Date().toISOString(), session_id: id, data: {} });
    await until(() => events.length === 1);
    expect(utterances).toEqual(['constructor']);
    feed.close();
  });
});
