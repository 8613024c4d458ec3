import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreatedSession } from './support/api-types.ts';
import { speakingAvatar, testPortrait } from './support/avatars.ts';
import { betweenMs, type Curve } from './support/curve.ts';
import { lipCurve } from './support/lip-curve.ts';
import { levelBetween, soundingSpan } from './support/loudness.ts';
import type { Recording } from './support/recording.ts';
import { SessionEvents } from './support/session-events.ts';
import { speechSample, wav, type SpeechSample } from './support/speech-sample.ts';
import { report, Stage } from './support/stage.ts';
import { median, percentile } from './support/statistics.ts';
import { StepMeter } from './support/step.ts';
import { pause } from './support/until.ts';
import type { Viewer } from './support/viewer.ts';

/** Root mean square of 10 ms, of full scale 1: under it is silence. */
const SOUND = 0.008;
/** How long the lips may take to close, and to begin before the sound. */
const CLOSING_MS = 400;
const OPENING_MS = 250;

describe('an avatar that speaks', () => {
  let stage: Stage;
  let viewer: Viewer;
  let events: SessionEvents;
  let session: CreatedSession;
  let speech: SpeechSample;

  beforeAll(async () => {
    stage = await Stage.open();
    const avatar = await speakingAvatar(stage.api);
    speech = await speechSample();
    viewer = await stage.viewer();
    session = await stage.session({ avatar_id: avatar.id });
    events = await SessionEvents.follow(stage.api, session.id, stage.product.apiKey);
    await viewer.watchUntilPlaying('v', session);
  });

  afterAll(async () => {
    events?.close();
    await stage?.close();
  });

  /** Says it, and gives back what the viewer saw and heard from a while before to a while after. */
  async function recorded(what: Parameters<Stage['api']['speak']>[1], leadMs = 1200): Promise<Recording & { utteranceId: string }> {
    await viewer.startRecording('v');
    await pause(leadMs);
    const utteranceId = await stage.api.speak(session.id, what);
    await events.untilAbout(utteranceId, 'utterance.ended');
    await pause(1200);
    return { utteranceId, ...(await viewer.stopRecording('v')) };
  }

  /** That they do what the sound asks for is lip-sync.e2e.spec.ts's business: loudness says little of it, an m is loud and closed. */
  function expectLipsToMoveInSpeechOnly(lips: Curve, sound: Recording['sound']): void {
    const span = soundingSpan(sound, SOUND);
    if (!span) throw new Error('nothing was heard');
    const spoken = betweenMs(lips, span.firstMs, span.lastMs);
    const silent = [...betweenMs(lips, -Infinity, span.firstMs - OPENING_MS).values, ...betweenMs(lips, span.lastMs + CLOSING_MS, Infinity).values];
    const rest = median(silent);
    const figures = {
      'p95 over rest': percentile(spoken.values, 0.95) - rest,
      'largest in silence': Math.max(...silent.map((gap) => Math.abs(gap - rest))),
      'pictures in speech': spoken.values.length,
      'in silence': silent.length,
    };
    report('lip gap', figures);
    // A true mouth reaches 0.05 in this sentence, whose lips meet every quarter of a second.
    expect.soft(figures['p95 over rest']).toBeGreaterThanOrEqual(0.03);
    expect.soft(figures['largest in silence']).toBeLessThanOrEqual(0.015);
  }

  it('moves its lips with the sound that was sent, and both arrive together', { timeout: 240_000 }, async () => {
    // A browser takes a few seconds to bring the two streams in step.
    await pause(3000);
    const seen = await recorded({ audio: wav(speech).toString('base64') });

    const { sound, driftMs, picture } = await (await StepMeter.for(testPortrait(), speech)).measure(seen);
    report('sound', { 'correlation with what was sent': sound.correlation, 'drift ms': driftMs });
    expect.soft(sound.correlation).toBeGreaterThanOrEqual(0.8);

    const stats = await viewer.player.stats('v');
    report('picture behind sound', { 'by what is seen and heard, ms': picture.lagMs, 'at r': picture.correlation, 'by the browser, ms': stats.videoBehindAudioMs ?? 'unknown' });
    expect.soft(picture.correlation).toBeGreaterThan(0.7);
    expect.soft(Math.abs(picture.lagMs)).toBeLessThanOrEqual(40);

    // A face mesh costs most of this test: every other picture will do.
    expectLipsToMoveInSpeechOnly(await lipCurve(seen.frames.filter((_, i) => i % 2 === 0)), seen.sound);
  });

  it('says a text with the built-in voice', { timeout: 240_000 }, async () => {
    const seen = await recorded({ text: 'Mama, may I have more marmalade?' }, 800);
    const [ended] = events.about(seen.utteranceId, 'utterance.ended');
    const span = soundingSpan(seen.sound, SOUND);
    expect(ended?.data).toMatchObject({ interrupted: false });
    const playedMs = Number(ended?.data['played_ms']);
    report('text', { 'played ms': playedMs, 'heard ms': span ? span.lastMs - span.firstMs : 0 });
    expect(playedMs).toBeGreaterThan(1000);
    expect(span!.lastMs - span!.firstMs).toBeGreaterThan(0.6 * playedMs);
  });

  it('falls silent and closes its mouth when interrupted, and forgets what waited', { timeout: 240_000 }, async () => {
    await viewer.startRecording('v');
    const audio = wav(speech).toString('base64');
    const first = await stage.api.speak(session.id, { audio });
    const second = await stage.api.speak(session.id, { audio });
    await events.untilAbout(first, 'utterance.started');
    await pause(1500);
    const interruptedAtMs = await viewer.nowMs();
    expect(await stage.api.interrupt(session.id)).toEqual([first, second]);
    await Promise.all([events.untilAbout(first, 'utterance.ended'), events.untilAbout(second, 'utterance.ended')]);
    await pause(1500);
    const { sound, frames } = await viewer.stopRecording('v');
    const span = soundingSpan(sound, SOUND);
    expect(span).not.toBeNull();
    const endMs = sound.startAtMs + (sound.samples.length / sound.sampleRateHz) * 1000;
    const lips = await lipCurve(frames.filter(({ shownAtMs }, i) => shownAtMs > interruptedAtMs - 600 && i % 2 === 0));
    const afterwards = betweenMs(lips, endMs - 700, Infinity).values;
    report('interruption', { 'silent after ms': span!.lastMs - interruptedAtMs, 'open before': Math.max(...lips.values), 'open afterwards': Math.max(...afterwards) });
    // Bounds of seconds: the budget itself is the bench's business.
    expect(span!.lastMs - interruptedAtMs).toBeLessThan(1500);
    expect(levelBetween(sound, endMs - 500, endMs)).toBeLessThan(SOUND);
    expect(Math.max(...afterwards) - median(afterwards)).toBeLessThan(0.03);
    const [endOfFirst] = events.about(first, 'utterance.ended');
    expect(endOfFirst?.data).toMatchObject({ interrupted: true });
    expect(Number(endOfFirst?.data['played_ms'])).toBeGreaterThan(500);
    expect(Number(endOfFirst?.data['played_ms'])).toBeLessThan(speech.durationMs);
    expect(events.about(second, 'utterance.ended')[0]?.data).toMatchObject({ interrupted: true, played_ms: 0 });
    expect(events.about(second, 'utterance.started')).toHaveLength(0);
  });

  it('says what waits in the order in which it came, each with one end', async () => {
    const ids: string[] = [];
    for (const text of ['One.', 'Two.', 'Three.']) ids.push(await stage.api.speak(session.id, { text }));
    for (const id of ids) await events.untilAbout(id, 'utterance.ended');
    await pause(500);
    const told = events.all.filter(({ data }) => ids.includes(String(data['utterance_id']))).map(({ type, data }) => `${type} ${ids.indexOf(String(data['utterance_id']))}`);
    expect(told).toEqual([0, 1, 2].flatMap((i) => [`utterance.started ${i}`, `utterance.ended ${i}`]));
  });

  it('refuses what cannot be said, and ends what turns out so once it is tried', async () => {
    expect(await stage.api.try('POST', `/v1/sessions/${session.id}/speak`, {})).toMatchObject({ status: 400 });
    expect(await stage.api.try('POST', `/v1/sessions/${session.id}/speak`, { audio: Buffer.from('no sound at all').toString('base64') })).toMatchObject({ status: 400 });
    expect(await stage.api.try('POST', `/v1/sessions/${session.id}/speak`, { text: 'Hello.', voice_id: 'nobody' })).toMatchObject({ status: 400 });
    const broken = await stage.api.speak(session.id, { audio: Buffer.concat([wav(speech).subarray(0, 44).fill(0xff, 20), Buffer.alloc(100)]).toString('base64') });
    const ended = await events.untilAbout(broken, 'utterance.ended');
    expect(ended.data).toMatchObject({ played_ms: 0, error: { code: expect.any(String), detail: expect.any(String) } });
  });
});
