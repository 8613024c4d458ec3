import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Avatar, CreatedSession } from './support/api-types.ts';
import { speakingAvatar } from './support/avatars.ts';
import { SessionEvents } from './support/session-events.ts';
import { SessionSocket } from './support/session-socket.ts';
import { pcm16, resampled, speechSample } from './support/speech-sample.ts';
import { report, Stage } from './support/stage.ts';
import { Backstage } from './support/tenants.ts';
import { pause, until } from './support/until.ts';
import type { Viewer } from './support/viewer.ts';

describe('a session from its beginning to its bill', () => {
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

  const follow = (session: CreatedSession, lastEventId?: string) => SessionEvents.follow(stage.api, session.id, stage.product.apiKey, lastEventId);

  it('tells its story over server-sent events, which go on where a listener left off', async () => {
    const session = await stage.session({ avatar_id: avatar.id, metadata: { customer: 'c_1' } });
    const first = await SessionEvents.followByToken(stage.api, session.id, session.client_token);
    await viewer.watchUntilPlaying('story', session);
    await first.until('session.first_frame');
    first.close();
    const utterance = await stage.api.speak(session.id, { text: 'Good day.' });
    const another = await follow(session);
    await another.untilAbout(utterance, 'utterance.ended');
    another.close();

    const resumed = await follow(session, first.ids.at(-1));
    await resumed.untilAbout(utterance, 'utterance.ended');
    const usage = await stage.api.endSession(session.id);
    await until('the stream ends after session.ended', () => resumed.over);
    expect(resumed.all.map(({ type }) => type)).toEqual(['utterance.started', 'utterance.ended', 'session.ended']);
    const all = [...first.all, ...resumed.all];
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
    expect(all[0]).toMatchObject({ type: 'session.started', session_id: session.id, data: { avatar_id: avatar.id } });
    expect(resumed.of('session.ended')[0]?.data).toEqual({ end_reason: 'client', billed_seconds: usage.billed_seconds, credits: usage.credits });
    const late = await follow(session);
    await until('the whole story is told again', () => late.over);
    expect(late.all).toEqual(all);
    const nothingNew = await follow(session, late.ids.at(-1));
    expect(nothingNew.status).toBe(204);
    await viewer.player.drop('story');
  });

  it('takes commands and streamed samples over a WebSocket', async () => {
    const session = await stage.session({ avatar_id: avatar.id });
    const socket = await SessionSocket.open(stage.api, session.id, session.client_token);
    expect(socket.subprotocol).toBe('visavis');
    await viewer.watchUntilPlaying('ws', session);
    await socket.until('session.first_frame');

    socket.send({ type: 'speak', text: 'By command.', request_id: 'r1' });
    const queued = await socket.until('speak.queued', { request_id: 'r1' });
    expect((await socket.until('utterance.ended', { utterance_id: queued['utterance_id'] }))['data']).toMatchObject({ interrupted: false });

    const speech = await speechSample('Streamed as it is spoken.');
    const samples = resampled(speech, 16_000);
    socket.send({ type: 'speak.start', sample_rate: 16_000, request_id: 'r2' });
    const streamed = await socket.until('speak.queued', { request_id: 'r2' });
    for (let at = 0; at < samples.length; at += 1600) {
      socket.sendSamples(pcm16({ samples: samples.subarray(at, at + 1600) }));
      await pause(60);
    }
    socket.send({ type: 'speak.end' });
    const ended = await socket.until('utterance.ended', { utterance_id: streamed['utterance_id'] });
    expect(ended['data']).toMatchObject({ interrupted: false });
    const playedMs = Number((ended['data'] as { played_ms: number }).played_ms);
    expect(Math.abs(playedMs - speech.durationMs)).toBeLessThan(60);

    socket.send({ type: 'speak', text: 'This sentence is far too long to be heard to its very end by anyone.', request_id: 'r3' });
    const long = await socket.until('speak.queued', { request_id: 'r3' });
    await socket.until('utterance.started', { utterance_id: long['utterance_id'] });
    socket.send({ type: 'interrupt', request_id: 'r4' });
    expect(await socket.until('interrupted', { request_id: 'r4' })).toMatchObject({ interrupted: [long['utterance_id']] });
    expect((await socket.until('utterance.ended', { utterance_id: long['utterance_id'] }))['data']).toMatchObject({ interrupted: true });

    socket.send({ type: 'keep_alive' });
    socket.send({ type: 'sing' });
    expect(await socket.until('error')).toMatchObject({ problem: { code: 'invalid_request' } });
    const viewOnly = await SessionSocket.open(stage.api, session.id, await stage.api.token(session.id, ['view']));
    viewOnly.send({ type: 'interrupt', request_id: 'r5' });
    expect(await viewOnly.until('error', { request_id: 'r5' })).toMatchObject({ problem: { code: 'insufficient_scope' } });
    await expect(SessionSocket.open(stage.api, session.id, 'no-token')).rejects.toThrow('refused');

    await stage.api.endSession(session.id);
    await socket.until('session.ended');
    await until('both sockets are closed', () => socket.closed && viewOnly.closed);
    expect(socket.closed?.code).toBe(1000);
    await viewer.player.drop('ws');
  });

  it('bills the media that arrived, by the millisecond, and gives the rest of the hold back', async () => {
    const customer = await backstage.tenant(stage.product.url, 5_000_000n, avatar);
    const session = await stage.session({ avatar_id: customer.avatarId }, customer.api);
    expect(await customer.api.credits()).toMatchObject({ available: 4, held: 1 });
    const startedAtMs = performance.now();
    await viewer.watchUntilPlaying('bill', session);
    await pause(3000);
    const usage = await customer.api.endSession(session.id);
    const seconds = (performance.now() - startedAtMs) / 1000;
    report('billed', { 'seconds of media': usage.billed_seconds, 'seconds by the clock': seconds, credits: usage.credits });
    expect(usage).toMatchObject({ status: 'ended', end_reason: 'client' });
    const liveS = (Date.parse(usage.ended_at ?? '') - Date.parse(usage.live_at ?? '')) / 1000;
    expect(usage.billed_seconds).toBeGreaterThan(3);
    // What arrives is what is sent in real time; a packet or two are on their way at both ends.
    expect(Math.abs(usage.billed_seconds - liveS)).toBeLessThan(0.5);
    const microCredits = Math.floor((Math.round(usage.billed_seconds * 1000) * 1_000_000) / 60_000);
    expect(Math.round(usage.credits * 1e6)).toBe(microCredits);
    expect(await customer.api.credits()).toMatchObject({ available_micro_credits: String(5_000_000 - microCredits), held_micro_credits: '0' });
    expect(await customer.api.endSession(session.id)).toEqual(usage);
    await viewer.player.drop('bill');
  });

  it('ends by itself: idle, too long, out of credit; and costs nothing when nobody looked', { timeout: 120_000 }, async () => {
    const poor = await backstage.tenant(stage.product.url, 50_000n, avatar); // three seconds' worth
    const idle = await stage.session({ avatar_id: avatar.id, idle_timeout_s: 5 });
    const long = await stage.session({ avatar_id: avatar.id, max_duration_s: 10 });
    const exhausted = await stage.session({ avatar_id: poor.avatarId }, poor.api);
    const events = await SessionEvents.follow(stage.api, exhausted.id, exhausted.client_token);
    await viewer.watchUntilPlaying('long', long);
    await viewer.watchUntilPlaying('poor', exhausted);

    const ended = (api: Stage['api'], id: string) =>
      until(`session ${id} ends`, async () => {
        const now = await api.session(id);
        return now.status === 'ended' && now.end_reason ? now : null;
      }, 45_000, 200);
    expect(await ended(poor.api, exhausted.id)).toMatchObject({ end_reason: 'credits_exhausted' });
    const told = await events.until('session.ended');
    expect(told.data).toMatchObject({ end_reason: 'credits_exhausted', credits: 0.05 });
    expect(told.data['billed_seconds']).toBeCloseTo(3, 2);
    expect(await poor.api.credits()).toMatchObject({ available_micro_credits: '0', held_micro_credits: '0' });
    expect(await poor.api.try('POST', '/v1/sessions', { avatar_id: poor.avatarId })).toMatchObject({ status: 402, body: { code: 'insufficient_credits' } });

    expect(await ended(stage.api, idle.id)).toMatchObject({ end_reason: 'idle_timeout', billed_seconds: 0, credits: 0, live_at: null });
    const over = await ended(stage.api, long.id);
    expect(over).toMatchObject({ end_reason: 'max_duration' });
    expect(over.billed_seconds).toBeGreaterThan(9);
    expect(over.billed_seconds).toBeLessThan(13);
    expect(await stage.api.try('POST', `/v1/sessions/${long.id}/speak`, { text: 'Too late.' })).toMatchObject({ status: 409, body: { code: 'session_ended' } });
    await viewer.player.drop('long');
    await viewer.player.drop('poor');
  });

  it('leaves books that add up', async () => {
    expect(await backstage.ledgerViolations()).toEqual([]);
  });
});
