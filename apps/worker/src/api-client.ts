import { Inject, Injectable } from '@nestjs/common';
import { prepareGrant, sessionGrant, type PrepareGrant, type PrepareResult, type SessionGrant } from '@visavis/contracts';
import { z } from 'zod';
import type { WorkerConfig } from './config';
import { WORKER_CONFIG } from './tokens';

const TIMEOUT_MS = 10_000;

export class ApiError extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
    this.name = 'ApiError';
  }
}

/** What a worker asks of the API, with its own token. */
@Injectable()
export class ApiClient {
  constructor(@Inject(WORKER_CONFIG) private readonly config: WorkerConfig) {}

  /** Fetches the ingest key and the avatar's address; works once per epoch. */
  async claimSession(sessionId: string, epoch: number): Promise<SessionGrant> {
    return sessionGrant.parse(await this.call('POST', `/internal/worker/sessions/${sessionId}/claim`, { epoch, worker_id: this.config.workerId }));
  }

  async prepareGrant(avatarId: string): Promise<PrepareGrant> {
    return prepareGrant.parse(await this.call('GET', `/internal/worker/avatars/${avatarId}/grant`));
  }

  async prepareProgress(avatarId: string, progress: { fraction: number; step: string }): Promise<void> {
    await this.call('POST', `/internal/worker/avatars/${avatarId}/progress`, progress);
  }

  async prepareResult(avatarId: string, result: PrepareResult): Promise<void> {
    await this.call('POST', `/internal/worker/avatars/${avatarId}/result`, result);
  }

  private async call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.config.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.config.workerToken.reveal()}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiError(response.status, `${method} ${path} answered ${response.status}: ${detailOf(text)}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

function detailOf(text: string): string {
  const problem = z.object({ detail: z.string() }).safeParse(safeJson(text));
  return problem.success ? problem.data.detail : text.slice(0, 200);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
