import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { loadavg, platform } from 'node:os';
import type { Logger } from '@visavis/logging';
import { HEARTBEAT_INTERVAL_MS, slotsOf, type Fleet, type SessionChannel } from '@visavis/queue';
import { AvatarCache } from '../avatars/avatar-cache';
import type { WorkerConfig } from '../config';
import type { EngineRegistry } from '../engines';
import { PipelinePool } from '../pipeline/index.ts';
import { SessionRegistry } from '../sessions/session-registry';
import { ENGINES, FLEET, LOGGER, PIPELINE_POOL, SESSION_CHANNEL, WORKER_CONFIG } from '../tokens';

const DRAIN_POLL_MS = 100;
/** Sessions that are given to another worker go on here until it took over; the API looks that long. */
const HAND_OVER_MS = 11_000;

/** Says once a second that this worker is there, and stops sessions that were given to another. */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap {
  private timer: NodeJS.Timeout | undefined;
  private draining = false;
  private left = false;

  constructor(
    private readonly sessions: SessionRegistry,
    private readonly avatars: AvatarCache,
    @Inject(FLEET) private readonly fleet: Fleet,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
    @Inject(PIPELINE_POOL) private readonly pool: PipelinePool,
    @Inject(ENGINES) private readonly engines: EngineRegistry,
    @Inject(WORKER_CONFIG) private readonly config: WorkerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.beat();
    let busy = false;
    this.timer = setInterval(() => {
      if (busy) return;
      busy = true;
      this.beat()
        .catch((error: unknown) => this.logger.warn({ error }, 'the heartbeat could not be sent'))
        .finally(() => (busy = false));
    }, HEARTBEAT_INTERVAL_MS);
  }

  /** Takes nothing new, lets sessions finish for a while, then gives the rest to other workers. */
  async drain(): Promise<void> {
    this.draining = true;
    await this.beat().catch(() => undefined);
    await this.waitEmpty(this.config.drainMs);
    this.left = true;
    await this.fleet.leave(this.config.workerId).catch(() => undefined);
    if (this.sessions.size > 0) {
      this.logger.warn({ sessions: this.sessions.size }, 'sessions still run and are given to other workers');
      await this.waitEmpty(HAND_OVER_MS);
    }
    clearInterval(this.timer);
  }

  private async waitEmpty(forMs: number): Promise<void> {
    const deadlineMs = Date.now() + forMs;
    while (this.sessions.size > 0 && Date.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
  }

  private async beat(): Promise<void> {
    if (!this.left) {
      await this.fleet.beat({
        workerId: this.config.workerId,
        // Slots are for speaking sessions; one that rests leaves most of its own to others.
        slots: Math.min(this.config.slots + slotsOf(this.pool.sparePixelRate), this.config.maxSlots),
        draining: this.draining,
        warmAvatarIds: this.avatars.warmAvatarIds(),
        info: {
          platform: `${platform()}-${process.arch}`,
          // With versions: avatars that were prepared for one that no worker has are prepared again.
          engines: this.engines.names().map((name) => `${name}@${this.engines.get(name).version}`).join(','),
          sessions: this.sessions.size,
          speaking_slots: this.config.slots,
          load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
          memory_mb: Math.round(process.memoryUsage.rss() / 1024 / 1024),
        },
      });
    }
    const running = this.sessions.all();
    const epochs = await this.channel.epochs(running.map((session) => session.sessionId));
    running.forEach((session, i) => {
      if (session.epoch !== epochs[i]) session.stop(epochs[i] === 0 ? 'the session is over' : 'another worker has the session');
    });
  }
}
