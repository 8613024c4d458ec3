import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job } from 'bullmq';
import { prepareJob, type PrepareJob, type PrepareResult } from '@visavis/contracts';
import type { PrepareProgress } from '@visavis/engine';
import { runWithLogContext, type Logger } from '@visavis/logging';
import { AVATAR_PREPARE_QUEUE, queueSettings } from '@visavis/queue';
import { ApiClient } from '../api-client';
import { LOGGER } from '../tokens';
import { fetchUpload } from './fetch-upload';
import { prepareInChild, type PrepareOutcome } from './prepare-in-child';
import { progressReporter } from './progress-reporter';

/** A bundle made from a clip has tens of megabytes. */
const STORE_TIMEOUT_MS = 180_000;

/** Prepares avatars, one at a time, in a process of its own with low priority: live sessions don't feel it. */
@Processor(AVATAR_PREPARE_QUEUE, queueSettings.prepare.worker)
export class PrepareProcessor extends WorkerHost {
  constructor(
    private readonly api: ApiClient,
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
    const prepared = await this.prepareUpload(grant.source_url, progressReporter((progress) => {
      this.api.prepareProgress(avatarId, progress).catch((error: unknown) => this.logger.warn({ error }, 'progress could not be reported'));
    }));
    if (prepared.status === 'failed') return prepared;
    await put(grant.bundle_put_url, prepared.bundle, 'application/octet-stream');
    await put(grant.preview_put_url, prepared.previewJpeg, 'image/jpeg');
    const { engine, engineVersion, bundleSha256, report } = prepared;
    return { status: 'ready', engine, engine_version: engineVersion, bundle_sha256: bundleSha256, report };
  }

  private async prepareUpload(url: string, onProgress: (progress: PrepareProgress) => void): Promise<PrepareOutcome> {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-prepare-'));
    try {
      const path = join(folder, 'upload');
      await fetchUpload(url, path);
      return await prepareInChild(path, onProgress);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function put(url: string, body: Uint8Array, contentType: string): Promise<void> {
  const response = await fetch(url, { method: 'PUT', body: body as Uint8Array<ArrayBuffer>, headers: { 'content-type': contentType }, signal: AbortSignal.timeout(STORE_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`what was prepared could not be stored: ${response.status}`);
}
