import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { SessionGrant } from '@visavis/contracts';
import { backgroundKey, type LoadOptions } from '@visavis/engine';
import type { WorkerConfig } from '../config';
import { PipelinePool, type PooledAvatar } from '../pipeline/index.ts';
import { PIPELINE_POOL, WORKER_CONFIG } from '../tokens';
import { BundleStore } from './bundle-store';
import { DiskCache } from './disk-cache';

interface Entry {
  avatarId: string;
  loading: Promise<PooledAvatar>;
  users: number;
  loaded: PooledAvatar | undefined;
}

/** Avatars in memory, once for each size of picture and background however many sessions use it. Unused ones stay warm until memory is wanted. */
@Injectable()
export class AvatarCache implements OnApplicationShutdown {
  private static readonly MAX_IDLE_BYTES = 512 * 1024 * 1024;
  private readonly store: BundleStore;
  /** By checksum of the bundle, size and background; the longest unused first. */
  private readonly entries = new Map<string, Entry>();

  constructor(
    @Inject(WORKER_CONFIG) config: WorkerConfig,
    @Inject(PIPELINE_POOL) private readonly pool: PipelinePool,
  ) {
    this.store = new BundleStore(new DiskCache(config.cacheDir, config.cacheMaxBytes));
  }

  /** Call `release` once for each `acquire`. */
  async acquire(avatar: SessionGrant['avatar'], usual: LoadOptions): Promise<{ avatar: PooledAvatar; release(): void }> {
    const key = `${avatar.bundle_sha256} ${usual.width}x${usual.height} ${backgroundKey(usual.background)}`;
    let entry = this.entries.get(key);
    if (!entry) {
      entry = { avatarId: avatar.id, users: 0, loaded: undefined, loading: this.load(avatar, usual) };
      this.entries.set(key, entry);
    }
    entry.users++;
    const held = entry;
    try {
      const loaded = await held.loading;
      held.loaded = loaded;
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
    return [...new Set([...this.entries.values()].filter((entry) => entry.loaded !== undefined).map((entry) => entry.avatarId))];
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([...this.entries.values()].map(async (entry) => (await entry.loading).close()));
  }

  private async load({ engine, bundle_sha256, bundle_url }: SessionGrant['avatar'], { width, height, background }: LoadOptions): Promise<PooledAvatar> {
    const bundle = await this.store.get(bundle_sha256, bundle_url);
    return this.pool.loadAvatar({ engine, bundle, bundleSha256: bundle_sha256, usual: { width, height, background } });
  }

  private evict(): void {
    let idle = 0;
    for (const { users, loaded } of this.entries.values()) if (users === 0) idle += loaded?.memoryBytes ?? 0;
    for (const [key, entry] of this.entries) {
      if (idle <= AvatarCache.MAX_IDLE_BYTES) return;
      if (entry.users > 0) continue;
      this.entries.delete(key);
      idle -= entry.loaded?.memoryBytes ?? 0;
      void entry.loading.then((loaded) => loaded.close()).catch(() => undefined);
    }
  }
}
