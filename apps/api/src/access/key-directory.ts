import { Inject, Injectable } from '@nestjs/common';
import { hashApiKey } from '@visavis/api-keys';
import { keyScope, type KeyScope } from '@visavis/contracts';
import type { Database } from '@visavis/db';
import type { Logger } from '@visavis/logging';
import type { Redis } from '@visavis/queue';
import { DATABASE, LOGGER, REDIS } from '../tokens';
import { CredentialWatch } from './credential-watch';

const CACHE_MS = 5000;
const CACHE_MAX = 10_000;
/** Longer than any cache holds a key, so that no node can still hold it when the marker goes. */
const MARKER_S = 60;
const TOUCH_INTERVAL_MS = 60_000;

export interface KnownKey {
  readonly keyId: string;
  readonly tenantId: string;
  readonly scopes: readonly KeyScope[];
  readonly allowedOrigins: readonly string[];
  readonly expiresAtMs: number;
}

interface KeyRow {
  id: string;
  tenant_id: string;
  scopes: string[];
  expires_at: Date | null;
  allowed_origins: string[];
}

/** The Redis key whose existence says that an API key was revoked a moment ago. */
export function revocationMarker(keyId: string): string {
  return `vv:revoked:${keyId}`;
}

/**
 * Finds API keys by their hash, from memory for a few seconds. Revoking one is effective at once on every node:
 * it leaves a marker in Redis, and the guard looks for that marker in the same step that counts the request.
 */
@Injectable()
export class KeyDirectory {
  readonly #cache = new Map<string, { key: KnownKey; freshUntilMs: number }>();
  readonly #touchedAtMs = new Map<string, number>();

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly watch: CredentialWatch,
  ) {}

  /** The key with this secret, or null if it is unknown, revoked or expired. */
  async find(secret: string): Promise<KnownKey | null> {
    const hash = Buffer.from(hashApiKey(secret));
    const cacheKey = hash.toString('base64');
    const nowMs = Date.now();
    const cached = this.#cache.get(cacheKey);
    const key = cached !== undefined && cached.freshUntilMs > nowMs ? cached.key : await this.#load(hash);
    if (key === null || key.expiresAtMs <= nowMs) {
      this.#cache.delete(cacheKey);
      return null;
    }
    if (key !== cached?.key) {
      if (this.#cache.size >= CACHE_MAX) this.#cache.clear();
      this.#cache.set(cacheKey, { key, freshUntilMs: nowMs + CACHE_MS });
    }
    return key;
  }

  /** Called after the row was marked. From the moment it resolves no node accepts the key. */
  async announceRevocation(keyId: string): Promise<void> {
    this.forget(keyId);
    await this.redis.set(revocationMarker(keyId), '1', 'EX', MARKER_S);
    await this.watch.announce(keyId);
  }

  forget(keyId: string): void {
    for (const [hash, entry] of this.#cache) if (entry.key.keyId === keyId) this.#cache.delete(hash);
  }

  /** Notes that a key was used, at most once a minute per key, and nobody waits for it. */
  touch(key: KnownKey): void {
    const nowMs = Date.now();
    if (nowMs - (this.#touchedAtMs.get(key.keyId) ?? 0) < TOUCH_INTERVAL_MS) return;
    if (this.#touchedAtMs.size >= CACHE_MAX) this.#touchedAtMs.clear();
    this.#touchedAtMs.set(key.keyId, nowMs);
    this.database
      .systemSql('UPDATE api_keys SET last_used_at = now() WHERE id = $1', [key.keyId])
      .catch((error: unknown) => this.logger.warn({ error }, 'last use of an API key was not noted'));
  }

  async #load(hash: Buffer): Promise<KnownKey | null> {
    const [row] = await this.database.systemSql<KeyRow>(
      `SELECT k.id, k.tenant_id, k.scopes, k.expires_at, coalesce(t.allowed_origins, '{}') AS allowed_origins
         FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
        WHERE k.hash = $1 AND k.revoked_at IS NULL`,
      [hash],
    );
    if (row === undefined) return null;
    return {
      keyId: row.id,
      tenantId: row.tenant_id,
      scopes: row.scopes.filter((scope): scope is KeyScope => keyScope.safeParse(scope).success),
      allowedOrigins: row.allowed_origins,
      expiresAtMs: row.expires_at === null ? Number.POSITIVE_INFINITY : row.expires_at.getTime(),
    };
  }
}
