import { readFileSync } from 'node:fs';

/** What playwright's and puppeteer's pages have in common. */
export interface ScriptablePage {
  evaluate(expression: string): Promise<unknown>;
}

export interface PlayOptions {
  token?: string;
  iceServers?: { urls: string }[];
  /** Sections of the offer, in this order. Default audio, video. */
  kinds?: ('audio' | 'video')[];
  /** Offer only this video codec. */
  codec?: 'H264' | 'VP8' | 'VP9' | 'AV1';
  direction?: 'recvonly' | 'sendrecv';
  /** Other payload types for these codecs in the offer, to look like a browser that numbers them differently. */
  payloadTypes?: Partial<Record<'opus' | 'H264' | 'VP8', number>>;
  extraDataChannel?: boolean;
  /** Leaves the answer's UDP candidates out, so that media has to come over TCP. */
  tcpOnly?: boolean;
}

export interface PlayResult {
  status: number;
  /** The answer, or the problem document. */
  body: string;
  resource?: string;
  etag?: string;
}

export interface PlayStats {
  connectionState: string;
  iceConnectionState: string;
  trackIds: string[];
  trackStates: string[];
  currentTime: number;
  width: number;
  height: number;
  videoCodec: string | undefined;
  /** Decoded over the player's whole life; the counters below belong to the stream that plays now and start anew when it is exchanged. */
  framesShown: number;
  framesDecoded: number;
  keyFramesDecoded: number;
  framesDropped: number;
  videoPackets: number;
  videoPacketsLost: number;
  audioPackets: number;
  audioPacketsLost: number;
  audioEnergy: number;
  audioSamples: number;
  concealedSamples: number;
  videoBehindAudioMs: number | null;
  pliCount: number;
  nackCount: number;
}

const playerScript = readFileSync(new URL('./whep-player.browser.js', import.meta.url), 'utf8');

/** WHEP players in one page of a real browser, by name. The page must be on an address that may fetch the WHEP endpoint. */
export class WhepPage {
  readonly #page: ScriptablePage;

  private constructor(page: ScriptablePage) {
    this.#page = page;
  }

  static async on(page: ScriptablePage): Promise<WhepPage> {
    await page.evaluate(`${playerScript}; undefined`);
    return new WhepPage(page);
  }

  play(id: string, url: string, options: PlayOptions = {}): Promise<PlayResult> {
    return this.#call('play', id, url, options) as Promise<PlayResult>;
  }

  stats(id: string): Promise<PlayStats> {
    return this.#call('stats', id) as Promise<PlayStats>;
  }

  /** PNG of the picture that is shown. */
  async frame(id: string): Promise<Buffer | null> {
    const base64 = (await this.#call('frame', id)) as string | null;
    return base64 === null ? null : Buffer.from(base64, 'base64');
  }

  restartIce(id: string): Promise<{ status: number; etagChanged: boolean; fragment: string }> {
    return this.#call('restartIce', id) as Promise<{ status: number; etagChanged: boolean; fragment: string }>;
  }

  /** @returns the sample rate of what stopRecording will give */
  startRecording(id: string): Promise<number> {
    return this.#call('startRecording', id) as Promise<number>;
  }

  async stopRecording(id: string): Promise<{ sampleRateHz: number; samples: Int16Array }> {
    const { sampleRateHz, pcmBase64 } = (await this.#call('stopRecording', id)) as { sampleRateHz: number; pcmBase64: string };
    const bytes = Uint8Array.from(Buffer.from(pcmBase64, 'base64'));
    return { sampleRateHz, samples: new Int16Array(bytes.buffer, 0, bytes.length >> 1) };
  }

  /** Says goodbye by DELETE; the HTTP status. */
  stop(id: string): Promise<number> {
    return this.#call('stop', id) as Promise<number>;
  }

  /** Goes without a word, as a closed tab does. */
  async drop(id: string): Promise<void> {
    await this.#call('drop', id);
  }

  /** Polls until `reached` says so, and gives the statistics of that moment. @throws Error with the last statistics after `timeoutMs`. */
  async until(id: string, reached: (stats: PlayStats) => boolean, timeoutMs = 20_000): Promise<PlayStats> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const stats = await this.stats(id);
      if (reached(stats)) return stats;
      if (performance.now() > deadline) throw new Error(`player ${id} did not get there: ${JSON.stringify(stats)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits until picture and sound have gone on for a while, from wherever they are now. */
  async plays(id: string, { audio = true, video = true, timeoutMs = 20_000 } = {}): Promise<PlayStats> {
    let before = await this.stats(id);
    return this.until(
      id,
      (now) => {
        // Counters of a stream that was exchanged meanwhile start anew.
        if (now.audioPackets < before.audioPackets) before = { ...before, audioPackets: now.audioPackets, audioEnergy: now.audioEnergy };
        const seen = now.framesShown >= before.framesShown + 10 && now.currentTime > before.currentTime;
        const heard = now.audioPackets >= before.audioPackets + 25 && now.audioEnergy > before.audioEnergy;
        return (!video || seen) && (!audio || heard);
      },
      timeoutMs,
    );
  }

  #call(name: string, ...parameters: unknown[]): Promise<unknown> {
    return this.#page.evaluate(`whep.${name}(${parameters.map((parameter) => JSON.stringify(parameter)).join(', ')})`);
  }
}
