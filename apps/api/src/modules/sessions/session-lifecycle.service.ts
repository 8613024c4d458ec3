import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { EndReason } from '@visavis/contracts';
import { creditsToNumber } from '@visavis/credits';
import { formatId, parseId } from '@visavis/ids';
import type { Logger } from '@visavis/logging';
import type { Fleet, SessionChannel } from '@visavis/queue';
import { changeState, type Actor } from '@visavis/session-states';
import { LOGGER } from '../../tokens';
import { FLEET, SESSION_CHANNEL } from '../dispatch/dispatch.tokens';
import { MediaEvents } from '../media/media-events';
import { MediaHost } from '../media/media-host.service';
import { MeteringService } from '../metering/metering.service';
import { BackgroundImages } from './background-images.service';
import { SessionEvents } from './session-events.service';
import type { SessionRow } from './session-row';
import { SessionsRepository } from './sessions.repository';
import { UtterancesService } from './utterances.service';

/** Moves sessions from one state to the next. Each change is a compare-and-set on the row; what follows from it happens once. */
@Injectable()
export class SessionLifecycle implements OnApplicationBootstrap {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly utterances: UtterancesService,
    private readonly events: SessionEvents,
    private readonly metering: MeteringService,
    private readonly media: MediaHost,
    private readonly mediaEvents: MediaEvents,
    private readonly backgrounds: BackgroundImages,
    @Inject(FLEET) private readonly fleet: Fleet,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const guarded = (work: Promise<unknown>, what: string) => void work.catch((error: unknown) => this.logger.error({ error }, what));
    this.mediaEvents.firstFrame.subscribe(({ sessionId }) => guarded(this.goLive(sessionId), 'a session could not go live'));
    this.mediaEvents.viewerCount.subscribe(({ sessionId, viewers }) => {
      const id = parseId('ses', sessionId);
      if (id) guarded(this.sessions.setViewerCount(id, viewers), 'the number of viewers could not be written');
    });
    this.mediaEvents.sessionLost.subscribe(({ sessionId, audioPackets }) => guarded(this.mediaLost(sessionId, audioPackets), 'a session that lost its media could not be ended'));
  }

  /** The first key frame reached a viewer: from here on it is billed. */
  private async goLive(publicId: string): Promise<void> {
    const hosted = this.media.get(publicId);
    if (!hosted || hosted.liveAtMs !== null || hosted.ending) return;
    if (!changeState({ status: 'starting', reassigning: false }, { type: 'go_live' }, 'media-node')) return;
    hosted.liveAtMs = Date.now();
    hosted.metering.packetsAtLive = await this.media.audioPacketCount(publicId);
    const id = parseId('ses', publicId) as string;
    if (!(await this.sessions.goLive(id))) return;
    await this.events.append(id, 'session.first_frame', { ms_since_created: hosted.liveAtMs - hosted.createdAtMs });
  }

  private async mediaLost(publicId: string, audioPackets: number): Promise<void> {
    const hosted = this.media.get(publicId);
    if (hosted) this.metering.close(hosted, audioPackets);
    this.media.forget(publicId);
    await this.end(parseId('ses', publicId) as string, 'failed', 'media-node');
  }

  /**
   * Ends a session, settles its bill and tells everyone. Whoever comes second gets the row as it is.
   * @param id bare UUID
   */
  async end(id: string, reason: EndReason, actor: Actor): Promise<SessionRow | null> {
    changeState({ status: 'live', reassigning: false }, { type: 'end', reason }, actor);
    const publicId = formatId('ses', id);
    const hosted = this.media.get(publicId);
    if (hosted) hosted.ending = true;
    const row = await this.sessions.end(id, reason);
    if (!row) return this.whenSettled(id);
    if (hosted) this.metering.close(hosted, await this.media.release(publicId));
    await this.channel.command(publicId, { type: 'end' }).catch((error: unknown) => this.logger.warn({ error, session_id: publicId }, 'a worker could not be told that its session is over'));
    if (row.worker_id) await this.fleet.release(row.worker_id, publicId, row.epoch).catch(() => undefined); // the sweep frees what is left
    await this.finish(row);
    return this.sessions.findAny(id);
  }

  /** The part of ending that must come to pass even if the process that began it died: repeated by the sweep. */
  async finish(row: SessionRow): Promise<void> {
    await this.utterances.endAll(row.id);
    const bill = await this.metering.settle(row.id);
    await this.events.append(row.id, 'session.ended', {
      end_reason: row.end_reason ?? 'failed',
      billed_seconds: Number(bill.billedMs) / 1000,
      credits: creditsToNumber(bill.microCredits),
    });
    await this.channel.remove(formatId('ses', row.id)).catch(() => undefined); // its keys expire
    await this.backgrounds.forget(row.tenant_id, row.id, row.background);
    this.logger.info({ session_id: formatId('ses', row.id), tenant_id: formatId('ten', row.tenant_id), end_reason: row.end_reason, billed_ms: Number(bill.billedMs) }, 'session ended');
  }

  /** Two requests may end a session at once: the second waits for the first one's bill, so that both answer the same. */
  private async whenSettled(id: string): Promise<SessionRow | null> {
    for (let attempt = 0; attempt < 50 && !(await this.metering.isSettled(id)); attempt++) await new Promise((resolve) => setTimeout(resolve, 40));
    return this.sessions.findAny(id);
  }
}
