import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, type Type } from '@nestjs/common';
import type { Job } from 'bullmq';
import { sessionJob, type SessionJob } from '@visavis/contracts';
import { runWithLogContext, type Logger } from '@visavis/logging';
import { queueSettings, sessionQueueName, type SessionChannel } from '@visavis/queue';
import { ApiError } from '../api-client';
import { LOGGER, SESSION_CHANNEL } from '../tokens';
import { SessionRunner } from './session-runner';

/** The processor of this worker's own queue; its name is only known once the configuration is read. */
export function createSessionProcessor(workerId: string): Type<WorkerHost> {
  @Processor(sessionQueueName(workerId), queueSettings.session.worker)
  class SessionProcessor extends WorkerHost {
    constructor(
      @Inject(SessionRunner) private readonly runner: SessionRunner,
      @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
      @Inject(LOGGER) private readonly logger: Logger,
    ) {
      super();
    }

    /** Lives as long as the session. */
    async process(job: Job<SessionJob>): Promise<void> {
      const { session_id, epoch, avatar_id } = sessionJob.parse(job.data);
      await runWithLogContext({ session_id, avatar_id, worker_id: workerId, job_id: job.id ?? '' }, async () => {
        try {
          await this.runner.run(session_id, epoch);
        } catch (error) {
          // A conflict means that the session is over or was given to another worker: nothing to report.
          if (error instanceof ApiError && error.status === 409) {
            this.logger.info({ reason: error.message }, 'a session was not taken');
            return;
          }
          this.logger.error({ error }, 'a session could not be run');
          await this.channel.report({ sessionId: session_id, epoch, workerId, event: { type: 'failed', detail: error instanceof Error ? error.message : String(error) } });
        }
      });
    }
  }
  return SessionProcessor;
}
