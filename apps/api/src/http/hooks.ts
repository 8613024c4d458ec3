import { runWithLogContext, type LogContext, type Logger } from '@visavis/logging';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiConfig } from '../config';
import { answerPreflight, isCrossOriginPath, isPreflight, setCorsHeaders } from './cors';
import type { Drain } from './drain';
import type { RouteTable } from './route-table';
import { setSecurityHeaders } from './security-headers';

export interface HookParts {
  readonly config: ApiConfig;
  readonly logger: Logger;
  readonly drain: Drain;
  readonly routes: RouteTable;
  readonly onFinished: (observation: RequestObservation) => void;
}

export interface RequestObservation {
  readonly method: string;
  /** The route's pattern, never the address: that may hold ids and tokens. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

const contexts = new WeakMap<FastifyRequest, LogContext>();
const QUIET_ROUTES = new Set(['/healthz', '/readyz', '/metrics']);

/** What happens to every request around its handler: ids, headers, CORS, counting, one log line. */
export function installHooks(fastify: FastifyInstance, parts: HookParts): void {
  const https = parts.config.http.publicUrl.startsWith('https:');

  fastify.addHook('onRoute', (route) => {
    parts.routes.add(route.method, route.url);
    const { bodyLimitBytes } = route.config ?? {};
    if (bodyLimitBytes !== undefined) route.bodyLimit = bodyLimitBytes;
  });

  fastify.addHook('onRequest', (request, reply, done) => {
    const context: LogContext = { request_id: request.id };
    contexts.set(request, context);
    void reply.header('x-request-id', request.id);
    setSecurityHeaders(reply, https);
    if (countsForDrain(request)) parts.drain.enter();
    if (parts.drain.draining) void reply.header('connection', 'close');
    if (isCrossOriginPath(request.url)) {
      setCorsHeaders(request, reply);
      if (isPreflight(request)) {
        answerPreflight(request, reply);
        return;
      }
    }
    runWithLogContext(context, done);
  });

  // A body arrives in events of the socket, outside of the context that onRequest opened.
  fastify.addHook('preValidation', (request, _reply, done) => {
    runWithLogContext(contexts.get(request) ?? {}, done);
  });

  fastify.addHook('onResponse', (request, reply, done) => {
    if (countsForDrain(request)) parts.drain.leave();
    const observation: RequestObservation = {
      method: request.method,
      route: request.routeOptions.url ?? 'unmatched',
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
    };
    parts.onFinished(observation);
    runWithLogContext(contexts.get(request) ?? {}, () => {
      const level = QUIET_ROUTES.has(observation.route) ? 'trace' : observation.status >= 500 ? 'warn' : 'info';
      parts.logger[level](
        { method: observation.method, route: observation.route, status: observation.status, duration_ms: Math.round(observation.durationMs * 10) / 10 },
        'request',
      );
    });
    done();
  });
}

function countsForDrain(request: FastifyRequest): boolean {
  return request.headers.upgrade === undefined && request.routeOptions.url?.endsWith('/events') !== true && request.headers.accept?.includes('text/event-stream') !== true;
}
