import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from '@visavis/logging';
import { WORKER_LOST_AFTER_MS, type Fleet, type WorkerState } from '@visavis/queue';
import { Repeating } from '../../repeating';
import { LOGGER } from '../../tokens';
import { FLEET } from '../dispatch/dispatch.tokens';
import { PreparationQueue, TURNS } from './preparation-queue';
import { PreparationRepository } from './preparation.repository';

const INTERVAL_MS = 20_000;
const BATCH = 50;

/**
 * Has avatars prepared again whose bundle no worker can draw any more: the workers were brought to a new version of the engine. As long as one
 * worker has the old version, nothing happens.
 */
@Injectable()
export class OutdatedAvatars implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #repeating = new Repeating(INTERVAL_MS, () => this.run(), (error) => this.logger.warn({ error }, 'outdated avatars could not be looked for'));

  constructor(
    private readonly avatars: PreparationRepository,
    private readonly queue: PreparationQueue,
    @Inject(FLEET) private readonly fleet: Fleet,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#repeating.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#repeating.stop();
  }

  async run(): Promise<void> {
    for (const [engine, versions] of versionsOf(await this.fleet.workers())) {
      for (const avatar of await this.avatars.outdated(engine, versions, BATCH)) {
        if (!(await this.avatars.beginAgain(avatar.id, engine, versions))) continue;
        await this.queue.forgetFailed(avatar.id);
        await this.queue.add(avatar.id, avatar.tenant_id === null ? TURNS.stock : TURNS.outdated);
        this.logger.info({ avatar_id: avatar.id }, 'an avatar of an older engine is prepared again');
      }
    }
  }
}

/** The versions of each engine that living workers have, from "builtin@2,other@1". */
export function versionsOf(workers: readonly Pick<WorkerState, 'beatAgeMs' | 'info'>[]): Map<string, string[]> {
  const versions = new Map<string, string[]>();
  for (const { beatAgeMs, info } of workers) {
    if (beatAgeMs > WORKER_LOST_AFTER_MS) continue;
    for (const [, engine, version] of String(info['engines'] ?? '').matchAll(/([^,@]+)@([^,]+)/g)) versions.set(engine!, [...(versions.get(engine!) ?? []), version!]);
  }
  return versions;
}
