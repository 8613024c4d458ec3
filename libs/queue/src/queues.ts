import type { JobsOptions } from 'bullmq';

/** Our own prefix keeps several products on one Redis apart. */
export const QUEUE_PREFIX = 'vv-queue';

/** Avatar preparation has a queue of its own, shared by all workers, and never takes a live slot's time. */
export const AVATAR_PREPARE_QUEUE = 'avatar-prepare';

/** Each worker has its own queue of sessions: the slot is claimed before the job is added, so no job waits. */
export function sessionQueueName(workerId: string): string {
  return `sessions-${workerId}`;
}

/** BullMQ refuses ':' in a job id. One job per session and epoch. */
export function sessionJobId(sessionId: string, epoch: number): string {
  return `${sessionId}-${epoch}`;
}

interface QueueSettings {
  job: JobsOptions;
  worker: { concurrency: number; lockDuration: number; maxStalledCount: number; stalledInterval: number };
}

/** A total record: a queue without its settings doesn't compile. */
export const queueSettings: Record<'session' | 'prepare', QueueSettings> = {
  // BullMQ dispatches; it never decides that a session is lost. That is the session row's lease and epoch.
  session: {
    job: { attempts: 1, removeOnComplete: true, removeOnFail: { count: 100 } },
    worker: { concurrency: 512, lockDuration: 60_000, maxStalledCount: 0, stalledInterval: 60_000 },
  },
  prepare: {
    job: { attempts: 3, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: true, removeOnFail: { count: 100 } },
    worker: { concurrency: 1, lockDuration: 30_000, maxStalledCount: 2, stalledInterval: 5_000 },
  },
};
