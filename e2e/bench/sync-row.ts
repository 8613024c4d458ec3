import { testPortrait } from '../support/avatars.ts';
import { SessionEvents } from '../support/session-events.ts';
import { speechSample, wav } from '../support/speech-sample.ts';
import { percentile } from '../support/statistics.ts';
import { StepMeter } from '../support/step.ts';
import { pause } from '../support/until.ts';
import type { Bench, Row } from './row.ts';

const RUNS = 4;
const TARGET_MS = 20;

/** Sound against picture at the viewer: by what was seen and heard, and beside it what the browser says of itself. */
export const syncRow: Row = {
  ids: ['audio-video'],
  async measure({ stage, avatar }: Bench) {
    const speech = await speechSample();
    const meter = await StepMeter.for(testPortrait(), speech);
    const viewer = await stage.viewer();
    const lagsMs: number[] = [];
    const byBrowserMs: (number | null)[] = [];
    const correlations: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const session = await stage.session({ avatar_id: avatar.id });
      const events = await SessionEvents.follow(stage.api, session.id, stage.product.apiKey);
      await viewer.watchUntilPlaying('s', session);
      await pause(3000);
      await viewer.startRecording('s');
      const utterance = await stage.api.speak(session.id, { audio: wav(speech).toString('base64') });
      await events.untilAbout(utterance, 'utterance.ended');
      await pause(500);
      const { picture, sound } = await meter.measure(await viewer.stopRecording('s'));
      lagsMs.push(picture.lagMs);
      correlations.push(Math.min(picture.correlation, sound.correlation));
      byBrowserMs.push((await viewer.player.stats('s')).videoBehindAudioMs);
      events.close();
      await viewer.player.drop('s');
      await stage.api.endSession(session.id);
    }
    await viewer.close();
    const worst = Math.max(...lagsMs.map(Math.abs));
    return [
      {
        id: 'audio-video',
        what: 'audio against video at the viewer',
        target: `within ±${TARGET_MS} ms`,
        measured: `picture behind sound by ${lagsMs.map((ms) => ms.toFixed(0)).join(', ')} ms (median ${percentile(lagsMs, 0.5).toFixed(0)})`,
        reached: worst <= TARGET_MS,
        details: { must_ms: 40, picture_behind_sound_ms: lagsMs, by_the_browser_ms: byBrowserMs, correlations },
      },
    ];
  },
};
