import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Avatar, CreatedSession } from './support/api-types.ts';
import { loudnessOf } from './support/loudness.ts';
import { SessionEvents } from './support/session-events.ts';
import { report, Stage } from './support/stage.ts';
import { pause } from './support/until.ts';
import type { Viewer } from './support/viewer.ts';

const TEXT = 'Wait <gesture name="nod"/>for <break time="1200ms"/><expression name="happy" strength="0.9">it, <emphasis>please</emphasis>.</expression> Thank you.';

/** The longest quiet stretch within speech, in milliseconds. */
function longestPauseMs(sound: Parameters<typeof loudnessOf>[0]): number {
  const { values } = loudnessOf(sound, { stepMs: 20 });
  const loud = values.map((value) => value > 15);
  let [longest, run] = [0, 0];
  for (const one of loud.slice(loud.indexOf(true), loud.lastIndexOf(true))) {
    run = one ? 0 : run + 1;
    longest = Math.max(longest, run);
  }
  return longest * 20;
}

describe('a face that is told how to look', () => {
  let stage: Stage;
  let viewer: Viewer;
  let events: SessionEvents;
  let stock: Avatar;
  let session: CreatedSession;

  beforeAll(async () => {
    stage = await Stage.open();
    const { data } = await stage.api.call<{ data: Avatar[] }>('GET', '/v1/avatars?stock=true&limit=100');
    stock = data.find(({ status }) => status === 'ready')!;
    viewer = await stage.viewer();
    session = await stage.session({ avatar_id: stock.id, background: { type: 'transparent' } });
    events = await SessionEvents.follow(stage.api, session.id, stage.product.apiKey);
    await viewer.watchUntilPlaying('v', session);
  });
  afterAll(async () => {
    events?.close();
    await stage?.close();
  });

  it('is a stock avatar of everyone, with its own voice, and its alpha beside it', async () => {
    expect(stock).toMatchObject({ stock: true, status: 'ready' });
    expect((await fetch(stock.preview_url ?? '')).status).toBe(200);
    expect(session).toMatchObject({ voice_id: stock.voice_id, background: { type: 'transparent' }, video: { width: 512, height: 512, coded_width: 1024, coded_height: 512 } });
    expect(await viewer.player.stats('v')).toMatchObject({ width: 1024, height: 512 });
  });

  it('takes expressions, gestures and states while it does nothing, and goes on playing', async () => {
    const page = stage.api.as(session.client_token);
    for (const [action, body] of [
      ['state', { state: 'listening' }],
      ['expression', { expression: 'happy' }],
      ['gesture', { gesture: 'nod' }],
      ['state', { state: 'idle' }],
      ['expression', { expression: 'neutral' }],
    ] as const) {
      expect((await page.try('POST', `/v1/sessions/${session.id}/${action}`, body)).status).toBe(202);
      await pause(400);
      await viewer.plays('v');
    }
    expect((await stage.api.session(session.id)).status).toBe('live');
  });

  it('says a text with marks as it is without them, with the pauses that were asked for', async () => {
    await viewer.startRecording('v');
    const follower = await fetch(`${stage.product.url}/v1/sessions/${session.id}/events?include=timings`, { headers: { authorization: `Bearer ${stage.product.apiKey}` } });
    const utteranceId = await stage.api.speak(session.id, { text: TEXT, expression: 'serious' });
    const ended = await events.untilAbout(utteranceId, 'utterance.ended');
    await pause(800);
    const { sound } = await viewer.stopRecording('v');
    expect(ended.data).toMatchObject({ interrupted: false });
    expect(ended.data).not.toHaveProperty('error');

    await stage.api.endSession(session.id);
    const timings = (await follower.text()).match(/^data: .*"utterance.timings".*$/gm) ?? [];
    const words = timings.flatMap((line) => (JSON.parse(line.slice(6)).data.words as { text: string }[]).map(({ text }) => text));
    expect(words.join(' ')).toBe('Wait for it, please. Thank you.');
    const pauseMs = longestPauseMs(sound);
    report('a pause of 1200 ms', { 'heard ms': pauseMs });
    expect(pauseMs).toBeGreaterThan(900);
    expect(pauseMs).toBeLessThan(1900);
  });
});
