import { createHash } from 'node:crypto';
import type { DiskCache } from './disk-cache';

const MAX_BUNDLE_BYTES = 256 * 1024 * 1024;

/** Bundles by checksum: from disk, else from where they were stored. */
export class BundleStore {
  constructor(private readonly disk: DiskCache) {}

  /** @throws Error when the download fails or isn't what the checksum says. */
  async get(sha256: string, url: string): Promise<Uint8Array> {
    const name = `${sha256}.bundle`;
    const cached = await this.disk.read(name);
    if (cached && digest(cached) === sha256) return cached;
    const bundle = await download(url);
    if (digest(bundle) !== sha256) throw new Error('the bundle that was downloaded is not the one that was prepared');
    await this.disk.write(name, bundle);
    return bundle;
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
