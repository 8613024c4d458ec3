import { BullModule } from '@nestjs/bullmq';
import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from '@visavis/logging';
import { InferenceService } from '@visavis/viseme-net';
import { AVATAR_PREPARE_QUEUE, createCommandReader, createFleet, createQueueConnection, createRedis, createSessionChannel, QUEUE_PREFIX, sessionQueueName, type CommandReader, type Redis } from '@visavis/queue';
import { ApiClient } from './api-client';
import { AvatarCache } from './avatars/avatar-cache';
import { PrepareProcessor } from './avatars/prepare.processor';
import { Preparer } from './avatars/preparer';
import type { WorkerConfig } from './config';
import { DiskCache } from './avatars/disk-cache';
import { createEngineMemory, createEngines } from './engines';
import { Heartbeat } from './fleet/heartbeat.service';
import { PipelinePool } from './pipeline/index.ts';
import { SessionRegistry } from './sessions/session-registry';
import { SessionRunner } from './sessions/session-runner';
import { createSessionProcessor } from './sessions/session.processor';
import { COMMAND_READER, ENGINES, FLEET, LOGGER, PIPELINE_POOL, REDIS, SESSION_CHANNEL, WORKER_CONFIG } from './tokens';

@Module({})
export class WorkerModule implements OnApplicationShutdown {
  constructor(
    @Inject(COMMAND_READER) private readonly reader: CommandReader,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(PIPELINE_POOL) private readonly pool: PipelinePool,
    private readonly preparer: Preparer,
    private readonly prepareProcessor: PrepareProcessor,
  ) {}

  static for(config: WorkerConfig, logger: Logger): DynamicModule {
    const redisUrl = config.redisUrl.reveal();
    return {
      module: WorkerModule,
      imports: [
        BullModule.forRoot({ connection: createQueueConnection(redisUrl), prefix: QUEUE_PREFIX }),
        // Nest starts processors only where queues are registered.
        BullModule.registerQueue({ name: AVATAR_PREPARE_QUEUE }, { name: sessionQueueName(config.workerId) }),
      ],
      providers: [
        { provide: WORKER_CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: REDIS, useFactory: () => createRedis(redisUrl) },
        { provide: FLEET, inject: [REDIS], useFactory: createFleet },
        { provide: SESSION_CHANNEL, inject: [REDIS], useFactory: createSessionChannel },
        {
          provide: COMMAND_READER,
          inject: [REDIS],
          useFactory: (redis: Redis) => createCommandReader(redisUrl, redis, config.workerId, (error) => logger.warn({ error }, 'commands could not be read; tried again')),
        },
        { provide: ENGINES, useFactory: () => createEngines() },
        {
          provide: PIPELINE_POOL,
          useFactory: () =>
            new PipelinePool({
              threadUrl: new URL('./pipeline-thread.js', import.meta.url),
              threads: config.threads,
              avatarThreadUrl: new URL('./avatar-thread.js', import.meta.url),
              engineMemory: createEngineMemory(),
              loopStore: new DiskCache(config.cacheDir, config.cacheMaxBytes),
              inference: new InferenceService({
                threadUrl: new URL('./inference-thread.js', import.meta.url),
                assetsUrl: new URL('./viseme-net/', import.meta.url),
                onThreadLost: (error) => logger.error({ error }, 'the inference thread was lost and replaced'),
              }),
              onThreadLost: (error) => logger.error({ error }, 'a pipeline thread was lost and replaced'),
              onLoopError: (error) => logger.warn({ error }, 'an idle loop could not be made or kept'),
            }),
        },
        ApiClient,
        AvatarCache,
        Heartbeat,
        PrepareProcessor,
        // First of all: while this process is small.
        { provide: Preparer, useFactory: () => new Preparer({ launcher: new URL('./prepare-launcher.js', import.meta.url), child: new URL('./prepare-child.js', import.meta.url) }) },
        SessionRegistry,
        SessionRunner,
        createSessionProcessor(config.workerId),
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.reader.close();
    // No more avatars, before the one that is being prepared is given up.
    void this.prepareProcessor.worker.close();
    this.preparer.close();
    await this.pool.close();
    this.redis.disconnect();
  }
}
