import { Redis } from 'ioredis';

export { Redis };

/** A connection for ordinary commands. They fail after two reconnects rather than wait for ever, so a request can answer 503. */
export function createRedis(url: string): Redis {
  return new Redis(url, {
    maxRetriesPerRequest: 2,
    enableReadyCheck: true,
    retryStrategy: (attempt: number) => Math.min(attempt * 50, 1000),
  });
}

/** A connection for BullMQ and for blocking reads: those wait until Redis is back. */
export function createQueueConnection(url: string): Redis {
  return new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number) => Math.min(attempt * 50, 1000),
  });
}
