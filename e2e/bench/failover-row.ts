import { SessionEvents } from '../support/session-events.ts';
import { speechSample, wav } from '../support/speech-sample.ts';
import { pause, until } from '../support/until.ts';
import { ExtraWorker, productProcesses } from '../support/workers.ts';
import type { Bench, Row } from './row.ts';
import { durations } from './row.ts';

const RUNS = 3;
const SOUND = 0.008;

/** A worker killed in mid-sentence while another one has a slot: how long picture and sound stood still. */
export const failoverRow: Row = {
  ids: ['failover'],
  async measure({ stage, avatar }: Bench) {
    const speech = await speechSample('This sentence outlives the one who began it, and the end of it is spoken by another worker, which nobody notices. '.repeat(2));
    const audio = wav(speech).toString('base64');
    const viewer = await stage.viewer();
    const worker1 = () => productProcesses(stage.product).find(({ name }) => name === 'worker-1');
    const pictureMs: number[] = [];
    const soundMs: number[] = [];
    const ends: unknown[] = [];
    for (let run = 0; run < RUNS; run++) {
      const session = await stage.session({ avatar_id: avatar.id });
      const events = await SessionEvents.follow(stage.api, session.id, stage.product.apiKey);
      await viewer.watchUntilPlaying('f', session);
      // Begun after the session, so that it is the product's own worker that has it, and is lost.
      const other = new ExtraWorker(stage.product);
      try {
        const free = async () => (await stage.api.call<{ free_slots: number }>('GET', '/v1/sessions/availability')).free_slots;
        const slots = await free();
        await until('the second worker is there', async () => (await free()) > slots);
        const utterance = await stage.api.speak(session.id, { audio });
        await events.untilAbout(utterance, 'utterance.started');
        await viewer.startRecording('f');
        await pause(1500);
        const lost = worker1();
        const killedAtMs = await viewer.nowMs();
        process.kill(lost?.pid ?? 0, 'SIGKILL');
        const reassigned = await events.until('session.reassigned');
        await pause(1500);
        const { frames, sound } = await viewer.stopRecording('f');
        const next = frames.find(({ shownAtMs }, i) => shownAtMs > killedAtMs && shownAtMs - (frames[i - 1]?.shownAtMs ?? 0) > 400);
        pictureMs.push((next?.shownAtMs ?? NaN) - killedAtMs);
        soundMs.push(longestSilenceEndMs(sound, killedAtMs));
        ends.push(reassigned.data);
        await stage.api.endSession(session.id);
        await until('the lost worker was started again', () => worker1() && worker1()?.pid !== lost?.pid, 30_000);
      } finally {
        await other.stop();
        events.close();
        await viewer.player.drop('f');
      }
      await pause(2500); // until the second worker is forgotten and the first is there
      await until('a session could start', async () => (await stage.api.call<{ available: boolean }>('GET', '/v1/sessions/availability')).available);
    }
    await viewer.close();
    const both = pictureMs.map((ms, i) => Math.max(ms, soundMs[i]!));
    return [durations('failover', 'worker killed mid-sentence → moving picture again, sentence resumed', 3000, both, { picture_ms: pictureMs, sound_ms: soundMs, reassigned: ends })];
  },
};

/** When the longest pause after `fromMs` was over, after it. */
function longestSilenceEndMs({ sampleRateHz, startAtMs, samples }: { sampleRateHz: number; startAtMs: number; samples: Float32Array }, fromMs: number): number {
  const window = Math.round(sampleRateHz / 100);
  let [since, longest, end] = [fromMs, 0, NaN];
  for (let start = Math.max(0, Math.round(((fromMs - startAtMs) / 1000) * sampleRateHz)); start + window <= samples.length; start += window) {
    if (!samples.subarray(start, start + window).some((value) => Math.abs(value) > SOUND)) continue;
    const atMs = startAtMs + (start / sampleRateHz) * 1000;
    if (atMs - since > longest) [longest, end] = [atMs - since, atMs];
    since = atMs;
  }
  return end - fromMs;
}
