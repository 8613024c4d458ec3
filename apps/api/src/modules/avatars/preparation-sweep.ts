import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from '@visavis/logging';
import { Repeating } from '../../repeating';
import { LOGGER } from '../../tokens';
import { PreparationQueue, TURNS } from './preparation-queue';
import { PreparationRepository, type PendingAvatar } from './preparation.repository';

const INTERVAL_MS = 5000;
const BATCH = 100;
/** Younger ones are surely on their way. */
const MIN_AGE_S = 10;
/** An address to upload to works for a quarter of that. */
const UPLOAD_GIVEN_UP_MS = 3600_000;
/** A job that is gone is queued again, but not for ever: one that kills its worker each time ends here. */
const REQUEUE_FOR_MS = 1800_000;

/** Brings every preparation to an end: adds jobs that were lost, and fails avatars whose job failed or whose file never came. */
@Injectable()
export class PreparationSweep implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #repeating = new Repeating(INTERVAL_MS, () => this.run(), (error) => this.logger.warn({ error }, 'the sweep of avatars failed'));

  constructor(
    private readonly avatars: PreparationRepository,
    private readonly queue: PreparationQueue,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#repeating.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#repeating.stop();
  }

  async run(nowMs: number = Date.now()): Promise<void> {
    for (const avatar of await this.avatars.olderThan(MIN_AGE_S, BATCH)) await this.#settle(avatar, nowMs - avatar.created_at.getTime());
  }

  async #settle(avatar: PendingAvatar, ageMs: number): Promise<void> {
    if (avatar.source_key === null) {
      if (ageMs > UPLOAD_GIVEN_UP_MS) await this.#fail(avatar, 'upload_missing', 'The file was never uploaded. Make a new avatar and upload the picture or clip within 15 minutes.');
      return;
    }
    const fate = await this.queue.fate(avatar.id);
    if (fate === 'going_on') return;
    // A stock avatar may wait for days behind uploads.
    if (fate === 'missing' && (ageMs < REQUEUE_FOR_MS || avatar.tenant_id === null)) {
      await this.queue.add(avatar.id, avatar.tenant_id === null ? TURNS.lostStock : undefined);
      this.logger.info({ avatar_id: avatar.id }, 'a lost preparation was queued again');
      return;
    }
    await this.#fail(avatar, 'preparation_lost', 'The preparation did not come to an end, several times over. Please upload the picture or clip again; if it fails again, try another one.');
  }

  async #fail(avatar: PendingAvatar, code: string, reason: string): Promise<void> {
    if (await this.avatars.setFailed(avatar.id, code, reason)) this.logger.warn({ avatar_id: avatar.id, code }, 'an avatar was given up');
  }
}
