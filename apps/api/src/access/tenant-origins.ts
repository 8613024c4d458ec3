import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@visavis/db';
import { DATABASE } from '../tokens';

const CACHE_MS = 5000;
const CACHE_MAX = 10_000;

/** Which pages a tenant lets in, from memory for a few seconds: a client token carries no list. */
@Injectable()
export class TenantOrigins {
  readonly #cache = new Map<string, { origins: readonly string[]; freshUntilMs: number }>();

  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** The tenant's list, or null if there is no such tenant any more. */
  async find(tenantId: string): Promise<readonly string[] | null> {
    const nowMs = Date.now();
    const cached = this.#cache.get(tenantId);
    if (cached !== undefined && cached.freshUntilMs > nowMs) return cached.origins;
    const [row] = await this.database.systemSql<{ allowed_origins: string[] }>("SELECT coalesce(allowed_origins, '{}') AS allowed_origins FROM tenants WHERE id = $1", [tenantId]);
    if (row === undefined) return null;
    if (this.#cache.size >= CACHE_MAX) this.#cache.clear();
    this.#cache.set(tenantId, { origins: row.allowed_origins, freshUntilMs: nowMs + CACHE_MS });
    return row.allowed_origins;
  }
}
