import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** Nothing came for so long: the storage is gone. A large clip as a whole may take longer. */
const SILENCE_MS = 30_000;

/** Fetches an upload to a file; a clip has up to 200 MB. @throws Error when it can't be had, the job is then tried again */
export async function fetchUpload(url: string, path: string): Promise<void> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error('the storage fell silent')), SILENCE_MS);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`the upload could not be fetched: ${response.status}`);
    const body = Readable.fromWeb(response.body as ReadableStream);
    body.on('data', () => timer.refresh());
    await pipeline(body, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal: abort.signal });
  } finally {
    clearTimeout(timer);
  }
}
