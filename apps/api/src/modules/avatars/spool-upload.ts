import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { checkUpload, SNIFF_BYTES, tooLarge } from './avatar-upload';

export interface SpooledFile extends Omit<ReturnType<typeof checkUpload>, 'maxBytes'> {
  sizeBytes: number;
  sha256: string;
}

/**
 * Writes what comes to a file: a clip of 200 MB fits into no heap. Reads to the end even of what is refused, so that the sender gets the answer.
 * @throws ProblemError for what can't become an avatar, or is too large
 */
export async function spoolUpload(source: Readable, path: string): Promise<SpooledFile> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let start = Buffer.alloc(0);
  let judged: ReturnType<typeof checkUpload> | undefined;
  let refusal: unknown;
  let sizeBytes = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (refusal !== undefined) continue;
      sizeBytes += chunk.byteLength;
      hash.update(chunk);
      try {
        if (judged === undefined) {
          start = Buffer.concat([start, chunk]);
          if (start.byteLength >= SNIFF_BYTES) judged = checkUpload(start);
        }
        if (judged !== undefined && sizeBytes > judged.maxBytes) throw tooLarge(judged.kind);
      } catch (error) {
        refusal = error;
        continue;
      }
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
  if (refusal !== undefined) throw refusal as Error;
  const { kind, type } = judged ?? checkUpload(start);
  if ('truncated' in source && source.truncated === true) throw tooLarge(kind);
  return { kind, type, sizeBytes, sha256: hash.digest('hex') };
}
