import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from '@visavis/logging';
import { AppModule } from './app.module';
import type { ApiConfig } from './config';
import { Drain } from './http/drain';
import { installHooks } from './http/hooks';
import { NestLogger } from './http/nest-logger';
import { requestIdOf } from './http/request-id';
import { RouteTable } from './http/route-table';
import { Metrics } from './modules/health/metrics';

/** JSON bodies; routes that take more (uploads, inline audio) say so themselves. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** An address with a client token in it is long; a parameter (an id) is not. */
const MAX_PARAM_LENGTH = 128;
/** `speak` carries up to 10 MiB of audio as base64. */
export const SPEAK_BODY_LIMIT_BYTES = 15 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 120_000;

/** The application with all its hooks and parsers, not yet listening: what main starts is what tests test. */
export async function createApp(config: ApiConfig, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    logger: false,
    genReqId: requestIdOf,
    trustProxy: config.http.trustProxyHops === 0 ? false : (_address: string, hop: number) => hop < config.http.trustProxyHops,
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Event streams never end by themselves; what should be finished was waited for by Drain.
    forceCloseConnections: true,
    multipart: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.for(config, logger), adapter, {
    logger: new NestLogger(logger),
    // Nest would end the process at a failure of its own start; main does that, with a message.
    abortOnError: false,
  });
  const metrics = app.get(Metrics);
  installHooks(adapter.getInstance(), {
    config,
    logger,
    drain: app.get(Drain),
    routes: app.get(RouteTable),
    onFinished: (observation) => metrics.observeRequest(observation),
  });
  return app;
}
