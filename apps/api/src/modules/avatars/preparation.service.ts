import { Inject, Injectable } from '@nestjs/common';
import type { PrepareGrant, PrepareResult } from '@visavis/contracts';
import { formatId } from '@visavis/ids';
import { ProblemError } from '@visavis/problems';
import type { Storage } from '@visavis/storage';
import { createHash } from 'node:crypto';
import { STORAGE } from '../../tokens';
import { avatarObjects } from './avatar-objects';
import { PreparationRepository } from './preparation.repository';

const ADDRESS_S = 3600;

/** What a preparing worker asks for and reports. */
@Injectable()
export class PreparationService {
  constructor(
    private readonly avatars: PreparationRepository,
    @Inject(STORAGE) private readonly storage: Storage,
  ) {}

  /** Begins an attempt: where the upload is and where the results go. */
  async grant(id: string): Promise<PrepareGrant> {
    const avatar = await this.avatars.find(id);
    if (avatar?.source_key == null) throw over();
    const keys = avatarObjects.attempt(avatar.tenant_id, id);
    if (!(await this.avatars.beginAttempt(id, keys))) throw over();
    const address = { expiresInS: ADDRESS_S, audience: 'fleet' } as const;
    const [source_url, bundle_put_url, preview_put_url] = await Promise.all([
      this.storage.presignGet(avatar.source_key, address),
      this.storage.presignPut(keys.bundle, null, address),
      this.storage.presignPut(keys.preview, null, address),
    ]);
    return { avatar_id: formatId('avt', id), source_url, bundle_put_url, preview_put_url };
  }

  async progress(id: string, fraction: number, step: string): Promise<void> {
    await this.avatars.setProgress(id, fraction, step);
  }

  /** Ends the preparation. Only what lies in storage counts, so a bundle of another attempt is refused. */
  async result(id: string, result: PrepareResult): Promise<void> {
    const avatar = await this.avatars.find(id);
    if (avatar === null) throw over();
    if (result.status === 'failed') {
      if (!(await this.avatars.setFailed(id, result.code, result.detail))) throw over();
      return;
    }
    if (avatar.bundle_key === null || (await this.#sha256(avatar.bundle_key)) !== result.bundle_sha256) {
      throw new ProblemError('conflict', 'What lies in storage is not the bundle that was reported.');
    }
    const { engine, engine_version: engineVersion, bundle_sha256: sha256, report } = result;
    if (!(await this.avatars.setReady(id, { bundleKey: avatar.bundle_key, sha256, engine, engineVersion, report }))) throw over();
  }

  async #sha256(key: string): Promise<string | null> {
    const object = await this.storage.get(key);
    if (object === null) return null;
    const hash = createHash('sha256');
    for await (const chunk of object.body as AsyncIterable<Buffer>) hash.update(chunk);
    return hash.digest('hex');
  }
}

function over(): ProblemError {
  return new ProblemError('conflict', 'This avatar is not waiting to be prepared: it is done, deleted, or its file is missing.');
}
