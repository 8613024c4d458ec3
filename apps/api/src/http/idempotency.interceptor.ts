import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Logger } from '@visavis/logging';
import { ProblemError, retryLater } from '@visavis/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { getPrincipal } from '../access/access.decorator';
import { LOGGER } from '../tokens';
import { IdempotencyStore, type IdempotentRequest, type StoredAnswer } from './idempotency.store';

const KEY = /^[\x21-\x7e]{1,255}$/;
const KEPT_HEADERS = ['location'];

/**
 * Runs a POST once per `Idempotency-Key`. Only answers of success are kept: after a failure nothing was done, and the
 * same key may be tried again (a 503 is worth it).
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly store: IdempotencyStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const keyed = identify(request);
    if (keyed === null) return next.handle();
    const claim = await this.store.claim(keyed);
    switch (claim.kind) {
      case 'answered':
        void reply.code(claim.answer.status).headers({ ...claim.answer.headers, 'idempotency-replayed': 'true' });
        return of(claim.answer.body);
      case 'other_request':
        throw new ProblemError('idempotency_key_reused', 'This Idempotency-Key was used for another request; take a new one.');
      case 'in_progress':
        throw retryLater('idempotency_in_progress', 'The first request with this Idempotency-Key is still running.', 1);
      case 'first':
        return of(await this.#run(keyed, next, reply));
    }
  }

  async #run(keyed: IdempotentRequest, next: CallHandler, reply: FastifyReply): Promise<unknown> {
    let body: unknown;
    try {
      body = await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      await this.store.release(keyed).catch((cause: unknown) => this.logger.warn({ error: cause }, 'an idempotency key was not given back'));
      throw error;
    }
    // It was done, so the caller hears of it even if the answer can't be kept.
    await this.store.complete(keyed, answerOf(reply, body)).catch((error: unknown) => this.logger.error({ error }, 'the answer to an idempotent request was not kept'));
    return body;
  }
}

function identify(request: FastifyRequest): IdempotentRequest | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !KEY.test(key)) throw new ProblemError('invalid_request', 'Idempotency-Key must be 1 to 255 printable ASCII characters without spaces.');
  const principal = getPrincipal(request);
  if (principal === undefined || principal.kind === 'worker') return null;
  // A page's keys are its own: two sessions' pages may count from 1 each.
  const scope = principal.kind === 'client' ? `client:${principal.sessionId}:` : 'tenant:';
  return {
    tenantId: principal.tenantId,
    key: scope + key,
    method: request.method,
    path: request.url.split('?', 1)[0] ?? '',
    bodySha256: createHash('sha256').update(JSON.stringify(request.body ?? null)).digest(),
  };
}

function answerOf(reply: FastifyReply, body: unknown): StoredAnswer {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (typeof value === 'string') headers[name] = value;
  }
  return { status: reply.statusCode, headers, body };
}
