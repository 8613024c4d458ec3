import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { SessionGrant } from '@visavis/contracts';
import type { WorkerConfig } from '../config';
import { PipelinePool, type PooledAvatar } from '../pipeline/index.ts';
import { PIPELINE_POOL, WORKER_CONFIG } from '../tokens';
import { BundleStore } from './bundle-store';

interface Entry {
  avatarId: string;
  loading: Promise<PooledAvatar>;
  users: number;
  bytes: number;
}

/** Avatars in memory, one copy in each thread however many sessions use it. Unused ones stay warm until memory is wanted. */
@Injectable()
export class AvatarCache implements OnApplicationShutdown {
  private static readonly MAX_IDLE_BYTES = 512 * 1024 * 1024;
  private readonly store: BundleStore;
  /** By checksum of the bundle; the longest unused first. */
  private readonly entries = new Map<string, Entry>();

  constructor(
    @Inject(WORKER_CONFIG) config: WorkerConfig,
    @Inject(PIPELINE_POOL) private readonly pool: PipelinePool,
  ) {
    this.store = new BundleStore(config.cacheDir, config.cacheMaxBytes);
  }

  /** Call `release` once for each `acquire`. */
  async acquire(avatar: SessionGrant['avatar']): Promise<{ avatar: PooledAvatar; release(): void }> {
    const key = avatar.bundle_sha256;
    let entry = this.entries.get(key);
    if (!entry) {
      entry = { avatarId: avatar.id, users: 0, bytes: 0, loading: this.load(avatar) };
      this.entries.set(key, entry);
    }
    entry.users++;
    const held = entry;
    try {
      const loaded = await held.loading;
      held.bytes = loaded.memoryBytes;
      return {
        avatar: loaded,
        release: () => {
          held.users--;
          this.entries.delete(key);
          this.entries.set(key, held);
          this.evict();
        },
      };
    } catch (error) {
      held.users--;
      if (this.entries.get(key) === held) this.entries.delete(key);
      throw error;
    }
  }

  warmAvatarIds(): string[] {
    return [...new Set([...this.entries.values()].filter((entry) => entry.bytes > 0).map((entry) => entry.avatarId))];
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([...this.entries.values()].map(async (entry) => (await entry.loading).close()));
  }

  private async load(avatar: SessionGrant['avatar']): Promise<PooledAvatar> {
    return this.pool.loadAvatar(avatar.engine, await this.store.get(avatar.bundle_sha256, avatar.bundle_url));
  }

  private evict(): void {
    let idle = 0;
    for (const entry of this.entries.values()) if (entry.users === 0) idle += entry.bytes;
    for (const [key, entry] of this.entries) {
      if (idle <= AvatarCache.MAX_IDLE_BYTES) return;
      if (entry.users > 0) continue;
      this.entries.delete(key);
      idle -= entry.bytes;
      void entry.loading.then((loaded) => loaded.close()).catch(() => undefined);
    }
  }
}
