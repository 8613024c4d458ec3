import { Inject, Injectable } from '@nestjs/common';
import { hkdfSync } from 'node:crypto';
import type { ApiConfig } from '../config';
import { API_CONFIG } from '../tokens';

export type KeyPurpose = 'client-token' | 'idempotency' | 'preview-url';

/** Keys of 256 bits, one per purpose, all derived from SECRET_KEY: whoever learns one learns no other. */
@Injectable()
export class DerivedKeys {
  readonly #root: string;

  constructor(@Inject(API_CONFIG) config: ApiConfig) {
    this.#root = config.secretKey.reveal();
  }

  for(purpose: KeyPurpose): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#root, 'visavis', purpose, 32));
  }
}
