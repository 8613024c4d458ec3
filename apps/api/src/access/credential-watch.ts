import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Database } from '@visavis/db';
import type { Logger } from '@visavis/logging';
import type { Redis } from '@visavis/queue';
import { DATABASE, LOGGER, REDIS } from '../tokens';
import type { TenantPrincipal } from './principal';

const CHANNEL = 'vv:credentials-lost';
/** A message can get lost while Redis is away; the database is asked as well. */
const CHECK_INTERVAL_MS = 5000;
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Watcher {
  readonly principal: TenantPrincipal;
  readonly lost: () => void;
}

/**
 * For connections that outlive a request (event streams, WebSockets): tells when the credentials that opened one stop
 * counting, because a key was revoked, a token ran out, or someone signed out.
 */
@Injectable()
export class CredentialWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #watchers = new Set<Watcher>();
  readonly #subscriber: Redis;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#subscriber = redis.duplicate({ maxRetriesPerRequest: null });
    // The connection that it was copied from reports the same outage.
    this.#subscriber.on('error', () => undefined);
    this.#subscriber.on('message', (_channel, id) => this.#drop((watcher) => idOf(watcher.principal) === id));
  }

  onApplicationBootstrap(): void {
    this.#subscriber.subscribe(CHANNEL).catch((error: unknown) => this.logger.warn({ error }, 'revocations are not heard of, only looked up'));
    this.#timer = setInterval(() => void this.check().catch((error: unknown) => this.logger.warn({ error }, 'credentials of open connections were not checked')), CHECK_INTERVAL_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.#subscriber.disconnect();
  }

  /** Calls `lost` once when the credentials stop counting. @returns what to call when the connection ends by itself */
  watch(principal: TenantPrincipal, lost: () => void): () => void {
    const watcher: Watcher = { principal, lost };
    this.#watchers.add(watcher);
    const expiry =
      principal.kind === 'client' ? setTimeout(() => this.#drop((one) => one === watcher), Math.min(principal.expiresAt.getTime() - Date.now(), MAX_TIMER_MS)) : undefined;
    return () => {
      clearTimeout(expiry);
      this.#watchers.delete(watcher);
    };
  }

  /** Tells all nodes that a key or a dashboard session counts no more. */
  async announce(id: string): Promise<void> {
    await this.redis.publish(CHANNEL, id);
  }

  /** Drops whoever's credentials the database no longer knows as good. */
  async check(): Promise<void> {
    const ids = (kind: TenantPrincipal['kind']) => [...new Set([...this.#watchers].filter(({ principal }) => principal.kind === kind).map(({ principal }) => idOf(principal)))];
    const [keys, members] = [ids('key'), ids('member')];
    if (keys.length > 0) {
      const good = await this.database.systemSql<{ id: string }>('SELECT id FROM api_keys WHERE id = ANY($1) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())', [keys]);
      this.#keepOnly('key', good);
    }
    if (members.length > 0) {
      const good = await this.database.systemSql<{ id: string }>(
        'SELECT s.id FROM dashboard_sessions s JOIN memberships m ON m.user_id = s.user_id AND m.tenant_id = s.tenant_id WHERE s.id = ANY($1) AND s.expires_at > now()',
        [members],
      );
      this.#keepOnly('member', good);
    }
  }

  #keepOnly(kind: TenantPrincipal['kind'], good: readonly { id: string }[]): void {
    const known = new Set(good.map(({ id }) => id));
    this.#drop(({ principal }) => principal.kind === kind && !known.has(idOf(principal)));
  }

  #drop(concerned: (watcher: Watcher) => boolean): void {
    for (const watcher of [...this.#watchers].filter(concerned)) {
      this.#watchers.delete(watcher);
      watcher.lost();
    }
  }
}

function idOf(principal: TenantPrincipal): string {
  return principal.kind === 'key' ? principal.keyId : principal.kind === 'member' ? principal.dashboardSessionId : principal.sessionId;
}
