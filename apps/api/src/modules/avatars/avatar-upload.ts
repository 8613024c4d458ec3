import { MAX_CLIP_BYTES, MAX_PICTURE_BYTES } from '@visavis/contracts';
import { ProblemError } from '@visavis/problems';
import { CLIP_SNIFF_BYTES, sniffClip, type ClipType } from './clip-type';
import { sniffPicture, type PictureType } from './picture-type';

export type AvatarKind = 'photo' | 'video';

/** How many bytes of a file `checkUpload` wants to see. */
export const SNIFF_BYTES = CLIP_SNIFF_BYTES;

const MB = 1024 * 1024;
const TAKEN = 'a picture (JPEG, PNG, WebP, AVIF) or a clip (MP4, MOV, WebM, MKV, AVI, MPEG)';

/** A picture or clip that came as a form and lies in a file until the request is over. In JSON, and so for the idempotency key, it is its digest. */
export class UploadedFile {
  constructor(
    readonly name: string,
    readonly path: string,
    readonly sizeBytes: number,
    readonly sha256: string,
    readonly kind: AvatarKind,
    readonly type: PictureType | ClipType,
  ) {}

  toJSON(): object {
    return { name: this.name, sha256: this.sha256 };
  }
}

/**
 * Judges an upload by its first bytes.
 * @throws ProblemError 400 or 415 that says what would do
 */
export function checkUpload(start: Uint8Array): { kind: AvatarKind; type: PictureType | ClipType; maxBytes: number } {
  if (start.byteLength === 0) throw new ProblemError('invalid_request', 'The file is empty.', { errors: [{ path: 'image', message: 'is empty' }] });
  const picture = sniffPicture(start);
  if (picture !== null) return { kind: 'photo', type: picture, maxBytes: MAX_PICTURE_BYTES };
  const clip = sniffClip(start);
  if (clip !== null) return { kind: 'video', type: clip, maxBytes: MAX_CLIP_BYTES };
  throw new ProblemError('unsupported_media_type', `The file is not ${TAKEN}, whatever its name says.`, { errors: [{ path: 'image', message: `must be ${TAKEN}` }] });
}

export function tooLarge(kind: AvatarKind): ProblemError {
  return kind === 'photo'
    ? new ProblemError('payload_too_large', `A picture may have ${MAX_PICTURE_BYTES / MB} MB at most; make it smaller and try again.`)
    : new ProblemError('payload_too_large', `A clip may have ${MAX_CLIP_BYTES / MB} MB at most; cut it shorter (half a minute of talking is plenty) or save it at a lower rate, and try again.`);
}
