import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from '@visavis/problems';
import type { AccessRule, Principal as RequestPrincipal } from './principal';

export const ACCESS_RULE = Symbol('ACCESS_RULE');

/** Says who may call a route. Every route has one: the API doesn't start with a route that has none. */
export const Access = (rule: AccessRule): MethodDecorator & ClassDecorator => SetMetadata(ACCESS_RULE, rule);

const principals = new WeakMap<object, RequestPrincipal>();

export function setPrincipal(request: object, principal: RequestPrincipal): void {
  principals.set(request, principal);
}

export function getPrincipal(request: object): RequestPrincipal | undefined {
  return principals.get(request);
}

/** The caller, as the guard found it. */
export const Principal = createParamDecorator((_: unknown, context: ExecutionContext): RequestPrincipal => {
  const principal = getPrincipal(context.switchToHttp().getRequest<FastifyRequest>());
  if (principal === undefined) throw new ProblemError('internal', 'Something went wrong here.', { internal: '@Principal() on a public route' });
  return principal;
});
