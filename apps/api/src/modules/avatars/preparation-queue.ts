import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { prepareJob } from '@visavis/contracts';
import { formatId } from '@visavis/ids';
import type { Logger } from '@visavis/logging';
import { AVATAR_PREPARE_QUEUE, queueSettings } from '@visavis/queue';
import { Queue } from 'bullmq';
import { LOGGER } from '../../tokens';

/** The order among what nobody waits for. */
export const TURNS = { outdated: 1, stock: 10, lostStock: 1000 } as const;

export type JobFate = 'missing' | 'failed' | 'going_on';

/** The queue of avatars to prepare. One job per avatar: adding it again does nothing while it is there. */
@Injectable()
export class PreparationQueue {
  constructor(
    @InjectQueue(AVATAR_PREPARE_QUEUE) private readonly queue: Queue,
    @Inject(LOGGER) logger: Logger,
  ) {
    queue.on('error', (error) => logger.warn({ error }, 'the queue of preparations lost its connection'));
  }

  /** @param turn of what nobody waits for, from 1: it comes after everything that was just uploaded, in this order. */
  async add(avatarId: string, turn?: number): Promise<void> {
    const id = formatId('avt', avatarId);
    await this.queue.add('prepare', prepareJob.parse({ avatar_id: id }), { ...queueSettings.prepare.job, jobId: id, ...(turn === undefined ? {} : { priority: turn }) });
  }

  async fate(avatarId: string): Promise<JobFate> {
    const job = await this.queue.getJob(formatId('avt', avatarId));
    if (job === undefined) return 'missing';
    return (await job.isFailed()) ? 'failed' : 'going_on';
  }

  /** Takes the failed job of an avatar away, so that it can be added again. */
  async forgetFailed(avatarId: string): Promise<void> {
    if ((await this.fate(avatarId)) === 'failed') await this.remove(avatarId);
  }

  /** Takes a job away if no worker has it yet. */
  async remove(avatarId: string): Promise<void> {
    await this.queue.remove(formatId('avt', avatarId));
  }

  async waiting(): Promise<Record<string, number>> {
    return this.queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed');
  }
}
