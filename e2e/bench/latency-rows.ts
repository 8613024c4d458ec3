import { drawnWithoutNetwork, thumbnails } from '../support/avatar-motion.ts';
import { testPortrait } from '../support/avatars.ts';
import { departure } from '../support/departure.ts';
import { soundingSpan } from '../support/loudness.ts';
import { mainMotion } from '../support/motion.ts';
import type { Recording } from '../support/recording.ts';
import { SessionEvents } from '../support/session-events.ts';
import { speechSample, wav, type SpeechSample } from '../support/speech-sample.ts';
import { pause } from '../support/until.ts';
import { durations, type Bench, type Row } from './row.ts';

const SOUND = 0.008;
/** Of how far the mouth goes at most in the run: past it, it has moved; under it, it has closed again. */
const MOVED = 0.2;
const FIRST_FRAME_RUNS = 15;
const SPEAK_RUNS = 12;

/** Session create → first decoded frame. A warm-up first; each run has a session and a player of its own. */
export const firstFrameRow: Row = {
  ids: ['first-frame'],
  async measure({ stage, avatar }: Bench) {
    const viewer = await stage.viewer();
    const runsMs: number[] = [];
    const createMs: number[] = [];
    for (let run = -2; run < FIRST_FRAME_RUNS; run++) {
      const startedAtMs = Date.now();
      const session = await stage.session({ avatar_id: avatar.id });
      const createdAtMs = Date.now();
      const shownAtMs = await viewer.run<number>(
        `whep.play('first', ${JSON.stringify(session.whep_url)}, { token: ${JSON.stringify(session.client_token)} }).then(() => capture.nextPicture('first')).then(() => Date.now())`,
      );
      await viewer.player.drop('first');
      await stage.api.endSession(session.id);
      if (run < 0) continue;
      runsMs.push(shownAtMs - startedAtMs);
      createMs.push(createdAtMs - startedAtMs);
    }
    await viewer.close();
    return [durations('first-frame', 'session create → first decoded frame in Chromium, warm', 300, runsMs, { must_ms: 1000, create_ms: createMs })];
  },
};

/** Speak → first sound and moved mouth, and interrupt → silence and closed mouth, in the same runs. */
export const speakRows: Row = {
  ids: ['speak-audio', 'speak-text', 'interrupt'],
  async measure({ stage, avatar }: Bench) {
    const viewer = await stage.viewer();
    const session = await stage.session({ avatar_id: avatar.id });
    const events = await SessionEvents.follow(stage.api, session.id, stage.product.apiKey);
    await viewer.watchUntilPlaying('v', session);
    const speech = withoutLeadingSilence(await speechSample());
    const mouth = mainMotion(await drawnWithoutNetwork(testPortrait(), speech));
    const audio = wav(speech).toString('base64');
    await pause(2000);

    /** Says it and interrupts it; all moments on the page's clock. */
    const run = async (what: { audio: string } | { text: string }) => {
      await viewer.startRecording('v');
      await pause(600);
      const zeroMs = await viewer.run<number>('performance.timeOrigin');
      const askedAtMs = Date.now() - zeroMs;
      const askedHereMs = performance.now();
      const utterance = await stage.api.speak(session.id, what);
      const answeredMs = performance.now() - askedHereMs;
      await pause(1100);
      const interruptedAtMs = Date.now() - zeroMs;
      await stage.api.interrupt(session.id);
      await events.untilAbout(utterance, 'utterance.ended');
      await pause(700);
      const startedIndex = events.all.findIndex(({ type, data }) => type === 'utterance.started' && data['utterance_id'] === utterance);
      const startedMs = (events.heardAtMs[startedIndex] ?? NaN) - askedHereMs;
      return { answeredMs, startedMs, ...(await momentsOf(await viewer.stopRecording('v'), mouth, askedAtMs, interruptedAtMs)) };
    };
    const byAudio: Moments[] = [];
    const byText: Moments[] = [];
    await run({ audio });
    for (let i = 0; i < SPEAK_RUNS; i++) byAudio.push(await run({ audio }));
    for (let i = 0; i < SPEAK_RUNS; i++) byText.push(await run({ text: `Papa bought ${i + 2} bottles of water from my mother, and we may go home now.` }));
    events.close();
    await viewer.close();
    await stage.api.endSession(session.id);
    const both = (runs: Moments[]) => runs.map(({ soundMs, mouthMs }) => Math.max(soundMs, mouthMs));
    const each = (runs: Moments[], of: keyof Moments) => runs.map((moments) => Math.round(moments[of]));
    const apart = (runs: Moments[]) => ({
      ...{ answered_ms: each(runs, 'answeredMs'), started_event_ms: each(runs, 'startedMs') },
      ...{ first_sound_ms: each(runs, 'soundMs'), moved_mouth_ms: each(runs, 'mouthMs') },
    });
    const all = [...byAudio, ...byText];
    return [
      durations('speak-audio', '`speak` with audio → first sound and moved mouth in the browser', 250, both(byAudio), { must_ms: 400, ...apart(byAudio) }),
      durations('speak-text', '`speak` with text, built-in voice → the same', 350, both(byText), apart(byText)),
      durations('interrupt-silence', 'interrupt → silence in the browser', 200, all.map(({ silentMs }) => silentMs)),
      durations('interrupt-mouth', 'interrupt → closed mouth', 300, all.map(({ closedMs }) => closedMs)),
    ];
  },
};

interface Moments {
  /** The request was answered, and utterance.started was heard: both in the middle of the way to the first sound. */
  answeredMs: number;
  startedMs: number;
  soundMs: number;
  mouthMs: number;
  silentMs: number;
  closedMs: number;
}

async function momentsOf({ frames, sound }: Recording, mouth: Float32Array, askedAtMs: number, interruptedAtMs: number): Promise<Omit<Moments, 'answeredMs' | 'startedMs'>> {
  const span = soundingSpan(sound, SOUND, askedAtMs);
  if (!span) throw new Error('nothing was heard');
  const moved = departure(await thumbnails(frames), mouth, askedAtMs);
  const limit = MOVED * Math.max(...moved.values.filter((_, i) => moved.atMs[i]! < interruptedAtMs));
  const first = moved.atMs.find((at, i) => at > askedAtMs && moved.values[i]! > limit);
  const lastOpen = moved.atMs.findLastIndex((at, i) => at > askedAtMs && moved.values[i]! > limit);
  const closed = moved.atMs[lastOpen + 1];
  return { soundMs: span.firstMs - askedAtMs, mouthMs: (first ?? NaN) - askedAtMs, silentMs: Math.max(0, span.lastMs - interruptedAtMs), closedMs: Math.max(0, (closed ?? NaN) - interruptedAtMs) };
}

/** The clock starts with the request; what the file itself is silent for is not the product's time. */
function withoutLeadingSilence(speech: SpeechSample): SpeechSample {
  const first = speech.samples.findIndex((value) => Math.abs(value) > 0.03);
  const samples = speech.samples.slice(Math.max(0, first));
  return { ...speech, samples, durationMs: (samples.length / speech.sampleRateHz) * 1000 };
}
