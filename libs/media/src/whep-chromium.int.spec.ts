import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMediaNode, type MediaNode } from './index.ts';
import { findChromium, findWorkerBinary, launchChromium, startTestSender, startWhepServer, WhepPage, type TestSender, type WhepServer } from './testing/index.ts';

// Real: mediasoup, Chromium, libs/rtp and libs/codec as the sender. Not real: the face; the HTTP in front of WHEP is a test server.
const workerBin = findWorkerBinary();
const chromium = findChromium();
if (!workerBin || !chromium) console.error(`SKIPPED: WHEP in Chromium needs ${workerBin ? '' : 'a mediasoup worker (MEDIASOUP_WORKER_BIN) '}${chromium ? '' : 'Chromium (CHROMIUM_PATH)'}`);

describe.skipIf(!workerBin || !chromium)('WHEP in Chromium', () => {
  let node: MediaNode;
  let server: WhepServer;
  let browser: Browser;
  let page: WhepPage;
  const senders: TestSender[] = [];
  const seen: string[] = [];
  const closedReasons = new Map<string, string>();
  let sessionNumber = 0;

  beforeAll(async () => {
    node = await createMediaNode(
      { workerBin, workers: 1, listenIp: '127.0.0.1', mediaPort: 0 },
      {
        onFirstFrame: (sessionId, viewerId) => void seen.push(`${sessionId} ${viewerId}`),
        onViewerClosed: (_sessionId, viewerId, reason) => void closedReasons.set(viewerId, reason),
      },
    );
    server = await startWhepServer(node);
    browser = await launchChromium(chromium ?? '');
  });

  afterEach(() => {
    for (const sender of senders.splice(0)) sender.stop();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await node?.close();
  });

  async function liveSession(codec: 'h264' | 'vp8'): Promise<string> {
    sessionNumber += 1;
    const sessionId = `ses_${codec}_${sessionNumber}`;
    senders.push(await startTestSender(await node.openSession({ sessionId, epoch: 1, video: { codec } })));
    const tab = await browser.newPage();
    await tab.goto(server.pageUrl);
    page = await WhepPage.on(tab);
    return sessionId;
  }

  it.each(['h264', 'vp8'] as const)('plays %s and Opus, and says once when the first key frame went out', async (codec) => {
    const sessionId = await liveSession(codec);
    const { status, body, resource = '' } = await page.play('a', server.whepUrl(sessionId));
    expect(status).toBe(201);
    expect(body).not.toMatch(/a=ssrc|a=extmap/);
    const stats = await page.plays('a');
    expect(stats).toMatchObject({ videoCodec: codec === 'h264' ? 'video/H264' : 'video/VP8', width: 320, height: 240, videoPacketsLost: 0, connectionState: 'connected' });
    expect((await page.frame('a'))?.subarray(1, 4).toString()).toBe('PNG');
    const viewerId = resource.split('/').at(-1);
    expect(seen.filter((entry) => entry.startsWith(sessionId))).toEqual([`${sessionId} ${viewerId}`]);
    expect(node.viewerCount(sessionId)).toBe(1);
    expect(await node.ingestAlive(sessionId)).toBe(true);
    expect(await page.stop('a')).toBe(200);
    expect(node.viewerCount(sessionId)).toBe(0);
    await node.closeSession(sessionId);
  });

  it('shows five viewers of one session a picture each, without five key frames a second', async () => {
    const sessionId = await liveSession('h264');
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) expect((await page.play(name, server.whepUrl(sessionId))).status).toBe(201);
    for (const name of names) await page.plays(name);
    expect(node.viewerCount(sessionId)).toBe(5);
    const [sender] = senders;
    expect(sender?.stats.videoPackets).toBeGreaterThan(0);
    expect(sender?.keyFrames).toBeLessThanOrEqual(7);
    for (const name of names) await page.stop(name);
    await node.closeSession(sessionId);
  });

  it('gives a late joiner a key frame of its own', async () => {
    const sessionId = await liveSession('h264');
    await page.play('early', server.whepUrl(sessionId));
    await page.plays('early');
    const keyFramesBefore = senders[0]?.keyFrames ?? 0;
    await page.play('late', server.whepUrl(sessionId));
    await page.until('late', ({ framesDecoded }) => framesDecoded > 0);
    expect(senders[0]?.keyFrames).toBeGreaterThan(keyFramesBefore);
    await node.closeSession(sessionId);
  });

  it('goes on playing on the same tracks when the ingest is replaced', async () => {
    const sessionId = await liveSession('h264');
    await page.play('a', server.whepUrl(sessionId));
    await page.play('b', server.whepUrl(sessionId));
    await page.plays('a');
    const before = await page.until('a', ({ videoBehindAudioMs }) => videoBehindAudioMs !== null);
    senders.splice(0).forEach((sender) => sender.stop());
    const next = await node.replaceIngest(sessionId, 2);
    senders.push(await startTestSender(next));
    const after = await page.plays('a');
    await page.plays('b');
    expect(after.trackIds).toEqual(before.trackIds);
    expect(after.trackStates).toEqual(['live', 'live']);
    expect(after.currentTime).toBeGreaterThan(before.currentTime);
    expect(after.framesShown).toBeGreaterThan(before.framesShown);
    // One sound stream throughout, by which Chromium goes on steering the pictures.
    expect(after.audioPackets).toBeGreaterThan(before.audioPackets);
    expect(after.audioPacketsLost).toBe(before.audioPacketsLost);
    await page.until('a', ({ videoBehindAudioMs }) => videoBehindAudioMs !== null);
    await expect(node.replaceIngest(sessionId, 2)).rejects.toMatchObject({ code: 'stale_epoch' });
    expect(seen.filter((entry) => entry.startsWith(sessionId))).toHaveLength(2);
    await node.closeSession(sessionId);
  });

  it.each(['h264', 'vp8'] as const)('serves and moves viewers with other payload types through a pipe (%s)', async (codec) => {
    const sessionId = await liveSession(codec);
    const { body } = await page.play('piped', server.whepUrl(sessionId), { payloadTypes: { opus: 63, H264: 102, VP8: 98 } });
    expect(body).toContain(`a=rtpmap:${codec === 'h264' ? '102 H264' : '98 VP8'}/90000`);
    expect(body).toContain('a=rtpmap:63 opus/48000/2');
    await page.play('direct', server.whepUrl(sessionId));
    await page.plays('piped');
    await page.plays('direct');
    senders.splice(0).forEach((sender) => sender.stop());
    senders.push(await startTestSender(await node.replaceIngest(sessionId, 2)));
    await page.plays('piped');
    await page.plays('direct');
    await page.stop('piped');
    await page.plays('direct');
    await node.closeSession(sessionId);
  });

  it('restarts ICE', async () => {
    const sessionId = await liveSession('h264');
    await page.play('a', server.whepUrl(sessionId));
    await page.plays('a');
    const restarted = await page.restartIce('a');
    expect(restarted).toMatchObject({ status: 200, etagChanged: true });
    await page.plays('a');
    expect(await page.stop('a')).toBe(200);
    await node.closeSession(sessionId);
  });

  it('plays over TCP where UDP does not come through', async () => {
    const sessionId = await liveSession('h264');
    await page.play('a', server.whepUrl(sessionId), { tcpOnly: true });
    await page.plays('a');
    await node.closeSession(sessionId);
  });

  it('plays sound alone, picture alone, and beside a rejected data channel', async () => {
    const sessionId = await liveSession('h264');
    await page.play('sound', server.whepUrl(sessionId), { kinds: ['audio'] });
    await page.plays('sound', { video: false });
    await page.play('picture', server.whepUrl(sessionId), { kinds: ['video'] });
    await page.plays('picture', { audio: false });
    const { body } = await page.play('both', server.whepUrl(sessionId), { direction: 'sendrecv', extraDataChannel: true });
    expect(body).toContain('m=application 0 ');
    await page.plays('both');
    await node.closeSession(sessionId);
  });

  it('refuses a viewer that cannot decode the codec, with the reason', async () => {
    const sessionId = await liveSession('h264');
    const { status, body } = await page.play('a', server.whepUrl(sessionId), { codec: 'VP9' });
    expect(status).toBe(406);
    expect(body).toContain('vp9');
    await node.closeSession(sessionId);
  });

  it('notices a tab that is closed without a word', async () => {
    const sessionId = await liveSession('h264');
    const { resource = '' } = await page.play('a', server.whepUrl(sessionId));
    await page.plays('a');
    await page.drop('a');
    await expect.poll(() => node.viewerCount(sessionId), { timeout: 30_000 }).toBe(0);
    expect(closedReasons.get(resource.split('/').at(-1) ?? '')).toBe('disconnected');
    await node.closeSession(sessionId);
  });
});
