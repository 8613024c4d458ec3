import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, it } from 'vitest';
import { Access } from './access.decorator';
import { RouteAudit } from './route-audit';

@Controller('open')
class ForgottenController {
  @Get()
  read(): string {
    return 'everyone sees this';
  }
}

@Controller('closed')
@Access({ member: 'viewer' })
class GuardedController {
  @Get()
  read(): string {
    return 'members see this';
  }
}

async function start(controllers: (typeof ForgottenController | typeof GuardedController)[]): Promise<void> {
  @Module({ imports: [DiscoveryModule], controllers, providers: [RouteAudit] })
  class TestModule {}
  const app = await NestFactory.create(TestModule, new FastifyAdapter(), { logger: false, abortOnError: false });
  await app.init().finally(() => app.close());
}

describe('the API', () => {
  it('does not start with a route that says nothing about who may call it', async () => {
    await expect(start([GuardedController, ForgottenController])).rejects.toThrow('routes without @Access: ForgottenController.read');
  });

  it('starts when every route does', async () => {
    await start([GuardedController]);
  });
});
