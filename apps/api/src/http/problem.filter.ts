import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from '@visavis/logging';
import { PROBLEM_CONTENT_TYPE, ProblemError, toDocument } from '@visavis/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DashboardFiles } from '../modules/dashboard/dashboard-files';
import { LOGGER } from '../tokens';
import { problemOf } from './problem-of';
import { RouteTable } from './route-table';

/** Turns whatever was thrown into a problem document, and logs what the caller must not see. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly routes: RouteTable,
    private readonly dashboard: DashboardFiles,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    let problem = problemOf(error);
    // Only what no route took: a 404 that a handler threw has a route.
    if (problem.code === 'not_found' && request.routeOptions.url === undefined) {
      if (this.dashboard.serve(request, reply)) return;
      problem = this.#withAllowedMethods(problem, request);
    }
    if (problem.status >= 500) this.logger.error({ error: problem.cause ?? problem, code: problem.code }, 'request failed');
    else if (problem.internal !== undefined) this.logger.info({ code: problem.code, reason: problem.internal }, 'request refused');
    sendProblem(reply, problem, request.id);
  }

  #withAllowedMethods(problem: ProblemError, request: FastifyRequest): ProblemError {
    const methods = this.routes.methodsAt(request.url.split('?', 1)[0] ?? '');
    if (methods.length === 0) return problem;
    return new ProblemError('method_not_allowed', `This address takes ${methods.join(', ')}.`, { headers: { allow: methods.join(', ') } });
  }
}

/** Sends a problem document, or closes the connection if an answer has already begun. */
export function sendProblem(reply: FastifyReply, problem: ProblemError, requestId: string): void {
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  void reply
    .code(problem.status)
    .headers({ ...problem.headers, 'cache-control': 'no-store' })
    .type(PROBLEM_CONTENT_TYPE)
    .send(JSON.stringify(toDocument(problem, requestId)));
}
