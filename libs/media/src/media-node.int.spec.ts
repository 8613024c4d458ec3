import { readFileSync } from 'node:fs';
import { observer, type types } from 'mediasoup';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMediaNode, type MediaNode, type MediaNodeEvents } from './index.ts';
import { findWorkerBinary, startTestSender, type TestSender } from './testing/index.ts';

// Real: mediasoup, and libs/rtp with libs/codec as the sender. Viewers here only signal; whep-chromium and whep-firefox play.
const workerBin = findWorkerBinary();
if (!workerBin) console.error('SKIPPED: the media node needs a mediasoup worker (MEDIASOUP_WORKER_BIN)');

const offer = (name: string): string => readFileSync(new URL(`./testing/offers/${name}.sdp`, import.meta.url), 'utf8');
const chromiumOffer = offer('chromium-156-audio-video');
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What mediasoup was asked for by these tests and has not closed. Pipe transports stay with their routers, everything else must go with its session. */
const made: { closed: boolean; name: string }[] = [];
observer.on('newworker', (worker) => {
  worker.observer.on('newrouter', (router) => router.observer.on('newtransport', watchTransport));
});
function watchTransport(transport: types.Transport): void {
  const watch = (item: { observer: { once(event: 'close', listener: () => void): unknown } }, name: string) => {
    const entry = { closed: false, name };
    made.push(entry);
    item.observer.once('close', () => (entry.closed = true));
  };
  if (transport.type !== 'pipe') watch(transport, `${transport.type} transport`);
  transport.observer.on('newproducer', (producer) => watch(producer, `producer of ${producer.kind}`));
  transport.observer.on('newconsumer', (consumer) => watch(consumer, `consumer of ${consumer.kind}`));
}
const leftOpen = () => made.filter(({ closed }) => !closed).map(({ name }) => name);

