import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { WhepPage, type PlayOptions, type PlayResult, type PlayStats } from '@visavis/media/testing';
import type { PageServer } from './page-server.ts';
import { readRecording, type Recording } from './recording.ts';

const captureScript = readFileSync(new URL('./capture.browser.js', import.meta.url), 'utf8');

/** What a viewer needs to know of a session. */
export interface Watchable {
  whep_url: string;
  client_token: string;
}

/** A tab of a real browser, on another origin than the API's, that can watch sessions and write down what it shows and plays. */
export class Viewer {
  readonly player: WhepPage;
  readonly #tab: Page;
  readonly #pages: PageServer;

  private constructor(tab: Page, pages: PageServer, player: WhepPage) {
    this.#tab = tab;
    this.#pages = pages;
    this.player = player;
  }

  static async open(browser: Browser, pages: PageServer): Promise<Viewer> {
    const tab = await browser.newPage();
    await tab.goto(pages.url);
    const player = await WhepPage.on(tab);
    await tab.evaluate(`${captureScript}; undefined`);
    return new Viewer(tab, pages, player);
  }

  /** Watches a session under a name; the answer's status tells whether it could. */
  watch(id: string, session: Watchable, options: PlayOptions = {}): Promise<PlayResult> {
    return this.player.play(id, session.whep_url, { token: session.client_token, ...options });
  }

  /** Watches, and waits until picture and sound go on. @throws Error when the answer is not 201 or nothing plays */
  async watchUntilPlaying(id: string, session: Watchable, options: PlayOptions = {}): Promise<void> {
    const result = await this.watch(id, session, options);
    if (result.status !== 201) throw new Error(`WHEP answered ${result.status}: ${result.body}`);
    await this.plays(id);
  }

  /** Waits until ten more pictures were shown and half a second more of sound, silent or not, arrived. */
  async plays(id: string, timeoutMs = 20_000): Promise<PlayStats> {
    let before = await this.player.stats(id);
    return this.player.until(
      id,
      (now) => {
        // Counters of a stream that was exchanged meanwhile start anew.
        if (now.audioPackets < before.audioPackets) before = { ...before, audioPackets: now.audioPackets };
        return now.framesShown >= before.framesShown + 10 && now.currentTime > before.currentTime && now.audioPackets >= before.audioPackets + 25;
      },
      timeoutMs,
    );
  }

  async startRecording(id: string, options: { pictures?: boolean; sound?: boolean; every?: number } = {}): Promise<void> {
    await this.#tab.evaluate(`capture.start(${JSON.stringify(id)}, ${JSON.stringify(options)})`);
  }

  async stopRecording(id: string): Promise<Recording> {
    const name = randomUUID();
    const body = this.#pages.received(name);
    await this.#tab.evaluate(`capture.stop(${JSON.stringify(id)}, ${JSON.stringify(name)})`);
    return readRecording(await body);
  }

  /** The page's clock now. */
  nowMs(): Promise<number> {
    return this.#tab.evaluate('performance.now()');
  }

  run<T>(expression: string): Promise<T> {
    return this.#tab.evaluate(expression) as Promise<T>;
  }

  async close(): Promise<void> {
    await this.#tab.close();
  }
}
