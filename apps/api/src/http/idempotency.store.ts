import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@visavis/db';
import { DerivedKeys } from '../access/derived-keys';
import { DATABASE } from '../tokens';
import { decryptAnswer, encryptAnswer } from './answer-cipher';

/** A process that died with a request in hand blocks its key for this long. */
const LOCK_S = 120;
const LIFE_S = 24 * 3600;

export interface IdempotentRequest {
  readonly tenantId: string;
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly bodySha256: Buffer;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Claim =
  | { readonly kind: 'first' }
  | { readonly kind: 'in_progress' }
  | { readonly kind: 'other_request' }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer };

interface Row {
  method: string;
  path: string;
  body_sha256: Buffer;
  response_status: number | null;
  response_encrypted: Buffer | null;
}

/** Requests that were made with a key, and their answers, encrypted because one may hold a secret (a new API key). */
@Injectable()
export class IdempotencyStore {
  readonly #cipherKey: Buffer;

  constructor(@Inject(DATABASE) private readonly database: Database, keys: DerivedKeys) {
    this.#cipherKey = keys.for('idempotency');
  }

  /** Takes the key for this request, or says what has become of the one that has it. */
  async claim(request: IdempotentRequest): Promise<Claim> {
    const { tenantId, key, method, path, bodySha256 } = request;
    const claimed = await this.database.tenantSql(
      tenantId,
      `INSERT INTO idempotency_keys (tenant_id, key, method, path, body_sha256, locked_until, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), now() + make_interval(secs => $7))
       ON CONFLICT (tenant_id, key) DO UPDATE
         SET method = excluded.method, path = excluded.path, body_sha256 = excluded.body_sha256, response_status = NULL,
             response_encrypted = NULL, locked_until = excluded.locked_until, created_at = now(), expires_at = excluded.expires_at
         WHERE idempotency_keys.expires_at < now()
            OR (idempotency_keys.response_status IS NULL AND idempotency_keys.locked_until < now() AND idempotency_keys.body_sha256 = excluded.body_sha256)
       RETURNING key`,
      [tenantId, key, method, path, bodySha256, LOCK_S, LIFE_S],
    );
    if (claimed.length > 0) return { kind: 'first' };
    const [row] = await this.database.tenantSql<Row & Record<string, unknown>>(
      tenantId,
      'SELECT method, path, body_sha256, response_status, response_encrypted FROM idempotency_keys WHERE tenant_id = $1 AND key = $2',
      [tenantId, key],
    );
    // The first request failed and gave the key back between the two statements.
    if (row === undefined) return { kind: 'in_progress' };
    if (row.method !== method || row.path !== path || !row.body_sha256.equals(bodySha256)) return { kind: 'other_request' };
    if (row.response_status === null || row.response_encrypted === null) return { kind: 'in_progress' };
    return { kind: 'answered', answer: JSON.parse(decryptAnswer(this.#cipherKey, contextOf(request), row.response_encrypted)) as StoredAnswer };
  }

  async complete(request: IdempotentRequest, answer: StoredAnswer): Promise<void> {
    await this.database.tenantSql(
      request.tenantId,
      'UPDATE idempotency_keys SET response_status = $3, response_encrypted = $4, locked_until = NULL WHERE tenant_id = $1 AND key = $2',
      [request.tenantId, request.key, answer.status, encryptAnswer(this.#cipherKey, contextOf(request), JSON.stringify(answer))],
    );
  }

  /** Nothing was done: the same key may be tried again. */
  async release(request: IdempotentRequest): Promise<void> {
    await this.database.tenantSql(request.tenantId, 'DELETE FROM idempotency_keys WHERE tenant_id = $1 AND key = $2 AND response_status IS NULL', [
      request.tenantId,
      request.key,
    ]);
  }

  /** Forgets what has expired. @returns how many rows went */
  async sweep(): Promise<number> {
    const rows = await this.database.systemSql<{ key: string }>('DELETE FROM idempotency_keys WHERE expires_at < now() RETURNING key');
    return rows.length;
  }
}

function contextOf(request: IdempotentRequest): string {
  return `${request.tenantId} ${request.key}`;
}
