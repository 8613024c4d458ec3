import {
  deepFreeze,
  flagVariable,
  httpUrlVariable,
  intVariable,
  jsonVariable,
  listVariable,
  portVariable,
  readEnvironment,
  secretUrlVariable,
  secretVariable,
  tokenVariable,
  type Environment,
  type Secret,
} from '@visavis/config';
import { iceServer, type IceServer } from '@visavis/contracts';
import { z } from 'zod';

/** Everything the API knows of its surroundings; parsed once in main, frozen, injected as API_CONFIG. */
export interface ApiConfig {
  readonly production: boolean;
  readonly logLevel: string;
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Where customers reach this API, without a trailing slash; addresses in answers begin with it. */
    readonly publicUrl: string;
    /** How many proxies in front may be believed about the caller's address; 0 believes none. */
    readonly trustProxyHops: number;
    readonly dashboardDir: string | undefined;
    readonly metricsToken: Secret | undefined;
    /** Requests a minute that one key may make; a tenant may make twice as many. 0 sets no limit. */
    readonly rateLimitPerMinute: number;
  };
  readonly database: { readonly appUrl: Secret; readonly systemUrl: Secret; readonly meterUrl: Secret };
  readonly redisUrl: Secret;
  readonly s3: {
    readonly endpoint: string | undefined;
    readonly publicEndpoint: string | undefined;
    readonly region: string;
    readonly bucket: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: Secret;
    readonly forcePathStyle: boolean;
  };
  readonly media: {
    /** The address that viewers and workers are told. */
    readonly announcedAddress: string;
    readonly listenAddress: string;
    /** First UDP and TCP port; each media worker takes the next. 0 lets the system choose. */
    readonly port: number;
    readonly workers: number;
    readonly workerBinary: string | undefined;
    readonly iceServers: readonly IceServer[];
  };
  /** The root of every key that this installation derives: client tokens, stored answers, preview addresses. */
  readonly secretKey: Secret;
  readonly workerToken: Secret;
  /** Hosts that `audio_url` may name although they are private, as `host` or `host:port`. */
  readonly safeFetchAllowHosts: readonly string[];
  /** Avatars that ship: where stock.json and its files are, and whether the first of them is enough. */
  readonly stock: { readonly folder: string | undefined; readonly onlyFirst: boolean };
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const variables = {
  NODE_ENV: z.string().default('production'),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  HOST: z.string().default('0.0.0.0'),
  PORT: portVariable.default(3000),
  PUBLIC_URL: httpUrlVariable.optional(),
  TRUST_PROXY: intVariable(0, 10).default(0),
  DASHBOARD_DIR: z.string().optional(),
  METRICS_TOKEN: tokenVariable.optional(),
  RATE_LIMIT_PER_MINUTE: intVariable(0, 10_000_000).default(6000),
  DATABASE_URL: secretUrlVariable('postgres', 'postgresql').describe('PostgreSQL as the role that serves requests, bound to one tenant at a time'),
  DATABASE_SYSTEM_URL: secretUrlVariable('postgres', 'postgresql').describe('PostgreSQL as the role for sign-in, keys and sweeps'),
  DATABASE_METER_URL: secretUrlVariable('postgres', 'postgresql').describe('PostgreSQL as the role that writes usage'),
  REDIS_URL: secretUrlVariable('redis', 'rediss').describe('Redis, for instance redis://127.0.0.1:6379'),
  S3_ENDPOINT: httpUrlVariable.optional(),
  S3_PUBLIC_ENDPOINT: httpUrlVariable.optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_BUCKET: z.string().min(3, 'must have at least 3 characters').describe('the bucket that holds uploads and bundles'),
  S3_ACCESS_KEY_ID: z.string().describe('the access key of the S3 server'),
  S3_SECRET_ACCESS_KEY: secretVariable().describe('the secret key of the S3 server'),
  S3_FORCE_PATH_STYLE: flagVariable.optional(),
  MEDIA_ADDRESS: z.string().default('127.0.0.1'),
  MEDIA_LISTEN: z.string().default('0.0.0.0'),
  MEDIA_PORT: portVariable.default(0),
  MEDIA_WORKERS: intVariable(1, 128).default(1),
  MEDIASOUP_WORKER_BIN: z.string().optional(),
  ICE_SERVERS: jsonVariable(z.array(iceServer), '[{"urls":["stun:stun.example.com:3478"]}]').default([]),
  SECRET_KEY: secretVariable(32).describe('a random text of at least 32 characters, the same for every API process: openssl rand -hex 32'),
  WORKER_TOKEN: tokenVariable.describe('what the workers show to the API: openssl rand -hex 32'),
  SAFE_FETCH_ALLOW_HOSTS: listVariable().default([]),
  STOCK_AVATARS_DIR: z.string().min(1).optional(),
  STOCK_AVATARS: z.enum(['all', 'first']).default('all'),
};

/**
 * @throws ConfigError listing everything that is wrong.
 */
export function loadApiConfig(environment: Environment): ApiConfig {
  const env = readEnvironment('The API', variables, environment);
  return deepFreeze({
    production: env.NODE_ENV === 'production',
    logLevel: env.LOG_LEVEL,
    http: {
      host: env.HOST,
      port: env.PORT,
      publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
      trustProxyHops: env.TRUST_PROXY,
      dashboardDir: env.DASHBOARD_DIR,
      metricsToken: env.METRICS_TOKEN,
      rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    },
    database: { appUrl: env.DATABASE_URL, systemUrl: env.DATABASE_SYSTEM_URL, meterUrl: env.DATABASE_METER_URL },
    redisUrl: env.REDIS_URL,
    s3: {
      endpoint: env.S3_ENDPOINT,
      publicEndpoint: env.S3_PUBLIC_ENDPOINT,
      region: env.S3_REGION,
      bucket: env.S3_BUCKET,
      accessKeyId: env.S3_ACCESS_KEY_ID,
      secretAccessKey: env.S3_SECRET_ACCESS_KEY,
      // A server of one's own rarely has a name per bucket; AWS always does.
      forcePathStyle: env.S3_FORCE_PATH_STYLE ?? env.S3_ENDPOINT !== undefined,
    },
    media: {
      announcedAddress: env.MEDIA_ADDRESS,
      listenAddress: env.MEDIA_LISTEN,
      port: env.MEDIA_PORT,
      workers: env.MEDIA_WORKERS,
      workerBinary: env.MEDIASOUP_WORKER_BIN,
      iceServers: env.ICE_SERVERS,
    },
    secretKey: env.SECRET_KEY,
    workerToken: env.WORKER_TOKEN,
    safeFetchAllowHosts: env.SAFE_FETCH_ALLOW_HOSTS,
    stock: { folder: env.STOCK_AVATARS_DIR, onlyFirst: env.STOCK_AVATARS === 'first' },
  });
}
