import { Inject, Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { parseId } from '@visavis/ids';
import { creditsToNumber, holdToReach, isExhausted, remainingMs, type Ledger } from '@visavis/credits';
import type { Logger } from '@visavis/logging';
import type { SessionChannel } from '@visavis/queue';
import { dueEnd } from '@visavis/session-states';
import { Repeating } from '../../repeating';
import { LOGGER } from '../../tokens';
import { SESSION_CHANNEL } from '../dispatch/dispatch.tokens';
import type { HostedSession } from '../media/hosted-session';
import { MediaHost } from '../media/media-host.service';
import { SessionEvents } from '../sessions/session-events.service';
import { SessionLifecycle } from '../sessions/session-lifecycle.service';
import { MeteringService } from './metering.service';
import { LEDGER } from './metering.tokens';

const TICK_MS = 1000;
const FLUSH_EVERY_TICKS = 3;

/** Once a second, for every session whose media is here: time limits, credit, usage. */
@Injectable()
export class MeterClock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private ticks = 0;
  private readonly repeating = new Repeating(TICK_MS, () => this.tick(), (error) => this.logger.error({ error }, 'metering fell behind; it goes on with the next second'));

  constructor(
    private readonly media: MediaHost,
    private readonly metering: MeteringService,
    private readonly lifecycle: SessionLifecycle,
    private readonly events: SessionEvents,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
    await this.metering.flush().catch(() => undefined); // logged there
  }

  private async tick(): Promise<void> {
    const sessions = this.media.all().filter((session) => !session.ending);
    if (sessions.length === 0) return this.metering.flush();
    const counts = await this.media.audioPacketCounts();
    const activity = await this.channel.lastActivity(sessions.map((session) => session.id)).catch(() => sessions.map(() => Date.now()));
    const flushNow = ++this.ticks % FLUSH_EVERY_TICKS === 0;
    await Promise.all(
      sessions.map(async (session, i) => {
        const packets = counts[session.id] ?? 0;
        if (flushNow) this.metering.collect(session, packets);
        await this.judge(session, packets, activity[i] ?? 0);
      }),
    );
    if (flushNow) await this.metering.flush();
  }

  private async judge(session: HostedSession, packets: number, lastCommandAtMs: number): Promise<void> {
    const nowMs = Date.now();
    const due = dueEnd({ ...session, lastActivityAtMs: Math.max(lastCommandAtMs, session.viewersLeftAtMs) }, nowMs);
    const id = parseId('ses', session.id) as string;
    if (due) {
      await this.lifecycle.end(id, due, 'media-node');
      return;
    }
    if (session.liveAtMs === null || session.microCreditsPerMinute === 0n) return;
    await this.watchCredit(session, id, this.metering.mediaMs(session, packets));
  }

  private async watchCredit(session: HostedSession, id: string, mediaMs: number): Promise<void> {
    const { metering, microCreditsPerMinute } = session;
    const state = () => ({ heldMicroCredits: metering.heldMicroCredits, billedMicroCredits: this.metering.charge(session, mediaMs), microCreditsPerMinute });
    const wanted = holdToReach(state());
    if (wanted === null) return;
    metering.heldMicroCredits = await this.ledger.extendHold(id, wanted);
    const hold = state();
    if (isExhausted(hold, BigInt(mediaMs))) {
      await this.lifecycle.end(id, 'credits_exhausted', 'media-node');
      return;
    }
    if (hold.heldMicroCredits < wanted && !metering.lowReported) {
      metering.lowReported = true;
      await this.events.append(id, 'credits.low', { remaining_credits: creditsToNumber(hold.heldMicroCredits - hold.billedMicroCredits), remaining_seconds: Math.floor(remainingMs(hold, BigInt(mediaMs)) / 1000) });
    }
  }
}
