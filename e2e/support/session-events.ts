import { createParser } from 'eventsource-parser';
import type { Api } from './api.ts';
import type { SessionEvent, SessionEventType } from './api-types.ts';
import { until } from './until.ts';

/** A listener of GET /v1/sessions/:id/events that keeps all it heard. */
export class SessionEvents {
  readonly all: SessionEvent[] = [];
  /** On this machine's clock, for each of `all`. */
  readonly heardAtMs: number[] = [];
  readonly ids: string[] = [];
  status = 0;
  over = false;
  readonly #abort = new AbortController();

  /** @param lastEventId resumes after it */
  static async follow(api: Api, sessionId: string, credentials: string, lastEventId?: string): Promise<SessionEvents> {
    const events = new SessionEvents();
    const headers = { authorization: `Bearer ${credentials}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
    await events.#open(`${api.url}/v1/sessions/${sessionId}/events`, headers);
    return events;
  }

  /** As an EventSource does, which can't set headers. */
  static async followByToken(api: Api, sessionId: string, token: string): Promise<SessionEvents> {
    const events = new SessionEvents();
    await events.#open(`${api.url}/v1/sessions/${sessionId}/events?token=${encodeURIComponent(token)}`, {});
    return events;
  }

  of(type: SessionEventType): SessionEvent[] {
    return this.all.filter((event) => event.type === type);
  }

  /** Those of one utterance. */
  about(utteranceId: string, type: SessionEventType): SessionEvent[] {
    return this.of(type).filter(({ data }) => data['utterance_id'] === utteranceId);
  }

  until(type: SessionEventType, timeoutMs = 30_000): Promise<SessionEvent> {
    return until(`${type}; heard ${this.all.map((event) => event.type).join(', ')}`, () => this.of(type)[0], timeoutMs, 10);
  }

  untilAbout(utteranceId: string, type: SessionEventType, timeoutMs = 30_000): Promise<SessionEvent> {
    return until(`${type} of ${utteranceId}`, () => this.about(utteranceId, type)[0], timeoutMs, 10);
  }

  close(): void {
    this.#abort.abort();
  }

  async #open(url: string, headers: Record<string, string>): Promise<void> {
    const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: this.#abort.signal });
    this.status = response.status;
    if (response.status !== 200 || !response.body) {
      this.over = true;
      return;
    }
    const parser = createParser({
      onEvent: ({ id, data }) => {
        this.all.push(JSON.parse(data) as SessionEvent);
        this.heardAtMs.push(performance.now());
        this.ids.push(id ?? '');
      },
    });
    void this.#read(response.body, parser.feed.bind(parser));
  }

  async #read(body: ReadableStream<Uint8Array>, feed: (text: string) => void): Promise<void> {
    const text = new TextDecoder();
    try {
      for await (const chunk of body) feed(text.decode(chunk, { stream: true }));
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    } finally {
      this.over = true;
    }
  }
}
