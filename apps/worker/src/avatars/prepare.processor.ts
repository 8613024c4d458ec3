import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job } from 'bullmq';
import { prepareJob, type PrepareJob, type PrepareResult } from '@visavis/contracts';
import { runWithLogContext, type Logger } from '@visavis/logging';
import { AVATAR_PREPARE_QUEUE, queueSettings } from '@visavis/queue';
import { ApiClient } from '../api-client';
import { LOGGER } from '../tokens';
import { prepareInChild } from './prepare-in-child';

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
    const source = await fetch(grant.source_url, { signal: AbortSignal.timeout(60_000) });
    if (!source.ok) throw new Error(`the upload could not be fetched: ${source.status}`);
    const prepared = await prepareInChild(new Uint8Array(await source.arrayBuffer()), (progress) => {
      this.api.prepareProgress(avatarId, progress).catch((error: unknown) => this.logger.warn({ error }, 'progress could not be reported'));
    });
    if (prepared.status === 'failed') return prepared;
    await put(grant.bundle_put_url, prepared.bundle, 'application/octet-stream');
    await put(grant.preview_put_url, prepared.previewJpeg, 'image/jpeg');
    const { engine, engineVersion, bundleSha256, report } = prepared;
    return { status: 'ready', engine, engine_version: engineVersion, bundle_sha256: bundleSha256, report };
  }
}

async function put(url: string, body: Uint8Array, contentType: string): Promise<void> {
  const response = await fetch(url, { method: 'PUT', body: body as Uint8Array<ArrayBuffer>, headers: { 'content-type': contentType }, signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`what was prepared could not be stored: ${response.status}`);
}
