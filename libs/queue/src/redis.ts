import { Redis } from 'ioredis';

export { Redis };

/** A connection for ordinary commands. They fail after two reconnects rather than wait for ever, so a request can answer 503. */
export function createRedis(url: string): Redis {
  return quiet(new Redis(url, {
    maxRetriesPerRequest: 2,
    enableReadyCheck: true,
    retryStrategy: (attempt: number) => Math.min(attempt * 50, 1000),
  }));
}

/** A connection for BullMQ and for blocking reads: those wait until Redis is back. */
export function createQueueConnection(url: string): Redis {
  return quiet(new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number) => Math.min(attempt * 50, 1000),
  }));
}

/** A lost connection comes back by itself, and commands that failed say so. Without a listener ioredis prints every attempt to the console. */
function quiet(redis: Redis): Redis {
  return redis.on('error', () => {});
}
