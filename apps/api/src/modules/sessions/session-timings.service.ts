import { Inject, Injectable } from '@nestjs/common';
import type { SessionEvent, UtteranceTimings } from '@visavis/contracts';
import { formatId } from '@visavis/ids';
import type { Logger } from '@visavis/logging';
import type { Feed } from '@visavis/queue';
import { LOGGER } from '../../tokens';
import { FEED } from '../dispatch/dispatch.tokens';
import { SessionEvents } from './session-events.service';
import { spanOf, withoutKnown } from './stored-timings';
import { UtteranceTimingsRepository } from './utterance-timings.repository';

/** May make the next event wait, for a reader that is slow. */
type Deliver = (event: SessionEvent) => void | Promise<void>;

/** Rows read at a time: a long utterance has hundreds. */
const PARTS_AT_ONCE = 50;
/** Audio lasts 20 minutes at most, but nobody knows how long a text of numbers takes. What comes later has no timings. */
const LONGEST_MS = 3_600_000;

/** What is said when: kept for a day after the session, and told to the readers of events that ask for it. */
@Injectable()
export class SessionTimings {
  constructor(
    private readonly events: SessionEvents,
    private readonly timings: UtteranceTimingsRepository,
    @Inject(FEED) private readonly feed: Feed,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Keeps what a worker tells, a second time only what is new in it. Nobody hears of it before the utterance has started. */
  async take(sessionId: string, told: UtteranceTimings): Promise<void> {
    const knownUntilMs = await this.timings.knownUntilMs(sessionId, told.utterance_id);
    if (knownUntilMs === null) return;
    const part = withoutKnown(told, knownUntilMs);
    const span = spanOf(part);
    if (!span || span.endMs > LONGEST_MS) return;
    await this.timings.insert(sessionId, part, span);
    await this.feed.publishTimings(formatId('ses', sessionId), told.utterance_id).catch(() => undefined); // found with the next part, or at the end
  }

  /** Forgets what was said in sessions that are long over. @returns how many parts went */
  sweep(): Promise<number> {
    return this.timings.sweep();
  }

  /**
   * As `SessionEvents.follow`, with `utterance.timings` in between: those of an utterance after its start and before its end. They have the
   * number of the event before them, so that a reader who comes back after it hears them again.
   */
  async follow(tenantId: string, sessionId: string, seq: number, deliver: Deliver): Promise<() => Promise<void>> {
    const speaking = new Map<string, { startedAtMs: number; toldMs: number }>();
    let lastSeq = seq;
    let stopped = false;
    let line = Promise.resolve();
    const inLine = (step: () => Promise<void>): void => {
      line = line.then(() => (stopped ? undefined : step())).catch((error: unknown) => this.logger.error({ error }, 'timings could not be told'));
    };

    const tell = async (utterance: string): Promise<void> => {
      const heard = speaking.get(utterance);
      if (!heard) return;
      for (let more = true; more && !stopped; ) {
        const parts = await this.timings.after(tenantId, sessionId, utterance, heard.toldMs, PARTS_AT_ONCE);
        more = parts.length === PARTS_AT_ONCE;
        for (const { startMs, at, timings } of parts) {
          if (stopped) return;
          heard.toldMs = startMs;
          // It may have been known before the utterance began, but was not said then.
          const atMs = Math.max(at.getTime(), heard.startedAtMs);
          await deliver({ seq: lastSeq, type: 'utterance.timings', at: new Date(atMs).toISOString(), session_id: formatId('ses', sessionId), data: timings });
        }
      }
    };
    const step = async (event: SessionEvent): Promise<void> => {
      const utterance = String(event.data['utterance_id']);
      // What can't be read must not hold up the events.
      if (event.type === 'utterance.ended') await tell(utterance).catch((error: unknown) => this.logger.error({ error }, 'timings could not be read'));
      if (stopped) return;
      lastSeq = event.seq;
      if (event.type === 'utterance.ended') speaking.delete(utterance);
      await deliver(event);
      if (event.type !== 'utterance.started') return;
      speaking.set(utterance, { startedAtMs: Date.parse(event.at), toldMs: -1 });
      await tell(utterance);
    };

    const unsubscribe = await this.feed.subscribeTimings(formatId('ses', sessionId), (utterance) => inLine(() => tell(utterance)));
    if (seq > 0) {
      inLine(async () => {
        for (const { utterance, startedAt } of await this.timings.speakingAt(tenantId, sessionId, seq)) {
          speaking.set(utterance, { startedAtMs: startedAt.getTime(), toldMs: -1 });
          await tell(utterance);
        }
      });
    }
    const stopEvents = await this.events
      .follow(tenantId, sessionId, seq, (event) => inLine(() => step(event)))
      .catch(async (error: unknown) => {
        await unsubscribe();
        throw error;
      });
    return async () => {
      stopped = true;
      await Promise.all([unsubscribe(), stopEvents()]);
    };
  }
}
