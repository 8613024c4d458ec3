import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from '@visavis/logging';
import { DashboardSessions } from '../../access/dashboard-sessions';
import { IdempotencyStore } from '../../http/idempotency.store';
import { Repeating } from '../../repeating';
import { LOGGER } from '../../tokens';
import { SessionTimings } from '../sessions/session-timings.service';

const INTERVAL_MS = 15 * 60_000;

/** Forgets what has expired. Every node does it; doing it twice harms nobody. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #repeating = new Repeating(INTERVAL_MS, () => this.run(), (error) => this.logger.warn({ error }, 'housekeeping failed'));

  constructor(
    private readonly idempotency: IdempotencyStore,
    private readonly sessions: DashboardSessions,
    private readonly timings: SessionTimings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#repeating.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#repeating.stop();
  }

  async run(): Promise<void> {
    const [answers, signIns, timings] = await Promise.all([this.idempotency.sweep(), this.sessions.sweep(), this.timings.sweep()]);
    if (answers + signIns + timings > 0) this.logger.info({ answers, sign_ins: signIns, timings }, 'forgot what had expired');
  }
}
