import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Avatar, CreatedSession } from './support/api-types.ts';
import { speakingAvatar } from './support/avatars.ts';
import { betweenMs } from './support/curve.ts';
import { openness, seenSpeech, type SeenSpeech } from './support/seen-speech.ts';
import { SessionEvents } from './support/session-events.ts';
import { wav } from './support/speech-sample.ts';
import { report, Stage } from './support/stage.ts';
import { median } from './support/statistics.ts';
import { timedSpeech, trueOpening, type TimedSpeech } from './support/timed-speech.ts';
import { pause } from './support/until.ts';
import type { Viewer } from './support/viewer.ts';

/** Lips that meet, lips on teeth, open and round vowels, and a pause. */
const SENTENCE = 'Papa bought five apples from my mother. Who put the whole bottle above the sofa?';
/** What five say at once: each its own words, so that a mouth which speaks another's is found out; long enough that every second picture tells when. */
const AT_ONCE = [
  'Mama bought a very big pot of coffee. You may have a cup of it, if you move my papers.',
  'Five fat mice move above the open box. Our poor old father fell over them both.',
  'Bob, who put the apple on my sofa? I hope it was not the boy from above the pub.',
  'Please show me a map of the whole farm. Maybe we will find a path behind the barn.',
  'We both saw father jump over the moon. Before that, he had a bowl of apple pie.',
];
const LEAST_CORRELATION = 0.6;
const MOST_OFFSET_MS = 40;
/** A page that decodes five streams on few cores puts single ones up to 50 ms out of step, mostly as its own statistics say: five are judged by their median, without that part. */
const MOST_OFFSET_OF_ONE_IN_FIVE_MS = 100;
/** Where the lips shall meet they are seen at most this far open, where they shall open at least that far: parts of the way. */
const CLOSED = 0.3;
const OPEN = 0.35;
const LEAST_PART = 0.8;
/** A vowel counts as open when the truth opens by as much. */
const WIDE = 0.4;

/** How far the truth opens in a segment. */
function widest(speech: TimedSpeech, { startMs, endMs }: { startMs: number; endMs: number }): number {
  return Math.max(...betweenMs(trueOpening(speech, 0), startMs, endMs).values);
}

/** `behindMs`: how far the browser says that it shows the picture behind the sound. */
type Seen = SeenSpeech & { behindMs: number };

interface Speaker {
  name: string;
  session: CreatedSession;
  events: SessionEvents;
  speech: TimedSpeech;
}

describe('lip sync, from sound alone', () => {
  let stage: Stage;
  let viewer: Viewer;
  let avatar: Avatar;

  beforeAll(async () => {
    stage = await Stage.open();
    avatar = await speakingAvatar(stage.api);
    viewer = await stage.viewer();
  });

  afterAll(() => stage?.close());

  async function speaker(name: string, text: string): Promise<Speaker> {
    const speech = await timedSpeech(text);
    const session = await stage.session({ avatar_id: avatar.id });
    const events = await SessionEvents.follow(stage.api, session.id, stage.product.apiKey);
    await viewer.watchUntilPlaying(name, session);
    return { name, session, events, speech };
  }

  /** Lets them say theirs at once, as sound without a word of text, and looks at each of them. */
  async function seen(speakers: readonly Speaker[], every: number): Promise<Seen[]> {
    // A browser takes its seconds to bring the two streams in step.
    await pause(8000);
    for (const { name } of speakers) await viewer.startRecording(name, { every });
    await pause(1500);
    await Promise.all(
      speakers.map(async ({ session, events, speech }) => {
        const utterance = await stage.api.speak(session.id, { audio: wav(speech).toString('base64') });
        await events.untilAbout(utterance, 'utterance.ended');
      }),
    );
    await pause(700);
    const recordings = [];
    const behindMs: number[] = [];
    for (const { name } of speakers) {
      recordings.push(await viewer.stopRecording(name));
      // A browser that puts the picture elsewhere than the sound is no fault of the mouth's; it tells, roughly.
      const { videoBehindAudioMs } = await viewer.player.stats(name);
      behindMs.push(videoBehindAudioMs ?? 0);
      report(name, { 'picture behind sound by the browser, ms': videoBehindAudioMs ?? 'unknown' });
    }
    for (const { session, events, name } of speakers) {
      events.close();
      await viewer.player.drop(name);
      await stage.api.endSession(session.id);
    }
    const all: Seen[] = [];
    for (const [i, { speech }] of speakers.entries()) all.push({ ...(await seenSpeech(recordings[i]!, speech)), behindMs: behindMs[i]! });
    return all;
  }

  function expectInStep({ sound, mouth, lips, restGap, span, received }: SeenSpeech, name: string, mostOffsetMs = MOST_OFFSET_MS): void {
    report(name, { 'r with the truth': mouth.correlation, 'late by ms': mouth.lagMs, 'gap at rest': restGap, 'and further, speaking': span, 'pictures looked at': lips.values.length, 'of those received': received, 'sound as sent, r': sound.correlation });
    expect.soft(sound.correlation).toBeGreaterThanOrEqual(0.8);
    expect.soft(mouth.correlation).toBeGreaterThanOrEqual(LEAST_CORRELATION);
    expect.soft(Math.abs(mouth.lagMs)).toBeLessThanOrEqual(mostOffsetMs);
  }

  it('shapes the mouth as the phones ask for, in step with the sound', { timeout: 240_000 }, async () => {
    const { speech, ...one } = await speaker('one', SENTENCE);
    const [mouth] = await seen([{ speech, ...one }], 1);
    expectInStep(mouth!, 'one session');

    const closures = openness(mouth!, speech.segments.filter(({ viseme }) => viseme === 'PP'), Math.min);
    const vowels = openness(mouth!, speech.segments.filter((segment) => segment.vowel && widest(speech, segment) >= WIDE), Math.max);
    const shown = (values: number[]) => values.map((value) => value.toFixed(2)).join(' ');
    report('openness', { 'at p, b and m': shown(closures), 'in open vowels': shown(vowels) });
    expect(closures.length).toBeGreaterThanOrEqual(6);
    expect(vowels.length).toBeGreaterThanOrEqual(3);
    expect.soft(closures.filter((value) => value <= CLOSED).length / closures.length).toBeGreaterThanOrEqual(LEAST_PART);
    expect.soft(vowels.filter((value) => value >= OPEN).length / vowels.length).toBeGreaterThanOrEqual(LEAST_PART);
  });

  it('does so in five sessions at once, each with its own words', { timeout: 300_000 }, async () => {
    const speakers: Speaker[] = [];
    for (const [i, text] of AT_ONCE.entries()) speakers.push(await speaker(`of five ${i + 1}`, text));
    const mouths = await seen(speakers, 2);
    mouths.forEach((mouth, i) => expectInStep(mouth, speakers[i]!.name, MOST_OFFSET_OF_ONE_IN_FIVE_MS));
    const lateMs = median(mouths.map(({ mouth, behindMs }) => mouth.lagMs - behindMs));
    report('of five', { 'median late by, without what the browser says of itself, ms': lateMs });
    expect(Math.abs(lateMs)).toBeLessThanOrEqual(MOST_OFFSET_MS);
  });
});
