import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFirefox, launchFirefox, WhepPage } from '@visavis/media/testing';
import { Api } from './support/api.ts';
import { speakingAvatar } from './support/avatars.ts';
import { startPageServer, type PageServer } from './support/page-server.ts';
import { findProduct } from './support/product.ts';
import { SessionEvents } from './support/session-events.ts';
import { report } from './support/stage.ts';

type Firefox = Awaited<ReturnType<typeof launchFirefox>>;

// VP8 only: Firefox's H.264 is a plug-in that it downloads, which a test machine hasn't. And Firefox refuses ICE on loopback: the
// product has to announce another address of this machine for its media (MEDIA_ADDRESS; `npm test` does where there is one).
const path = findFirefox();
const announced = process.env['VISAVIS_MEDIA_ADDRESS'] ?? '';
const missing = [...(path ? [] : ['Firefox (FIREFOX_PATH)']), ...(announced !== '' && !announced.startsWith('127.') ? [] : ['an address for media that is not loopback'])];
if (missing.length > 0) console.error(`SKIPPED: a session in Firefox needs ${missing.join(' and ')}`);

describe.skipIf(missing.length > 0)('a session in Firefox', () => {
  let browser: Firefox;
  let pages: PageServer;

  beforeAll(async () => {
    pages = await startPageServer();
    browser = await launchFirefox(path ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await pages?.close();
  });

  it('plays VP8 and Opus, and hears the avatar speak', async () => {
    const product = findProduct();
    const api = new Api(product.url, product.apiKey);
    const avatar = await speakingAvatar(api);
    const session = await api.createSession({ avatar_id: avatar.id, video: { codec: 'vp8' } });
    try {
      const tab = await browser.newPage();
      await tab.goto(pages.url);
      const player = await WhepPage.on(tab);
      const { status } = await player.play('ff', session.whep_url, { token: session.client_token });
      expect(status).toBe(201);
      const playing = await player.until('ff', ({ framesShown, audioPackets }) => framesShown > 25 && audioPackets > 50, 30_000);
      expect(playing).toMatchObject({ connectionState: 'connected', width: 512, height: 512 });
      const events = await SessionEvents.follow(api, session.id, product.apiKey);
      const utterance = await api.speak(session.id, { text: 'Firefox, can you hear me?' });
      await events.untilAbout(utterance, 'utterance.ended');
      // Its sound can't be recorded where there is no sound card (an AudioContext never starts); its energy is counted.
      const stats = await player.until('ff', ({ audioEnergy }) => audioEnergy > playing.audioEnergy, 10_000);
      report('Firefox', { frames: stats.framesShown, 'energy of the sound': stats.audioEnergy, version: spawnSync(path ?? '', ['--version']).stdout.toString().trim() });
      expect(stats.framesShown).toBeGreaterThan(playing.framesShown);
      events.close();
      expect(await player.stop('ff')).toBe(200);
    } finally {
      await api.endSession(session.id);
    }
  });
});
