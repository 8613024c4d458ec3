import { randomUUID } from 'node:crypto';
import { availableParallelism, homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { deepFreeze, httpUrlVariable, intVariable, readEnvironment, secretUrlVariable, secretVariable, type Environment, type Secret } from '@visavis/config';
import { z } from 'zod';

/** A core renders and encodes about this many speaking 512×512 sessions with room to spare. */
const SLOTS_PER_CORE = 7;

export interface WorkerConfig {
  readonly workerId: string;
  /** How many 512×512 sessions may speak at once at 25 fps; those that rest take a tenth of a slot. */
  readonly slots: number;
  /** And how many at most with those that rest. */
  readonly maxSlots: number;
  /** How many threads run sessions. */
  readonly threads: number;
  readonly apiUrl: string;
  readonly workerToken: Secret;
  readonly redisUrl: Secret;
  /** Where prepared avatars are kept between sessions. */
  readonly cacheDir: string;
  readonly cacheMaxBytes: number;
  /** How long running sessions may go on after SIGTERM before they move to another worker. */
  readonly drainMs: number;
  readonly logLevel: string;
}

const variables = {
  WORKER_ID: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'may have letters, digits, ".", "_" and "-", 64 at most').optional(),
  WORKER_SLOTS: intVariable(1, 1000).optional(),
  WORKER_MAX_SLOTS: intVariable(1, 10_000).optional(),
  WORKER_THREADS: intVariable(1, 256).optional(),
  API_URL: httpUrlVariable.describe('where the API is, for instance http://127.0.0.1:3000'),
  WORKER_TOKEN: secretVariable(16).describe('the token that the API was given too'),
  REDIS_URL: secretUrlVariable('redis', 'rediss').describe('the Redis that the API uses'),
  WORKER_CACHE_DIR: z.string().optional(),
  WORKER_CACHE_MB: intVariable(16, 1_000_000).default(2048),
  WORKER_DRAIN_S: intVariable(0, 3600).default(15),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
};

/** @throws ConfigError listing everything that is wrong. */
export function loadWorkerConfig(environment: Environment): WorkerConfig {
  const env = readEnvironment('The worker', variables, environment);
  const slots = env.WORKER_SLOTS ?? availableParallelism() * SLOTS_PER_CORE;
  return deepFreeze({
    workerId: env.WORKER_ID ?? `${hostname().replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 40)}-${randomUUID().slice(0, 8)}`,
    slots,
    maxSlots: Math.max(slots, env.WORKER_MAX_SLOTS ?? Infinity),
    threads: env.WORKER_THREADS ?? availableParallelism(),
    apiUrl: env.API_URL,
    workerToken: env.WORKER_TOKEN,
    redisUrl: env.REDIS_URL,
    cacheDir: env.WORKER_CACHE_DIR ?? join(homedir(), '.cache', 'visavis', 'avatars'),
    cacheMaxBytes: env.WORKER_CACHE_MB * 1024 * 1024,
    drainMs: env.WORKER_DRAIN_S * 1000,
    logLevel: env.LOG_LEVEL,
  });
}
