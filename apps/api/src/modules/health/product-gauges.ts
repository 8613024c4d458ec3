import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Database } from '@visavis/db';
import type { MediaNode } from '@visavis/media';
import { DATABASE, MEDIA_NODE } from '../../tokens';
import { HealthChecks } from './health-checks';
import { Metrics } from './metrics';

/** What an operator watches: sessions, viewers, media workers; measured when someone looks. */
@Injectable()
export class ProductGauges implements OnApplicationBootstrap {
  constructor(
    private readonly metrics: Metrics,
    private readonly checks: HealthChecks,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(MEDIA_NODE) private readonly media: MediaNode,
  ) {}

  onApplicationBootstrap(): void {
    this.checks.add('media', async () => {
      if ((await this.media.load()).workers.length === 0) throw Object.assign(new Error('no media worker'), { code: 'NO_MEDIA_WORKER' });
    });
    this.metrics.gauge('visavis_sessions', 'Sessions that have not ended, of all nodes, by state.', ['state'], async (gauge) => {
      gauge.reset();
      for (const state of ['starting', 'live']) gauge.set({ state }, 0);
      for (const row of await this.#sessions()) gauge.set({ state: row.state }, row.sessions);
    });
    this.metrics.gauge('visavis_viewers', 'Viewers connected to sessions, of all nodes.', [], async (gauge) => {
      gauge.set((await this.#sessions()).reduce((sum, row) => sum + row.viewers, 0));
    });
    this.metrics.gauge('visavis_media_worker_memory_bytes', 'Memory of each media worker of this process.', ['worker'], async (gauge) => {
      gauge.reset();
      for (const [index, worker] of (await this.media.load()).workers.entries()) gauge.set({ worker: String(index) }, worker.memoryBytes);
    });
  }

  #sessions(): Promise<{ state: string; sessions: number; viewers: number }[]> {
    return this.database.systemSql<{ state: string; sessions: number; viewers: number }>(
      "SELECT state, count(*)::int AS sessions, coalesce(sum(viewer_count), 0)::int AS viewers FROM sessions WHERE state <> 'ended' GROUP BY state",
    );
  }
}
