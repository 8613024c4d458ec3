import { Inject, Injectable } from '@nestjs/common';
import { MAX_BACKGROUND_IMAGE_BYTES, type Background, type GrantedBackground } from '@visavis/contracts';
import type { Logger } from '@visavis/logging';
import { ProblemError } from '@visavis/problems';
import { fetchUserUrl, SafeFetchError } from '@visavis/safe-fetch';
import type { Storage } from '@visavis/storage';
import type { ApiConfig } from '../../config';
import { API_CONFIG, LOGGER, STORAGE } from '../../tokens';
import { sniffPicture } from '../avatars/picture-type';

const FETCH_TIMEOUT_MS = 10_000;
const URL_TTL_S = 600;

/** Pictures behind avatars: fetched once from the customer's address, kept for the session, handed to its workers. */
@Injectable()
export class BackgroundImages {
  constructor(
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws ProblemError when there is no picture at the address */
  async fetchFor(tenantId: string, sessionId: string, background: Background): Promise<void> {
    if (background.type !== 'image') return;
    const bytes = await this.download(background.image_url);
    const type = sniffPicture(bytes);
    if (type === null) throw refused('is not a JPEG, PNG, WebP or AVIF picture');
    await this.storage.put(keyOf(tenantId, sessionId), bytes, type);
  }

  async grant(tenantId: string, sessionId: string, background: Background): Promise<GrantedBackground> {
    if (background.type !== 'image') return background;
    return { type: 'image', url: await this.storage.presignGet(keyOf(tenantId, sessionId), { expiresInS: URL_TTL_S, audience: 'fleet' }) };
  }

  async forget(tenantId: string, sessionId: string, background: Background): Promise<void> {
    if (background.type !== 'image') return;
    await this.storage.delete(keyOf(tenantId, sessionId)).catch((error: unknown) => this.logger.warn({ error }, 'a background picture stays in storage'));
  }

  private async download(url: string): Promise<Uint8Array> {
    try {
      return (await fetchUserUrl(url, { maxBytes: MAX_BACKGROUND_IMAGE_BYTES, timeoutMs: FETCH_TIMEOUT_MS, allowHosts: this.config.safeFetchAllowHosts })).body;
    } catch (error) {
      if (error instanceof SafeFetchError) throw refused(error.message, error);
      throw error;
    }
  }
}

function refused(message: string, cause?: unknown): ProblemError {
  return new ProblemError('invalid_request', `The background picture could not be used: ${message}`.replace(/[.]?$/, '.'), { errors: [{ path: 'background.image_url', message }], cause });
}

function keyOf(tenantId: string, sessionId: string): string {
  return `tenants/${tenantId}/backgrounds/${sessionId}`;
}
