import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Ledger } from '@visavis/credits';
import { parseId } from '@visavis/ids';
import type { Logger } from '@visavis/logging';
import type { Fleet } from '@visavis/queue';
import { Repeating } from '../../repeating';
import { LOGGER } from '../../tokens';
import { FLEET } from '../dispatch/dispatch.tokens';
import { MediaHost } from '../media/media-host.service';
import { MediaNodes } from '../media/media-nodes.service';
import { LEDGER } from '../metering/metering.tokens';
import { SessionLifecycle } from './session-lifecycle.service';
import { SessionsRepository } from './sessions.repository';

const EVERY_MS = 5000;
/** A claim this old whose session runs elsewhere, or not at all, was left behind. */
const CLAIM_GRACE_MS = 30_000;
/** A hold is placed before its session's row is written. */
const ORPHAN_AFTER_MS = 60_000;

/** Finds what a crash left half-done: sessions of dead media nodes, unsettled bills, orphaned holds and slots. Safe on every node at once. */
@Injectable()
export class SessionSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeating = new Repeating(EVERY_MS, () => this.sweep(), (error) => this.logger.error({ error }, 'the sweep failed; it runs again in a few seconds'));

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly lifecycle: SessionLifecycle,
    private readonly media: MediaHost,
    private readonly nodes: MediaNodes,
    @Inject(FLEET) private readonly fleet: Fleet,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
    // A media node that goes takes its sessions' media with it: say so now rather than leave them to others.
    await Promise.allSettled(this.media.all().map((session) => this.lifecycle.end(parseId('ses', session.id) as string, 'failed', 'media-node')));
  }

  private async sweep(): Promise<void> {
    for (const { id } of await this.sessions.runningElsewhere(await this.nodes.alive())) await this.lifecycle.end(id, 'failed', 'monitor');
    for (const row of await this.sessions.unsettled()) await this.lifecycle.finish(row);
    for (const { sessionId } of await this.ledger.orphanedHolds(ORPHAN_AFTER_MS)) await this.ledger.settle(sessionId); // for what was metered
    await this.freeSlots();
  }

  private async freeSlots(): Promise<void> {
    for (const worker of await this.fleet.workers()) {
      for (const claim of worker.claims) {
        if (claim.ageMs < CLAIM_GRACE_MS) continue;
        const id = parseId('ses', claim.sessionId);
        const row = id ? await this.sessions.findAny(id) : null;
        if (row && row.state !== 'ended' && row.epoch === claim.epoch && row.worker_id === worker.workerId) continue;
        await this.fleet.release(worker.workerId, claim.sessionId, claim.epoch);
        this.logger.warn({ session_id: claim.sessionId, worker_id: worker.workerId }, 'a slot that nobody used was freed');
      }
    }
  }
}
