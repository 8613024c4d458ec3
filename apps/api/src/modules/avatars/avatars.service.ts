import { Inject, Injectable } from '@nestjs/common';
import type { Avatar, AvatarsQuery } from '@visavis/contracts';
import { newUuid } from '@visavis/ids';
import type { Logger } from '@visavis/logging';
import { notFound, ProblemError } from '@visavis/problems';
import type { Storage } from '@visavis/storage';
import { pageOf } from '../../http/list-cursors.service';
import { LOGGER, STORAGE } from '../../tokens';
import { avatarObjects } from './avatar-objects';
import { checkUpload, SNIFF_BYTES, tooLarge, type UploadedFile } from './avatar-upload';
import { previewKeyOf, toAvatar } from './avatar-view';
import { AvatarsRepository, type AvatarRow } from './avatars.repository';
import { PreparationQueue } from './preparation-queue';
import { PreviewLinks } from './preview-links';
import type { PreviewKeys } from './preparation.repository';

const UPLOAD_S = 900;

export interface UploadOrder {
  readonly name: string;
  readonly content_type: string;
}

@Injectable()
export class AvatarsService {
  constructor(
    private readonly avatars: AvatarsRepository,
    private readonly queue: PreparationQueue,
    private readonly links: PreviewLinks,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Stores the picture or clip and queues its preparation. */
  async createFromFile(tenantId: string, file: UploadedFile): Promise<Avatar> {
    const id = newUuid();
    const sourceKey = avatarObjects.source(tenantId, id);
    await this.storage.putFile(sourceKey, file.path, file.type);
    const row = await this.avatars.insert(tenantId, { id, name: file.name, kind: file.kind, sourceKey });
    await this.#enqueue(id);
    return this.#view(row);
  }

  /** Makes an avatar that waits for its picture or clip, and the address to PUT that to. */
  async createForUpload(tenantId: string, order: UploadOrder) {
    const id = newUuid();
    const row = await this.avatars.insert(tenantId, { id, name: order.name, kind: order.content_type.startsWith('video/') ? 'video' : 'photo', sourceKey: null });
    const url = await this.storage.presignPut(avatarObjects.source(tenantId, id), order.content_type, { expiresInS: UPLOAD_S, audience: 'browser' });
    const expires_at = new Date(Date.now() + UPLOAD_S * 1000).toISOString();
    return { avatar: this.#view(row), upload: { method: 'PUT' as const, url, headers: { 'content-type': order.content_type }, expires_at } };
  }

  /** Looks at what was uploaded and queues its preparation. A second call changes nothing. */
  async completeUpload(tenantId: string, id: string): Promise<Avatar> {
    const row = await this.#require(tenantId, id);
    if (row.source_key !== null || row.status !== 'processing') return this.#view(row);
    const sourceKey = avatarObjects.source(tenantId, id);
    const [info, start] = await Promise.all([this.storage.head(sourceKey), this.storage.getStart(sourceKey, SNIFF_BYTES)]);
    if (info === null || start === null) throw new ProblemError('conflict', 'The file has not arrived; PUT it to the upload address first.');
    const { kind, maxBytes } = checkUpload(start);
    if (info.sizeBytes > maxBytes) throw tooLarge(kind);
    const updated = await this.avatars.setSource(tenantId, id, sourceKey, kind);
    if (updated !== null) await this.#enqueue(id);
    return this.#view(updated ?? (await this.#require(tenantId, id)));
  }

  async list(tenantId: string, { limit, stock }: AvatarsQuery, after: string | null): Promise<{ data: Avatar[]; nextAfter: string | null }> {
    const rowsAndOne = await this.avatars.page(tenantId, { limit: limit + 1, after, stock: stock === undefined ? null : stock === 'true' });
    const { rows, nextAfter } = pageOf(rowsAndOne, limit);
    return { data: rows.map((row) => this.#view(row)), nextAfter };
  }

  async get(tenantId: string, id: string): Promise<Avatar> {
    return this.#view(await this.#require(tenantId, id));
  }

  async rename(tenantId: string, id: string, name: string): Promise<Avatar> {
    refuseStock(await this.#require(tenantId, id), 'renamed');
    const row = await this.avatars.rename(tenantId, id, name);
    if (row === null) throw notFound('avatar');
    return this.#view(row);
  }

  async remove(tenantId: string, id: string): Promise<void> {
    const row = await this.#require(tenantId, id);
    refuseStock(row, 'deleted');
    if (!(await this.avatars.remove(tenantId, id))) throw new ProblemError('conflict', 'A session is using this avatar; end it first.');
    await this.queue.remove(id).catch((error: unknown) => this.logger.warn({ error }, 'the job of a deleted avatar stays in the queue'));
    const keys = [avatarObjects.source(tenantId, id), row.bundle_key, row.preview_key].filter((key) => key !== null);
    const results = await Promise.allSettled(keys.map((key) => this.storage.delete(key)));
    for (const result of results) if (result.status === 'rejected') this.logger.warn({ error: result.reason as unknown }, 'a file of a deleted avatar stays in storage');
  }

  /** Where its previews lie. */
  async previews(tenantId: string, id: string): Promise<PreviewKeys> {
    return this.#require(tenantId, id);
  }

  async #require(tenantId: string, id: string): Promise<AvatarRow> {
    const row = await this.avatars.find(tenantId, id);
    if (row === null) throw notFound('avatar');
    return row;
  }

  async #enqueue(id: string): Promise<void> {
    // The row is the truth; if Redis can't take the job now, the sweep adds it later.
    await this.queue.add(id).catch((error: unknown) => this.logger.warn({ error }, 'preparation could not be queued yet'));
  }

  #view(row: AvatarRow): Avatar {
    return toAvatar(row, {
      picture: previewKeyOf(row) === null ? null : this.links.create(row.id, 'preview'),
      video: row.preview_video_key === null ? null : this.links.create(row.id, 'preview-video'),
    });
  }
}

function refuseStock(row: AvatarRow, done: string): void {
  if (row.tenant_id === null) throw new ProblemError('forbidden', `"${row.name}" is a stock avatar: it belongs to the installation and can't be ${done}. Upload a picture or clip to have one of your own.`);
}
