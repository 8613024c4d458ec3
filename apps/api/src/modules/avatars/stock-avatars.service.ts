import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '@visavis/logging';
import type { Storage } from '@visavis/storage';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiConfig } from '../../config';
import { API_CONFIG, LOGGER, STORAGE } from '../../tokens';
import { avatarObjects } from './avatar-objects';
import { checkUpload } from './avatar-upload';
import { sniffClip } from './clip-type';
import { PreparationQueue, TURNS } from './preparation-queue';
import { readStockList, type StockEntry } from './stock-list';
import { StockRepository, type StockFacts } from './stock.repository';

const RETRY_MS = 10_000;

/**
 * Sees to it that the avatars that ship are there, for everyone. They are prepared by workers like all others, only after what customers
 * upload. Safe to repeat, and to do on several nodes at once; an avatar whose file changed is prepared anew.
 */
@Injectable()
export class StockAvatars implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopping = false;

  constructor(
    private readonly stock: StockRepository,
    private readonly queue: PreparationQueue,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Not waited for: an API without stock avatars serves, too. */
  onApplicationBootstrap(): void {
    if (this.config.stock.folder !== undefined) this.#try(this.config.stock.folder);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #try(folder: string): void {
    this.#running = this.ensure(folder, this.config.stock.onlyFirst).catch((error: unknown) => {
      if (this.#stopping) return;
      this.logger.warn({ error }, 'the stock avatars could not be set up yet');
      this.#timer = setTimeout(() => this.#try(folder), RETRY_MS);
    });
  }

  /** @throws Error when the list is damaged, or the database, the storage or Redis is away */
  async ensure(folder: string, onlyFirst = false): Promise<void> {
    const entries = (await readStockList(folder)).slice(0, onlyFirst ? 1 : undefined);
    const known = new Map((await this.stock.all()).map((row) => [row.slug, row]));
    // From the last to the first: lists show the newest first.
    for (const entry of entries.toReversed()) {
      if (this.#stopping) return;
      const { facts, files } = await this.#look(folder, entry);
      const row = known.get(entry.slug);
      for (const file of files) if (file.key !== row?.source_key && file.key !== row?.preview_video_key) await this.storage.put(file.key, file.bytes, file.type);
      if (row === undefined) await this.stock.insert(facts);
      else {
        await this.stock.describe(facts);
        await this.stock.beginAgain(facts);
      }
    }
    await this.#enqueue(entries);
  }

  async #look(folder: string, { slug, name, file, credit, voice, preview }: StockEntry): Promise<{ facts: StockFacts; files: StockFile[] }> {
    const source = await readFile(join(folder, file));
    const { kind, type } = checkUpload(source.subarray(0, 1024));
    const files: StockFile[] = [{ key: keyOf(slug, source), bytes: source, type }];
    if (preview != null) {
      const clip = await readFile(join(folder, preview));
      const clipType = sniffClip(clip.subarray(0, 1024));
      if (clipType === null) throw new Error(`the preview of the stock avatar "${slug}" is no clip`);
      files.push({ key: keyOf(slug, clip), bytes: clip, type: clipType });
    }
    return { facts: { slug, name, kind, credit: credit ?? null, voiceId: voice ?? null, sourceKey: files[0]!.key, previewVideoKey: files[1]?.key ?? null }, files };
  }

  async #enqueue(entries: readonly StockEntry[]): Promise<void> {
    const rows = new Map((await this.stock.all()).map((row) => [row.slug, row]));
    for (const [index, { slug }] of entries.entries()) {
      const row = rows.get(slug);
      if (row?.status !== 'processing') continue;
      await this.queue.forgetFailed(row.id);
      await this.queue.add(row.id, TURNS.stock + index);
    }
  }
}

interface StockFile {
  key: string;
  bytes: Buffer;
  type: string;
}

function keyOf(slug: string, bytes: Buffer): string {
  return avatarObjects.stock(slug, createHash('sha256').update(bytes).digest('hex'));
}
