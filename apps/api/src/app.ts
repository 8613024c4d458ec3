import 'reflect-metadata';
import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MAX_CLIP_BYTES } from '@visavis/contracts';
import type { Logger } from '@visavis/logging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from './app.module';
import type { ApiConfig } from './config';
import { installBodyParsers } from './http/body-parsers';
import { Drain } from './http/drain';
import { installHooks } from './http/hooks';
import { NestLogger } from './http/nest-logger';
import { problemOf } from './http/problem-of';
import { sendProblem } from './http/problem.filter';
import { requestIdOf } from './http/request-id';
import { RouteTable } from './http/route-table';
import { DashboardFiles } from './modules/dashboard/dashboard-files';
import { createOpenApiDocument } from './modules/docs/openapi';
import { OpenApiHolder } from './modules/docs/openapi-holder';
import { Metrics } from './modules/health/metrics';

const API_VERSION = '1.0.0';
/** JSON bodies; routes that take more (uploads, inline audio) say so themselves. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** An address with a client token in it is long; a parameter (an id) is not. */
const MAX_PARAM_LENGTH = 128;
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
    // An address that can't be decoded never gets to a hook or a filter.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => sendProblem(reply.header('x-request-id', request.id), problemOf(error), request.id),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.for(config, logger), adapter, {
    logger: new NestLogger(logger),
    // Nest would end the process at a failure of its own start; main does that, with a message.
    abortOnError: false,
    bodyParser: false,
  });
  const metrics = app.get(Metrics);
  installHooks(adapter.getInstance(), {
    config,
    logger,
    drain: app.get(Drain),
    routes: app.get(RouteTable),
    onFinished: (observation) => metrics.observeRequest(observation),
  });
  app.get(OpenApiHolder).provide(() => createOpenApiDocument(app, config.http.publicUrl, API_VERSION));
  await app.get(DashboardFiles).install(adapter.getInstance());
  installBodyParsers(adapter.getInstance());
  await app.register(multipart, { limits: { fileSize: MAX_CLIP_BYTES, files: 1, fields: 8, fieldSize: 4096, parts: 10 } });
  return app;
}
