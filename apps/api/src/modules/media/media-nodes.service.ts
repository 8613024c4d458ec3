import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Redis } from '@visavis/queue';
import { REDIS } from '../../tokens';
import { MediaHost } from './media-host.service';

const KEY = 'vv:media-nodes';
const EVERY_MS = 1000;
/** A node that has said nothing for this long is dead, and so is the media of its sessions. */
const TTL_MS = 5000;

/** Which media nodes there are, by the sign of life that each gives once a second. */
@Injectable()
export class MediaNodes implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly host: MediaHost,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.sayAlive();
    this.timer = setInterval(() => void this.sayAlive().catch(() => undefined), EVERY_MS); // the next one may get through
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.redis.zrem(KEY, this.host.nodeId).catch(() => undefined);
  }

  /** This one is always among them. */
  async alive(): Promise<string[]> {
    return [this.host.nodeId, ...(await this.redis.zrangebyscore(KEY, Date.now(), '+inf'))];
  }

  /** Whether media of that node's sessions can still reach anyone. */
  async isAlive(nodeId: string | null): Promise<boolean> {
    return nodeId === this.host.nodeId || (nodeId !== null && (await this.alive()).includes(nodeId));
  }

  private async sayAlive(): Promise<void> {
    await this.redis.zadd(KEY, Date.now() + TTL_MS, this.host.nodeId);
  }
}
