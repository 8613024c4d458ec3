import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { parseId } from '@visavis/ids';
import type { Logger } from '@visavis/logging';
import type { Fleet, SessionChannel, SessionDispatcher } from '@visavis/queue';
import { changeState, isWorkerAlive, REASSIGN_WITHIN_MS } from '@visavis/session-states';
import { LOGGER } from '../../tokens';
import { FLEET, SESSION_CHANNEL, SESSION_DISPATCHER } from '../dispatch/dispatch.tokens';
import type { HostedSession } from '../media/hosted-session';
import { MediaHost } from '../media/media-host.service';
import { MeteringService } from '../metering/metering.service';
import { SessionEvents } from './session-events.service';
import { SessionLifecycle } from './session-lifecycle.service';
import { SessionsRepository } from './sessions.repository';

const LOOK_EVERY_MS = 250;
const RETRY_MS = 200;
/** Longer than a heartbeat's interval, shorter than the silence by which a worker is called lost: it must not be its own replacement. */
const REPLACEMENT_BEAT_MS = 1200;

/** Watches the workers of the sessions whose media is here, and gives those of a lost one to another. */
@Injectable()
export class WorkerMonitor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;
  private arrivals = new Map<string, { packets: number; atMs: number }>();

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly lifecycle: SessionLifecycle,
    private readonly events: SessionEvents,
    private readonly metering: MeteringService,
    private readonly media: MediaHost,
    @Inject(FLEET) private readonly fleet: Fleet,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
    @Inject(SESSION_DISPATCHER) private readonly dispatcher: SessionDispatcher,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    let busy = false;
    this.timer = setInterval(() => {
      if (busy || this.media.all().length === 0) return;
      busy = true;
      this.look()
        .catch((error: unknown) => this.logger.error({ error }, 'the workers could not be watched; tried again at once'))
        .finally(() => (busy = false));
    }, LOOK_EVERY_MS);
  }

  beforeApplicationShutdown(): void {
    this.stopping = true;
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const beatAges = new Map((await this.fleet.workers()).map((worker) => [worker.workerId, worker.beatAgeMs]));
    const packets = await this.media.audioPacketCounts();
    const arrivals: typeof this.arrivals = new Map();
    for (const session of this.media.all()) {
      if (session.ending) continue;
      const count = packets[session.id] ?? 0;
      const last = this.arrivals.get(session.id);
      const arrival = last && count <= last.packets ? last : { packets: count, atMs: Date.now() };
      arrivals.set(session.id, arrival);
      if (session.packetsAtHandOver !== null && count > session.packetsAtHandOver) await this.resumed(session);
      const beatAgeMs = beatAges.get(session.workerId) ?? Infinity;
      const alive = isWorkerAlive(beatAgeMs, Date.now() - arrival.atMs);
      // A worker that was lost again before it sent anything counts as lost, too.
      const beingReplaced = session.lostAtMs !== null && session.packetsAtHandOver === null;
      if (beingReplaced || alive) continue;
      // The viewers' pause began with the last media, not when it was noticed.
      session.lostAtMs ??= arrival.atMs;
      session.lostNoticedAtMs ??= Date.now();
      session.packetsAtHandOver = null;
      this.reassign(session).catch((error: unknown) => this.logger.error({ error, session_id: session.id }, 'a session could not be reassigned'));
    }
    this.arrivals = arrivals;
  }

  private async reassign(session: HostedSession): Promise<void> {
    const id = parseId('ses', session.id) as string;
    const lostWorker = session.workerId;
    const lostEpoch = session.epoch;
    changeState({ status: 'live', reassigning: false }, { type: 'lose_worker' }, 'monitor');
    this.logger.warn({ session_id: session.id, worker_id: lostWorker, epoch: lostEpoch }, 'worker lost, looking for another');
    // What it sent is billed at its own epoch, before that is over.
    this.metering.collect(session, await this.media.audioPacketCount(session.id));
    await this.metering.flush().catch(() => undefined); // kept, and logged
    // From here on whatever the lost worker still says is of an old epoch and refused.
    if (!(await this.sessions.loseWorker(id, lostEpoch))) return;
    session.epoch = lostEpoch + 1;
    await this.fleet.release(lostWorker, session.id, lostEpoch);

    const deadlineMs = (session.lostNoticedAtMs ?? Date.now()) + REASSIGN_WITHIN_MS;
    while (!session.ending && !this.stopping) {
      const workerId = await this.fleet.claim({
        sessionId: session.id,
        epoch: session.epoch,
        avatarId: session.avatarId,
        weightPixels: session.weightPixels,
        beatWithinMs: REPLACEMENT_BEAT_MS,
      });
      if (workerId) return this.handOver(session, id, workerId);
      if (Date.now() >= deadlineMs) {
        await this.lifecycle.end(id, 'worker_lost', 'monitor');
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  private async handOver(session: HostedSession, id: string, workerId: string): Promise<void> {
    session.ingest = await this.media.replaceIngest(session.id, session.epoch);
    session.workerId = workerId;
    session.packetsAtHandOver = await this.media.audioPacketCount(session.id);
    if (!(await this.sessions.gainWorker(id, session.epoch, workerId))) {
      await this.fleet.release(workerId, session.id, session.epoch);
      return;
    }
    await this.channel.setEpoch(session.id, session.epoch);
    await this.dispatcher.dispatch(workerId, { session_id: session.id, epoch: session.epoch, avatar_id: session.avatarId });
  }

  /** Media of the new epoch arrives: the picture moves again. */
  private async resumed(session: HostedSession): Promise<void> {
    const gapMs = Date.now() - (session.lostAtMs ?? Date.now());
    session.lostAtMs = null;
    session.lostNoticedAtMs = null;
    session.packetsAtHandOver = null;
    const id = parseId('ses', session.id) as string;
    if (await this.sessions.reassigned(id, session.epoch)) await this.events.append(id, 'session.reassigned', { epoch: session.epoch, gap_ms: gapMs });
  }
}
