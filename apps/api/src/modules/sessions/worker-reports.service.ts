import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { parseId } from '@visavis/ids';
import type { Logger } from '@visavis/logging';
import type { SessionChannel, WorkerReport } from '@visavis/queue';
import type { ApiConfig } from '../../config';
import { API_CONFIG, LOGGER } from '../../tokens';
import { SESSION_CHANNEL } from '../dispatch/dispatch.tokens';
import { MediaHost } from '../media/media-host.service';
import { MediaNodes } from '../media/media-nodes.service';
import { SessionLifecycle } from './session-lifecycle.service';
import { SessionTimings } from './session-timings.service';
import { SessionsRepository } from './sessions.repository';
import { UtterancesService } from './utterances.service';

/** Takes what workers report. A report of an old epoch, or about a session that is over, changes nothing. */
@Injectable()
export class WorkerReports implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumer: { close(): Promise<void> } | undefined;

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly utterances: UtterancesService,
    private readonly timings: SessionTimings,
    private readonly lifecycle: SessionLifecycle,
    private readonly media: MediaHost,
    private readonly nodes: MediaNodes,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.consumer = this.channel.consumeReports(
      this.config.redisUrl.reveal(),
      this.media.nodeId,
      (report) => this.handle(report),
      (error) => this.logger.error({ error }, 'a worker report could not be handled and is tried again'),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer?.close();
  }

  private async handle({ sessionId: publicId, epoch, workerId, event }: WorkerReport): Promise<void> {
    const id = parseId('ses', publicId);
    if (!id) return;
    const row = await this.sessions.findAny(id);
    if (!row || row.state === 'ended' || row.epoch !== epoch || (row.worker_id !== null && row.worker_id !== workerId)) return;
    // A worker plays on when the session's media node has died, and nobody hears it: the sweep ends the session and what it was saying.
    if (!(await this.nodes.isAlive(row.media_node_id))) return;
    switch (event.type) {
      case 'sending':
        this.logger.info({ session_id: publicId, worker_id: workerId, epoch }, 'a worker sends media');
        return;
      case 'utterance.started':
        return this.utterances.started(id, event.utterance_id);
      case 'utterance.timings': {
        const { type: _type, ...timings } = event;
        return this.timings.take(id, timings);
      }
      case 'utterance.ended':
        return this.utterances.ended(id, event.utterance_id, {
          interrupted: event.interrupted,
          playedMs: event.played_ms,
          ...(event.error ? { error: event.error } : {}),
        });
      case 'failed':
        this.logger.error({ session_id: publicId, worker_id: workerId, detail: event.detail }, 'a worker gave a session up');
        await this.lifecycle.end(id, 'failed', 'worker');
    }
  }
}
