import { Injectable } from '@nestjs/common';
import { generateApiKey } from '@visavis/api-keys';
import type { KeyScope } from '@visavis/contracts';
import { newUuid } from '@visavis/ids';
import { notFound, ProblemError } from '@visavis/problems';
import { KeyDirectory } from '../../access/key-directory';
import type { TenantPrincipal } from '../../access/principal';
import { pageOf } from '../../http/list-cursors.service';
import { ApiKeysRepository, type ApiKeyRow } from './api-keys.repository';

export interface KeyOrder {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly expires_at?: string | undefined;
}

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly directory: KeyDirectory,
  ) {}

  /** @returns the row and the key itself, which nothing can show again */
  async create(principal: TenantPrincipal, order: KeyOrder): Promise<{ row: ApiKeyRow; key: string }> {
    refuseEscalation(principal, order.scopes);
    const expiresAt = order.expires_at === undefined ? null : new Date(order.expires_at);
    if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
      throw new ProblemError('invalid_request', 'expires_at must be in the future.', { errors: [{ path: 'expires_at', message: 'must be in the future' }] });
    }
    const { key, hash, displayPrefix } = generateApiKey();
    const row = await this.keys.insert(principal.tenantId, {
      id: newUuid(),
      name: order.name,
      prefix: displayPrefix,
      hash,
      scopes: [...new Set(order.scopes)],
      expiresAt,
      createdByUser: principal.kind === 'member' ? principal.userId : null,
    });
    return { row, key };
  }

  async list(tenantId: string, limit: number, before: string | null) {
    return pageOf(await this.keys.page(tenantId, limit + 1, before), limit);
  }

  async get(tenantId: string, id: string): Promise<ApiKeyRow> {
    const row = await this.keys.find(tenantId, id);
    if (row === null) throw notFound('API key');
    return row;
  }

  /** When it returns, no node accepts the key any more. */
  async revoke(tenantId: string, id: string): Promise<ApiKeyRow> {
    const row = await this.keys.revoke(tenantId, id);
    if (row === null) throw notFound('API key');
    await this.directory.announceRevocation(id);
    return row;
  }
}

/** A key may make keys that do as much as it does, and no more. */
function refuseEscalation(principal: TenantPrincipal, scopes: readonly KeyScope[]): void {
  if (principal.kind !== 'key') return;
  const missing = scopes.filter((scope) => !principal.scopes.includes(scope));
  if (missing.length > 0) throw new ProblemError('insufficient_scope', `A key can only give scopes that it has; this one lacks ${missing.map((scope) => `"${scope}"`).join(', ')}.`);
}
