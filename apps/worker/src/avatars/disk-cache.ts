import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is kept on disk between runs, and nothing else in the folder. */
const KEPT = /\.(bundle|loop)$/;

/**
 * Files that can be had again, the longest unused going first when there are too many. Readers check what they read: a file may be cut short
 * by a machine that went down.
 */
export class DiskCache {
  constructor(
    private readonly directory: string,
    private readonly maxBytes: number,
  ) {}

  async read(name: string): Promise<Uint8Array | undefined> {
    const path = join(this.directory, name);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes) await utimes(path, new Date(), new Date()).catch(() => undefined);
    return bytes;
  }

  /** @param name must end in `.bundle` or `.loop`. @throws Error when the disk is full or not writable. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    if (!KEPT.test(name)) throw new Error(`"${name}" would never be deleted`);
    const path = join(this.directory, name);
    await mkdir(this.directory, { recursive: true });
    const draft = `${path}.${randomUUID()}`;
    try {
      await writeFile(draft, bytes);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await this.evict();
  }

  private async evict(): Promise<void> {
    const names = (await readdir(this.directory)).filter((name) => KEPT.test(name));
    const files = await Promise.all(names.map((name) => this.describe(name)));
    const existing = files.filter((file) => file !== undefined).sort((a, b) => a.usedAtMs - b.usedAtMs);
    let total = existing.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of existing) {
      if (total <= this.maxBytes) return;
      await rm(path, { force: true });
      total -= bytes;
    }
  }

  /** Another worker on this machine may have deleted it meanwhile. */
  private async describe(name: string): Promise<{ path: string; bytes: number; usedAtMs: number } | undefined> {
    const path = join(this.directory, name);
    const file = await stat(path).catch(() => undefined);
    return file && { path, bytes: file.size, usedAtMs: file.mtimeMs };
  }
}
