import { ProblemError } from '@visavis/problems';
import { MAX_UPLOAD_BYTES } from '@visavis/contracts';
import { createHash } from 'node:crypto';
import { sniffPicture, type PictureType } from './picture-type';

/** A picture that came as a form. In JSON, and so for the idempotency key, it is its digest. */
export class UploadedPicture {
  constructor(
    readonly name: string,
    readonly bytes: Buffer,
  ) {}

  toJSON(): object {
    return { name: this.name, sha256: createHash('sha256').update(this.bytes).digest('hex') };
  }
}

/**
 * @param start the file's first bytes
 * @throws ProblemError 413 or 415 that says what would do
 */
export function checkPicture(start: Uint8Array, sizeBytes: number): PictureType {
  if (sizeBytes > MAX_UPLOAD_BYTES) throw tooLarge();
  if (sizeBytes === 0) throw new ProblemError('invalid_request', 'The picture is empty.', { errors: [{ path: 'image', message: 'is empty' }] });
  const type = sniffPicture(start);
  if (type !== null) return type;
  throw new ProblemError('unsupported_media_type', 'The file is not a JPEG, PNG, WebP or AVIF picture, whatever its name says.', {
    errors: [{ path: 'image', message: 'must be a JPEG, PNG, WebP or AVIF picture' }],
  });
}

export function tooLarge(): ProblemError {
  return new ProblemError('payload_too_large', `A picture may have ${MAX_UPLOAD_BYTES / 1024 / 1024} MB at most; make it smaller and try again.`);
}
