import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { createFeed, createFleet, createSessionChannel, createSessionDispatcher, type Feed, type Redis, type SessionDispatcher } from '@visavis/queue';
import type { ApiConfig } from '../../config';
import { API_CONFIG, REDIS } from '../../tokens';
import { FEED, FLEET, SESSION_CHANNEL, SESSION_DISPATCHER } from './dispatch.tokens';

/** The roads to the workers and back, made once. */
@Global()
@Module({
  providers: [
    { provide: FLEET, inject: [REDIS], useFactory: (redis: Redis) => createFleet(redis) },
    { provide: SESSION_CHANNEL, inject: [REDIS], useFactory: (redis: Redis) => createSessionChannel(redis) },
    { provide: SESSION_DISPATCHER, inject: [API_CONFIG], useFactory: (config: ApiConfig) => createSessionDispatcher(config.redisUrl.reveal()) },
    { provide: FEED, inject: [API_CONFIG, REDIS], useFactory: (config: ApiConfig, redis: Redis) => createFeed(config.redisUrl.reveal(), redis) },
  ],
  exports: [FLEET, SESSION_CHANNEL, SESSION_DISPATCHER, FEED],
})
export class DispatchModule implements OnApplicationShutdown {
  constructor(
    @Inject(SESSION_DISPATCHER) private readonly dispatcher: SessionDispatcher,
    @Inject(FEED) private readonly feed: Feed,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    this.feed.close();
    await this.dispatcher.close();
  }
}
