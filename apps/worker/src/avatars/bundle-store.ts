import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MAX_BUNDLE_BYTES = 256 * 1024 * 1024;

/** Bundles on disk by checksum, the longest unused going first. */
export class BundleStore {
  constructor(
    private readonly directory: string,
    private readonly maxBytes: number,
  ) {}

  /** @throws Error when the download fails or isn't what the checksum says. */
  async get(sha256: string, url: string): Promise<Uint8Array> {
    const path = join(this.directory, `${sha256}.bundle`);
    const cached = await readFile(path).catch(() => null);
    if (cached && digest(cached) === sha256) {
      await utimes(path, new Date(), new Date()).catch(() => undefined);
      return cached;
    }
    const bundle = await download(url);
    if (digest(bundle) !== sha256) throw new Error('the bundle that was downloaded is not the one that was prepared');
    await mkdir(this.directory, { recursive: true });
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, bundle);
    await rename(draft, path);
    await this.evict();
    return bundle;
  }

  private async evict(): Promise<void> {
    const names = (await readdir(this.directory)).filter((name) => name.endsWith('.bundle'));
    const files = await Promise.all(names.map(async (name) => ({ path: join(this.directory, name), ...(await stat(join(this.directory, name))) })));
    let total = files.reduce((sum, file) => sum + file.size, 0);
    for (const file of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (total <= this.maxBytes) return;
      await rm(file.path, { force: true });
      total -= file.size;
    }
  }
}

async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`the bundle could not be fetched: ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.byteLength > MAX_BUNDLE_BYTES) throw new Error('the bundle is too large');
  return bytes;
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
