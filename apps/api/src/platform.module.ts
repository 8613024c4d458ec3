import { Global, Inject, Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createDatabase, type Database } from '@visavis/db';
import type { Logger } from '@visavis/logging';
import { createRedis, type Redis } from '@visavis/queue';
import { Storage } from '@visavis/storage';
import type { ApiConfig } from './config';
import { Drain } from './http/drain';
import { RouteTable } from './http/route-table';
import { API_CONFIG, DATABASE, LOGGER, REDIS, STORAGE } from './tokens';

/** What every module stands on: configuration, log, PostgreSQL, Redis, S3. Opens them and, last of all, closes them. */
@Global()
@Module({})
export class PlatformModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  static with(config: ApiConfig, logger: Logger): DynamicModule {
    const providers = [
      { provide: API_CONFIG, useValue: config },
      { provide: LOGGER, useValue: logger },
      { provide: DATABASE, useFactory: () => openDatabase(config) },
      { provide: REDIS, useFactory: () => openRedis(config, logger) },
      { provide: STORAGE, useFactory: () => openStorage(config) },
      Drain,
      RouteTable,
    ];
    return { module: PlatformModule, providers, exports: providers };
  }

  async onApplicationBootstrap(): Promise<void> {
    // Where the bucket is someone else's to make, or storage is down just now, readyz tells.
    await this.storage.ensureBucket().catch((error: unknown) => this.logger.warn({ error }, 'the bucket could not be made'));
  }

  async onApplicationShutdown(): Promise<void> {
    this.storage.close();
    this.redis.disconnect();
    await this.database.close();
  }
}

function openDatabase(config: ApiConfig): Database {
  const { appUrl, systemUrl, meterUrl } = config.database;
  return createDatabase({ appUrl: appUrl.reveal(), systemUrl: systemUrl.reveal(), meterUrl: meterUrl.reveal() });
}

function openRedis(config: ApiConfig, logger: Logger): Redis {
  const redis = createRedis(config.redisUrl.reveal());
  // ioredis reconnects by itself; without a listener the first failure would end the process.
  redis.on('error', (error: Error) => logger.warn({ error }, 'Redis connection failed'));
  return redis;
}

function openStorage(config: ApiConfig): Storage {
  return new Storage({ ...config.s3, secretAccessKey: config.s3.secretAccessKey.reveal() });
}
