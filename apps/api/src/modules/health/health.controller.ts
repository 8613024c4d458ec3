import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { notFound } from '@visavis/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { Access } from '../../access/access.decorator';
import { bearerOf } from '../../access/credentials';
import type { ApiConfig } from '../../config';
import { Drain } from '../../http/drain';
import { API_CONFIG } from '../../tokens';
import { HealthChecks } from './health-checks';
import { Metrics } from './metrics';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** For those who run it: is it alive, is it ready, how is it doing. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    private readonly checks: HealthChecks,
    private readonly drain: Drain,
    private readonly metrics: Metrics,
  ) {}

  @Get('healthz')
  @Access({ public: true })
  alive(): { status: string } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Access({ public: true })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const checks = await this.checks.run();
    const failing = Object.keys(checks).filter((name) => !checks[name]!.ok);
    const ready = failing.length === 0 && !this.drain.draining;
    void reply.code(ready ? 200 : 503).header('cache-control', 'no-store');
    return { status: ready ? 'ready' : this.drain.draining ? 'stopping' : 'not_ready', failing, checks };
  }

  @Get('metrics')
  @Access({ public: true })
  async prometheus(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!this.#mayRead(request)) throw notFound('page');
    void reply.type('text/plain; version=0.0.4; charset=utf-8');
    return this.metrics.text();
  }

  /** With a token for whoever shows it, without one only for this machine, proxies aside. */
  #mayRead(request: FastifyRequest): boolean {
    const { metricsToken } = this.config.http;
    if (metricsToken === undefined) return LOOPBACK.has(request.ip) && request.headers['x-forwarded-for'] === undefined;
    const shown = bearerOf(request.headers.authorization);
    return shown !== null && timingSafeEqual(digest(shown), digest(metricsToken.reveal()));
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
