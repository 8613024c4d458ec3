import { Queue } from 'bullmq';
import type { SessionJob } from '@visavis/contracts';
import { QUEUE_PREFIX, queueSettings, sessionJobId, sessionQueueName } from './queues.ts';
import { createQueueConnection } from './redis.ts';

export interface SessionDispatcher {
  /** Adds the session's job to the queue of the worker whose slot was claimed. Adding the same epoch twice adds one job. */
  dispatch(workerId: string, job: SessionJob): Promise<void>;
  close(): Promise<void>;
}

export function createSessionDispatcher(redisUrl: string): SessionDispatcher {
  const connection = createQueueConnection(redisUrl);
  const queues = new Map<string, Queue<SessionJob>>();
  const queueOf = (workerId: string): Queue<SessionJob> => {
    let queue = queues.get(workerId);
    if (!queue) {
      queue = new Queue<SessionJob>(sessionQueueName(workerId), { connection, prefix: QUEUE_PREFIX });
      queues.set(workerId, queue);
    }
    return queue;
  };
  return {
    async dispatch(workerId, job) {
      await queueOf(workerId).add('session', job, {
        ...queueSettings.session.job,
        jobId: sessionJobId(job.session_id, job.epoch),
      });
    },
    async close() {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}
