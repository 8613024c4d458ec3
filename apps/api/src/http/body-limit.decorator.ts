import { RouteConfig } from '@nestjs/platform-fastify';

/** A route that takes larger bodies than others. The hook that registers routes reads it. */
export const BodyLimit = (bodyLimitBytes: number): MethodDecorator => RouteConfig({ bodyLimitBytes }) as MethodDecorator;
