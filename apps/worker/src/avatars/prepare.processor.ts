import { openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job } from 'bullmq';
import { prepareJob, type PrepareGrant, type PrepareJob, type PrepareResult } from '@visavis/contracts';
import { runWithLogContext, type Logger } from '@visavis/logging';
import { AVATAR_PREPARE_QUEUE, queueSettings } from '@visavis/queue';
import { ApiClient } from '../api-client';
import { LOGGER } from '../tokens';
import { fetchUpload } from './fetch-upload';
import { BUNDLE_FILE, Preparer, PREVIEW_FILE, UPLOAD_FILE, type PrepareOutcome } from './preparer';
import { progressReporter } from './progress-reporter';

/** A bundle made from a clip has tens of megabytes. */
const STORE_TIMEOUT_MS = 180_000;

/** Prepares avatars, one at a time, in a process of its own with low priority: live sessions don't feel it. */
@Processor(AVATAR_PREPARE_QUEUE, queueSettings.prepare.worker)
export class PrepareProcessor extends WorkerHost {
  constructor(
    private readonly api: ApiClient,
    private readonly preparer: Preparer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  async process(job: Job<PrepareJob>): Promise<void> {
    const { avatar_id } = prepareJob.parse(job.data);
    await runWithLogContext({ avatar_id, job_id: job.id ?? '' }, async () => {
      const startedAtMs = Date.now();
      const result = await this.prepare(avatar_id);
      await this.api.prepareResult(avatar_id, result);
      this.logger.info({ status: result.status, ...(result.status === 'failed' ? { code: result.code } : {}), duration_ms: Date.now() - startedAtMs }, 'avatar prepared');
    });
  }

  private async prepare(avatarId: string): Promise<PrepareResult> {
    const grant = await this.api.prepareGrant(avatarId);
    const folder = await mkdtemp(join(tmpdir(), 'visavis-prepare-'));
    try {
      await fetchUpload(grant.source_url, join(folder, UPLOAD_FILE));
      const prepared = await this.preparer.prepare(folder, progressReporter((progress) => {
        this.api.prepareProgress(avatarId, progress).catch((error: unknown) => this.logger.warn({ error }, 'progress could not be reported'));
      }));
      return await this.stored(prepared, folder, grant);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async stored(prepared: PrepareOutcome, folder: string, grant: PrepareGrant): Promise<PrepareResult> {
    if (prepared.status === 'failed') return prepared;
    await put(grant.bundle_put_url, join(folder, BUNDLE_FILE), 'application/octet-stream');
    await put(grant.preview_put_url, join(folder, PREVIEW_FILE), 'image/jpeg');
    const { engine, engineVersion, bundleSha256, report } = prepared;
    return { status: 'ready', engine, engine_version: engineVersion, bundle_sha256: bundleSha256, report };
  }
}

async function put(url: string, path: string, contentType: string): Promise<void> {
  const body = await openAsBlob(path);
  const response = await fetch(url, { method: 'PUT', body, headers: { 'content-type': contentType }, signal: AbortSignal.timeout(STORE_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`what was prepared could not be stored: ${response.status}`);
}
