import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Avatar } from './support/api-types.ts';
import { speakingAvatar } from './support/avatars.ts';
import { trackSound } from './support/lag.ts';
import { SessionEvents } from './support/session-events.ts';
import { resampled, speechSample, wav } from './support/speech-sample.ts';
import { report, Stage } from './support/stage.ts';
import { Backstage } from './support/tenants.ts';
import { pause, until } from './support/until.ts';
import type { Viewer } from './support/viewer.ts';
import { ExtraWorker, killWorker } from './support/workers.ts';

const COMPARE_HZ = 16_000;
const TEXT = 'This sentence outlives the one who began it. Nobody who listens should have to do anything about that, and the end of it is spoken by another worker.';

// Runs last (vitest.config.ts): it kills the product's two workers, one after the other.
describe('a worker that is killed in mid-sentence', () => {
  let stage: Stage;
  let backstage: Backstage;
  let avatar: Avatar;
  let viewer: Viewer;

  beforeAll(async () => {
    stage = await Stage.open();
    backstage = new Backstage();
    avatar = await speakingAvatar(stage.api);
    viewer = await stage.viewer();
  });

  afterAll(async () => {
    await stage?.close();
    await backstage?.close();
  });

  async function killWorkerOf(sessionId: string): Promise<string> {
    const worker = await backstage.workerOf(sessionId);
    if (!worker) throw new Error('the session has no worker');
    killWorker(stage.product, worker);
    return worker;
  }

  it('is replaced: picture and sound go on in the same page, the sentence is finished, the gap is free', { timeout: 120_000 }, async () => {
    const speech = await speechSample(TEXT);
    const session = await stage.session({ avatar_id: avatar.id });
    const events = await SessionEvents.follow(stage.api, session.id, stage.product.apiKey);
    await viewer.watchUntilPlaying('v', session);
    const before = await viewer.player.stats('v');
    const utterance = await stage.api.speak(session.id, { audio: wav(speech).toString('base64') });
    await events.untilAbout(utterance, 'utterance.started');
    await viewer.startRecording('v');
    await pause(2500);

    const lost = await killWorkerOf(session.id);
    const killedAtMs = await viewer.nowMs();
    const ended = await events.untilAbout(utterance, 'utterance.ended', 60_000);
    await pause(500);
    const { frames, sound } = await viewer.stopRecording('v');
    const after = await viewer.plays('v');

    const reassigned = events.of('session.reassigned');
    const resumedAtMs = frames.find(({ shownAtMs }, i) => shownAtMs > killedAtMs && shownAtMs - (frames[i - 1]?.shownAtMs ?? 0) > 500)?.shownAtMs ?? NaN;
    // The last two seconds of the sentence can only come from the second worker.
    const sent = resampled(speech, COMPARE_HZ);
    const tail = trackSound(sent.subarray(-2 * COMPARE_HZ), resampled(sound, COMPARE_HZ));
    report('worker lost', {
      'picture moves again after ms': resumedAtMs - killedAtMs,
      'gap by the API ms': Number(reassigned[0]?.data['gap_ms']),
      'played of the sentence ms': Number(ended.data['played_ms']),
      'of ms': speech.durationMs,
      'correlation of its end': tail.correlation,
    });
    // The product's bound is 3 s, which the bench measures; the rest is for a test machine that does other things meanwhile.
    expect(resumedAtMs - killedAtMs).toBeLessThan(9000);
    expect(tail.correlation).toBeGreaterThan(0.8);
    expect(ended.data).toMatchObject({ interrupted: false });
    expect(events.about(utterance, 'utterance.ended')).toHaveLength(1);
    expect(events.about(utterance, 'utterance.started')).toHaveLength(1);
    expect(reassigned).toHaveLength(1);
    expect(after.trackIds).toEqual(before.trackIds);
    expect(after.trackStates).toEqual(['live', 'live']);
    expect(after.connectionState).toBe('connected');
    expect(await backstage.workerOf(session.id)).not.toBe(lost);

    const usage = await stage.api.endSession(session.id);
    const liveS = (Date.parse(usage.ended_at ?? '') - Date.parse(usage.live_at ?? '')) / 1000;
    report('billed', { 'live seconds': liveS, 'billed seconds': usage.billed_seconds });
    // The gap began with the last packet, before anybody noticed.
    expect(usage.billed_seconds).toBeLessThan(liveS - 1);
    expect(usage.billed_seconds).toBeGreaterThan(liveS - 11);
    await until('the stream of events is over', () => events.over);
    expect(events.about(utterance, 'utterance.ended')).toHaveLength(1);
    await viewer.player.drop('v');
  });

  it('ends its session as worker_lost where there is no other, billed to the last media', { timeout: 120_000 }, async () => {
    const session = await stage.session({ avatar_id: avatar.id });
    const events = await SessionEvents.follow(stage.api, session.id, stage.product.apiKey);
    await viewer.watchUntilPlaying('w', session);
    const utterance = await stage.api.speak(session.id, { text: TEXT });
    await events.untilAbout(utterance, 'utterance.started');
    await pause(1500);
    await killWorkerOf(session.id);
    const killedAtMs = Date.now();
    const told = await events.until('session.ended', 60_000);
    const usage = await stage.api.session(session.id);
    const liveUntilKilledS = (killedAtMs - Date.parse(usage.live_at ?? '')) / 1000;
    report('no other worker', { 'billed seconds': usage.billed_seconds, 'live seconds until it died': liveUntilKilledS });
    expect(told.data).toMatchObject({ end_reason: 'worker_lost', billed_seconds: usage.billed_seconds });
    expect(Math.abs(usage.billed_seconds - liveUntilKilledS)).toBeLessThan(0.6);
    expect(events.about(utterance, 'utterance.ended').map(({ data }) => data['interrupted'])).toEqual([true]);
    expect(await stage.api.try('POST', '/v1/sessions', { avatar_id: avatar.id })).toMatchObject({ status: 503, body: { code: 'at_capacity' } });
    expect(await stage.api.call('GET', '/v1/sessions/availability')).toMatchObject({ available: false, reason: 'at_capacity' });
    await viewer.player.drop('w');
  });

  it('leaves a product that works as soon as a worker comes', { timeout: 120_000 }, async () => {
    const worker = new ExtraWorker(stage.product);
    try {
      await until('a session could start', async () => (await stage.api.call<{ available: boolean }>('GET', '/v1/sessions/availability')).available);
      const session = await stage.session({ avatar_id: avatar.id });
      await viewer.watchUntilPlaying('x', session);
      expect(await backstage.workerOf(session.id)).toBe(worker.id);
      expect((await stage.api.endSession(session.id)).end_reason).toBe('client');
      expect(await backstage.ledgerViolations()).toEqual([]);
    } finally {
      await worker.stop();
    }
  });
});
