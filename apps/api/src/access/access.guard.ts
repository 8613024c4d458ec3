import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { formatId } from '@visavis/ids';
import { addToLogContext } from '@visavis/logging';
import { ProblemError } from '@visavis/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCESS_RULE, setPrincipal } from './access.decorator';
import { AccessService } from './access.service';
import type { AccessRule, Principal } from './principal';

/** Stands before every route. A route without a rule is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: AccessService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [context.getHandler(), context.getClass()]);
    if (rule === undefined) throw new ProblemError('forbidden', 'This route is closed.', { internal: 'a route without @Access' });
    if (rule.public === true) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id?: string } }>>();
    const { principal, headers } = await this.access.authorize(request, rule, request.params.id);
    void context.switchToHttp().getResponse<FastifyReply>().headers({ ...headers });
    setPrincipal(request, principal);
    addToLogContext(logIds(principal));
    return true;
  }
}

function logIds(principal: Principal): { tenant_id?: string; session_id?: string } {
  if (principal.kind === 'worker') return {};
  const tenant_id = formatId('ten', principal.tenantId);
  return principal.kind === 'client' ? { tenant_id, session_id: formatId('ses', principal.sessionId) } : { tenant_id };
}
