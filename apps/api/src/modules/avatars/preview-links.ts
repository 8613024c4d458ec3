import { Inject, Injectable } from '@nestjs/common';
import { formatId } from '@visavis/ids';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { DerivedKeys } from '../../access/derived-keys';
import type { ApiConfig } from '../../config';
import { API_CONFIG } from '../../tokens';

/** An address works for one to two of these; it stays the same within one, so that browsers can cache it. */
const PERIOD_S = 3600;

/** Signed addresses of previews, since an `<img>` can't send a header. */
@Injectable()
export class PreviewLinks {
  readonly #key: Buffer;
  readonly #base: string;

  constructor(@Inject(API_CONFIG) config: ApiConfig, keys: DerivedKeys) {
    this.#key = keys.for('preview-url');
    this.#base = config.http.publicUrl;
  }

  create(avatarId: string, what: 'preview' | 'preview-video' = 'preview', nowMs: number = Date.now()): string {
    const expires = (Math.floor(nowMs / 1000 / PERIOD_S) + 2) * PERIOD_S;
    return `${this.#base}/v1/avatars/${formatId('avt', avatarId)}/${what}?expires=${expires}&signature=${this.#sign(avatarId, expires)}`;
  }

  check(avatarId: string, expires: number, signature: string, nowMs: number = Date.now()): 'valid' | 'expired' | 'wrong' {
    const right = Buffer.from(this.#sign(avatarId, expires));
    const given = Buffer.from(signature);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return 'wrong';
    return expires * 1000 > nowMs ? 'valid' : 'expired';
  }

  #sign(avatarId: string, expires: number): string {
    return createHmac('sha256', this.#key).update(`${avatarId} ${expires}`).digest('base64url');
  }
}