describe.skipIf(!workerBin)('a media node', () => {
  let node: MediaNode;
  const senders: TestSender[] = [];
  const events: string[] = [];
  const listener: MediaNodeEvents = {
    onViewerClosed: (sessionId, _viewerId, reason) => void events.push(`${sessionId} viewer ${reason}`),
    onSessionLost: (sessionId, last) => void events.push(`${sessionId} lost in epoch ${last.epoch}`),
  };

  beforeAll(async () => {
    node = await createMediaNode({ workerBin, workers: 2, listenIp: '127.0.0.1', mediaPort: 0, viewerConnectTimeoutMs: 1000, maxViewersPerSession: 3 }, listener);
  });

  afterEach(async () => {
    for (const sender of senders.splice(0)) sender.stop();
    // What a failed test left behind must not fail the next.
    for (const sessionId of Object.keys(await node.audioPacketCounts())) await node.closeSession(sessionId);
    events.length = 0;
  });

  afterAll(() => node?.close());

  it('gives one UDP and TCP port per worker, and says how loaded each is', async () => {
    const { workers } = await node.load();
    expect(workers).toHaveLength(2);
    expect(new Set(workers.map(({ port }) => port)).size).toBe(2);
    for (const worker of workers) expect(worker.memoryBytes).toBeGreaterThan(1_000_000);
    await node.openSession({ sessionId: 'load', epoch: 1, video: { codec: 'h264' } });
    const { answerSdp } = await node.answerViewer('load', chromiumOffer);
    const ports = [...answerSdp.matchAll(/^a=candidate:\S+ 1 (udp|tcp) \d+ 127\.0\.0\.1 (\d+) typ host/gm)].map(([, protocol, port]) => `${protocol} ${port}`);
    const port = workers.find((worker) => ports.includes(`udp ${worker.port}`))?.port;
    expect(ports).toEqual([`udp ${port}`, `tcp ${port}`, `udp ${port}`, `tcp ${port}`]);
    await node.closeSession('load');
  });

  it('counts each audio packet once, over all epochs, and refuses an old epoch', async () => {
    const first = await startTestSender(await node.openSession({ sessionId: 'count', epoch: 3, video: { codec: 'vp8' } }));
    await expect.poll(() => node.audioPacketCount('count'), { timeout: 20_000 }).toBeGreaterThan(20);
    first.stop();
    await sleep(100);
    const sent = first.stats.audioPackets;
    expect(await node.audioPacketCount('count')).toBe(sent);
    await expect(node.replaceIngest('count', 3)).rejects.toMatchObject({ code: 'stale_epoch' });
    await expect(node.replaceIngest('count', 2)).rejects.toMatchObject({ code: 'stale_epoch' });
    const second = await startTestSender(await node.replaceIngest('count', 4));
    expect(await node.audioPacketCount('count')).toBeGreaterThanOrEqual(sent);
    await expect.poll(() => node.audioPacketCount('count'), { timeout: 20_000 }).toBeGreaterThan(sent + 20);
    second.stop();
    await sleep(100);
    const total = sent + second.stats.audioPackets;
    expect(await node.audioPacketCounts()).toEqual({ count: total });
    expect(await node.closeSession('count')).toEqual({ audioPackets: total });
    expect(await node.closeSession('count')).toBeNull();
  });

  it('hears nothing more from a sender whose epoch is over', async () => {
    const info = await node.openSession({ sessionId: 'zombie', epoch: 1, video: { codec: 'h264' } });
    const zombie = await startTestSender(info);
    senders.push(zombie);
    await expect.poll(() => node.ingestAlive('zombie'), { timeout: 20_000 }).toBe(true);
    await node.replaceIngest('zombie', 2);
    const count = await node.audioPacketCount('zombie');
    const sentBefore = zombie.stats.audioPackets;
    await expect.poll(() => zombie.stats.audioPackets, { timeout: 20_000 }).toBeGreaterThan(sentBefore + 10);
    expect(await node.audioPacketCount('zombie')).toBe(count);
    expect(await node.ingestAlive('zombie')).toBe(false);
    await node.closeSession('zombie');
  });

  it('ignores packets under another key', async () => {
    const info = await node.openSession({ sessionId: 'key', epoch: 1, video: { codec: 'h264' } });
    const stranger = await startTestSender({ ...info, sendKey: Buffer.alloc(28, 7).toString('base64') });
    senders.push(stranger);
    await expect.poll(() => stranger.stats.audioPackets, { timeout: 20_000 }).toBeGreaterThan(10);
    const rightful = await startTestSender(info);
    senders.push(rightful);
    await expect.poll(() => node.audioPacketCount('key'), { timeout: 20_000 }).toBeGreaterThan(5);
    expect(await node.audioPacketCount('key')).toBeLessThanOrEqual(rightful.stats.audioPackets);
    await node.closeSession('key');
  });

  it('says when an ingest falls silent', async () => {
    senders.push(await startTestSender(await node.openSession({ sessionId: 'silent', epoch: 1, video: { codec: 'h264' } })));
    await expect.poll(() => node.ingestAlive('silent'), { timeout: 20_000 }).toBe(true);
    senders.splice(0).forEach((sender) => sender.stop());
    await expect.poll(() => node.ingestAlive('silent'), { timeout: 20_000 }).toBe(false);
    await node.closeSession('silent');
  });

  it('drops a viewer that never connects, and has room again', async () => {
    await node.openSession({ sessionId: 'shy', epoch: 1, video: { codec: 'h264' } });
    const viewers = await Promise.all([1, 2, 3].map(() => node.answerViewer('shy', chromiumOffer)));
    await expect(node.answerViewer('shy', chromiumOffer)).rejects.toMatchObject({ code: 'too_many_viewers' });
    expect(node.viewerCount('shy')).toBe(0);
    await expect.poll(() => events.filter((event) => event === 'shy viewer connect_timeout'), { timeout: 20_000 }).toHaveLength(3);
    expect(await node.closeViewer('shy', viewers[0]?.viewerId ?? '')).toBe(false);
    await node.answerViewer('shy', chromiumOffer);
    await node.closeSession('shy');
    expect(events.at(-1)).toBe('shy viewer session_closed');
  });

  it('patches: candidates, restarts, entity tags', async () => {
    await node.openSession({ sessionId: 'patch', epoch: 1, video: { codec: 'h264' } });
    const { viewerId, etag, iceUfrag } = await node.answerViewer('patch', chromiumOffer);
    expect(etag).toBe(`"${iceUfrag}"`);
    const restart = 'a=ice-ufrag:new0\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n';
    expect(await node.patchViewer('patch', viewerId, 'a=end-of-candidates\r\n', etag)).toEqual({ kind: 'trickle' });
    await expect(node.patchViewer('patch', viewerId, restart, '"other"')).rejects.toMatchObject({ code: 'precondition_failed' });
    const restarted = await node.patchViewer('patch', viewerId, restart, '*');
    expect(restarted).toMatchObject({ kind: 'restart', fragment: expect.stringContaining('a=ice-ufrag:') });
    await expect(node.patchViewer('patch', viewerId, 'a=end-of-candidates\r\n', etag)).rejects.toMatchObject({ code: 'precondition_failed' });
    // The same credentials again are candidates of the session that now runs, not another restart.
    expect(await node.patchViewer('patch', viewerId, restart)).toEqual({ kind: 'trickle' });
    await expect(node.patchViewer('patch', 'nobody', restart)).rejects.toMatchObject({ code: 'viewer_not_found' });
    expect(await node.closeViewer('patch', viewerId)).toBe(true);
    await node.closeSession('patch');
  });

  it('refuses what it does not know and what is there already', async () => {
    await node.openSession({ sessionId: 'twice', epoch: 1, video: { codec: 'h264' } });
    await expect(node.openSession({ sessionId: 'twice', epoch: 1, video: { codec: 'h264' } })).rejects.toMatchObject({ code: 'session_exists' });
    await node.closeSession('twice');
    for (const call of [node.answerViewer('twice', chromiumOffer), node.replaceIngest('twice', 2), node.audioPacketCount('twice')]) {
      await expect(call).rejects.toMatchObject({ code: 'session_not_found' });
    }
  });

  it('answers and moves viewers while the ingest is replaced under them', async () => {
    await node.openSession({ sessionId: 'race', epoch: 1, video: { codec: 'vp8' } });
    const firefoxOffer = offer('firefox-153-audio-video');
    const joins = [node.answerViewer('race', chromiumOffer), node.answerViewer('race', firefoxOffer)];
    const moves = [node.replaceIngest('race', 2), node.replaceIngest('race', 3)];
    joins.push(node.answerViewer('race', firefoxOffer));
    await expect(Promise.all([...joins, ...moves])).resolves.toHaveLength(5);
    expect(events).toEqual([]);
    const [viewer] = await Promise.all(joins);
    await Promise.all([node.closeSession('race'), node.closeViewer('race', viewer?.viewerId ?? '')]);
  });

  it('leaves nothing behind when a session is closed while it changes', async () => {
    const settled: PromiseSettledResult<unknown>[] = [];
    for (let i = 0; i < 10; i += 1) {
      const sessionId = `closing_${i}`;
      await node.openSession({ sessionId, epoch: 1, video: { codec: 'vp8' } });
      const calls = [node.replaceIngest(sessionId, 2), node.answerViewer(sessionId, chromiumOffer), node.answerViewer(sessionId, offer('firefox-153-audio-video'))];
      settled.push(...(await Promise.allSettled([...calls, node.closeSession(sessionId)])));
    }
    for (const result of settled) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'session_not_found' });
    await expect.poll(leftOpen).toEqual([]);
  });

  it('stays flat over 100 sessions with a viewer each', { timeout: 120_000 }, async () => {
    const offers = { h264: [chromiumOffer, offer('aiortc-1.16-audio-video')], vp8: [chromiumOffer, offer('firefox-153-audio-video')] };
    const round = async (from: number, to: number) => {
      for (let i = from; i < to; i += 1) {
        const sessionId = `flat_${i}`;
        const codec = i % 2 === 0 ? 'h264' : 'vp8';
        await node.openSession({ sessionId, epoch: 1, video: { codec } });
        await node.answerViewer(sessionId, offers[codec][(i >> 1) % 2] ?? '');
        if (i % 5 === 0) await node.replaceIngest(sessionId, 2);
        await node.closeSession(sessionId);
      }
    };
    await round(0, 20);
    const before = await node.load();
    await round(20, 120);
    const after = await node.load();
    expect(after).toMatchObject({ sessions: 0, viewers: 0 });
    await expect.poll(leftOpen).toEqual([]);
    const grownBytes = after.workers.map((worker, index) => worker.memoryBytes - (before.workers[index]?.memoryBytes ?? 0));
    for (const bytes of grownBytes) expect(bytes).toBeLessThan(8_000_000);
  });

  it('replaces a worker that died, on its old port, and reports its sessions', { timeout: 60_000 }, async () => {
    const before = await node.load();
    await node.openSession({ sessionId: 'victim', epoch: 5, video: { codec: 'h264' } });
    await node.openSession({ sessionId: 'neighbour', epoch: 1, video: { codec: 'h264' } });
    await node.answerViewer('victim', chromiumOffer);
    const loaded = await node.load();
    const victim = loaded.workers[0];
    // Never kill on a guess: process id 0 would be this very process group.
    if (!victim || victim.sessions !== 1 || victim.pid <= 0) throw new Error(`expected one session on the first worker: ${JSON.stringify(loaded)}`);
    process.kill(victim.pid, 'SIGKILL');
    await expect.poll(() => events, { timeout: 20_000 }).toEqual(['victim viewer session_lost', 'victim lost in epoch 5']);
    await expect(node.replaceIngest('victim', 6)).rejects.toMatchObject({ code: 'session_not_found' });
    await expect.poll(async () => (await node.load()).workers.map(({ port }) => port), { timeout: 20_000 }).toEqual(before.workers.map(({ port }) => port));
    expect((await node.load()).workers[0]?.pid).not.toBe(victim.pid);
    await node.openSession({ sessionId: 'next', epoch: 1, video: { codec: 'h264' } });
    await node.answerViewer('next', chromiumOffer);
    await node.closeSession('next');
    await node.closeSession('neighbour');
  });
});

describe.skipIf(!workerBin)('a media node that cannot be', () => {
  it('says so', async () => {
    await expect(createMediaNode({ workerBin: '/nowhere/mediasoup-worker', workers: 1, listenIp: '127.0.0.1', mediaPort: 0 })).rejects.toThrow();
    await expect(createMediaNode({ workerBin, workers: 0, listenIp: '127.0.0.1', mediaPort: 0 })).rejects.toThrow(RangeError);
    const node = await createMediaNode({ workerBin, workers: 1, listenIp: '127.0.0.1', mediaPort: 0 });
    const taken = (await node.load()).workers[0]?.port ?? 0;
    await expect(createMediaNode({ workerBin, workers: 1, listenIp: '127.0.0.1', mediaPort: taken })).rejects.toThrow();
    await node.close();
    await expect(node.openSession({ sessionId: 'late', epoch: 1, video: { codec: 'h264' } })).rejects.toMatchObject({ code: 'node_unavailable' });
  });
});
